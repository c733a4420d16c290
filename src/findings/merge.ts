import { groupBy } from '../base/groupBy.ts';
import type { Finding } from '../protocol/finding.ts';
import { contradict } from './contradiction.ts';
import { distance } from './identify.ts';
import { nearPairs } from './nearPairs.ts';
import { tellingWords } from './similarity.ts';

/*
 * Which findings of two reviewers are the same one. What is measured, for two that stand at the same place:
 *
 * 1. Words that say nothing about a defect do not count (similarity.ts). Words that a third finding of the file says too name
 *    the subject more than the defect, and count half.
 * 2. `told`: how much of each title the other one says anywhere, on average. Titles are the reviewers' own summaries, and one
 *    names the cause where the other names the effect, but the body tells both.
 * 3. `shared`: how much of the finding with fewer words the other one says.
 * 4. The mean of both decides. Best pairs come first, and each finding is in one pair at most.
 * 5. Two that give opposite advice are never one (contradiction.ts).
 *
 * How well that does is measured with test/fixtures/mergePairs.json; the thresholds come from one half of it.
 */

/** As the ranges overlap. Lower lets defects of the same subject in ("refunds can be too large", "refunds can be issued twice"). */
const same = 0.42;

/** Where there are lines in between, the place tells less, and the words have to tell more. */
const sameNearBy = 0.5;

/** Below, hardly a pair of the tuning half is the same: not worth a question. */
const doubtful = 0.2;

/** One word in common is a subject, not a defect. */
const minShared = 2;

/** Weight of a word that a third finding of the file says too. */
const subjectWeight = 0.5;

/** One reviewer's own words, and their place. */
export type Worded = Pick<
  Finding,
  'id' | 'title' | 'body' | 'recommendation' | 'file' | 'startLine' | 'endLine'
>;

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
    .sort((a, b) => b.score - a.score || compare(a.one, b.one) || compare(a.other, b.other));
}

function scoredInFile(ones: readonly Worded[], others: readonly Worded[]): Scored[] {
  if (others.length === 0) return [];
  const [left, right] = [ones.map(wordsOf), others.map(wordsOf)];
  const subjects = subjectsOf([...left, ...right]);
  const weightOf = (word: string) => (subjects.has(word) ? subjectWeight : 1);
  const pairs: Scored[] = [];
  for (const [a, b] of nearPairs(left, right)) {
    const score = likeness(a, b, weightOf);
    if (score < doubtful || contradict(a.finding, b.finding)) continue;
    const isSame = score >= (distance(a, b) === 0 ? same : sameNearBy);
    pairs.push({ one: a.finding.id, other: b.finding.id, score, isSame });
  }
  return pairs;
}

interface Words {
  finding: Worded;
  file: string;
  startLine: number;
  endLine: number;
  title: ReadonlySet<string>;
  /** Of all that it says. */
  all: ReadonlySet<string>;
}

/**
 * Words that reviewers use for one another; those in a row count as the same one. Kinds of defects, none of a language or a
 * library: rows about how defects show (`fails`, `wrong`) would make everything alike.
 */
const synonyms = new Map(
  [
    'concurrent concurrency race thread threads threadsafe goroutines simultaneous synchronised synchronized synchronisation atomic atomically lock locks mutex',
    'limit limits limited unlimited bound bounded unbounded cap maximum exhaust exhaustion',
    'ignore ignored ignores swallow swallowed swallows hide hides hidden drop dropped drops discard discarded silent silently unnoticed',
    'leak leaks close closed unclosed dispose disposed release released',
    'null undefined nil none absent',
    'panic panics throw throws crash crashes abort aborts',
    'escape escaped unescaped sanitise sanitised sanitize sanitized injection inject',
    'public exposed expose reachable',
    'validate validated validation verify verified verification unchecked',
  ].flatMap((row) => {
    const [first = '', ...rest] = [...new Set(tellingWords(row))];
    return rest.map((word) => [word, first] as const);
  }),
);

function wordsOf(finding: Worded): Words {
  const { file, startLine, endLine, title, body, recommendation } = finding;
  const ofTitle = meant(title);
  const all = new Set([...ofTitle, ...meant(`${body}\n${recommendation}`)]);
  return { finding, file, startLine, endLine, title: new Set(ofTitle), all };
}

function meant(text: string): string[] {
  return tellingWords(text).map((word) => synonyms.get(word) ?? word);
}

/** The words that more than two findings say. */
function subjectsOf(findings: readonly Words[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { all } of findings) for (const word of all) counts.set(word, (counts.get(word) ?? 0) + 1);
  return new Set([...counts].filter(([, count]) => count > 2).map(([word]) => word));
}

/** 0 to 1. */
function likeness(a: Words, b: Words, weightOf: (word: string) => number): number {
  const common = intersection(a.all, b.all);
  if (common.length < minShared) return 0;
  const weigh = (words: Iterable<string>) => [...words].reduce((sum, word) => sum + weightOf(word), 0);
  const partOf = (title: ReadonlySet<string>, all: ReadonlySet<string>) =>
    title.size === 0 ? 0 : weigh(intersection(title, all)) / weigh(title);
  const told = (partOf(a.title, b.all) + partOf(b.title, a.all)) / 2;
  const shared = weigh(common) / Math.min(weigh(a.all), weigh(b.all));
  return (told + shared) / 2;
}

function intersection(a: ReadonlySet<string>, b: ReadonlySet<string>): string[] {
  return [...a].filter((item) => b.has(item));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
