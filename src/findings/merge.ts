import { compareText } from '../base/compareText.ts';
import { groupBy } from '../base/groupBy.ts';
import { memoized } from '../base/memoized.ts';
import { adviceOf, oppositionOf } from './contradiction.ts';
import { type Worded, type Words, likenessAmong, wordsOf } from './likeness.ts';
import { distance, nearPairs } from './nearPairs.ts';

/*
 * Which findings of two reviewers are the same one: two that stand at the same place and are alike (likeness.ts). Best pairs come
 * first, and each finding is in one pair at most. Two that give opposite advice are never one (contradiction.ts).
 *
 * How well that does is measured with test/fixtures/mergePairs.json; the thresholds come from one half of it.
 */

/** As the ranges overlap. Lower lets defects of the same subject in ("refunds can be too large", "refunds can be issued twice"). */
const same = 0.42;

/** Where there are lines in between, the place tells less, and the words have to tell more. */
const sameNearBy = 0.5;

/** Below, hardly a pair of the tuning half is the same: not worth a question. */
const doubtful = 0.2;

/** Ids of a finding of either reviewer. */
export interface Pair {
  one: string;
  other: string;
}

/** True where somebody has decided about two findings already, by their ids: of one reviewer, and of the other one. */
export type IsDecided = (one: string, other: string) => boolean;

const undecided: IsDecided = () => false;

/**
 * The findings that both of two reviewers raised. Deterministic, whatever the order of either list.
 * @param ones of one reviewer, in its own words
 * @param others of the other one, with places in the same version of the files
 * @param isDecided these are no pair
 */
export function samePairs(
  ones: readonly Worded[],
  others: readonly Worded[],
  isDecided: IsDecided = undecided,
): Pair[] {
  return best(scored(ones, others).filter((pair) => pair.isSame && !isDecided(pair.one, pair.other)));
}

/**
 * Pairs that words alone do not decide, worth a second opinion (prompts/review/samePair.ts): of findings that are in no pair of
 * `samePairs`, each in one at most.
 */
export function doubtfulPairs(
  ones: readonly Worded[],
  others: readonly Worded[],
  isDecided: IsDecided = undecided,
): Pair[] {
  const all = scored(ones, others).filter(({ one, other }) => !isDecided(one, other));
  const decided = best(all.filter(({ isSame }) => isSame));
  const taken = {
    ones: new Set(decided.map(({ one }) => one)),
    others: new Set(decided.map(({ other }) => other)),
  };
  return best(all.filter(({ one, other }) => !taken.ones.has(one) && !taken.others.has(other)));
}

/** Each finding in one pair at most. */
function best(sorted: readonly Scored[]): Pair[] {
  const taken = { ones: new Set<string>(), others: new Set<string>() };
  const pairs: Pair[] = [];
  for (const { one, other } of sorted) {
    if (taken.ones.has(one) || taken.others.has(other)) continue;
    taken.ones.add(one);
    taken.others.add(other);
    pairs.push({ one, other });
  }
  return pairs;
}

interface Scored extends Pair {
  score: number;
  isSame: boolean;
}

/** Best first; equally good ones by the ids. */
function scored(ones: readonly Worded[], others: readonly Worded[]): Scored[] {
  const byFile = groupBy(others, ({ file }) => file);
  return [...groupBy(ones, ({ file }) => file)]
    .flatMap(([file, ofFile]) => scoredInFile(ofFile, byFile.get(file) ?? []))
    .sort((a, b) => b.score - a.score || compareText(a.one, b.one) || compareText(a.other, b.other));
}

function scoredInFile(ones: readonly Worded[], others: readonly Worded[]): Scored[] {
  if (others.length === 0) return [];
  const [left, right] = [ones.map(wordsOf), others.map(wordsOf)];
  const likeness = likenessAmong([...left, ...right]);
  const advice = memoized(({ finding }: Words) => adviceOf(finding));
  const pairs: Scored[] = [];
  for (const [a, b] of nearPairs(left, right)) {
    const score = likeness(a, b);
    if (score < doubtful) continue;
    const opposition = oppositionOf(advice(a), advice(b));
    const isOverlapping = distance(a, b) === 0;
    if (opposition === 'clear' && isOverlapping) continue;
    const isSame = opposition === null && score >= (isOverlapping ? same : sameNearBy);
    pairs.push({ one: a.finding.id, other: b.finding.id, score, isSame });
  }
  return pairs;
}
