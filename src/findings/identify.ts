import { compareText } from '../base/compareText.ts';
import { groupBy } from '../base/groupBy.ts';
import type { Finding } from '../protocol/finding.ts';
import { haveOppositeTitles } from './contradiction.ts';
import { anchorTextOf } from './fingerprint.ts';
import { distance, nearLines } from './nearPairs.ts';
import { type Meaning, meaningOf, similarTitlesOnSameText, similarity } from './similarity.ts';

/** Titles that share so much mean the same, where the place is the same; on the very same text less will do. */
const similarTitles = 0.5;

/** What decides whether two findings are one. */
export type Identifiable = Pick<
  Finding,
  'id' | 'title' | 'body' | 'file' | 'startLine' | 'endLine' | 'anchor' | 'repository'
>;

/**
 * Gives reported findings the ids of known ones that they are: those with the same id (file, text and title are the same),
 * else those at the same place with a similar title, unless that says the opposite. Each known finding is found again at most once.
 * @param known with their places as they are now
 */
export function identify<T extends Identifiable>(
  reported: readonly T[],
  known: readonly Identifiable[],
): T[] {
  const knownIds = new Set(known.map(({ id }) => id));
  const taken = new Set(reported.map(({ id }) => id).filter((id) => knownIds.has(id)));
  const renamed = new Map<T, string>();
  for (const { one, id } of candidates(reported, known, taken)) {
    if (renamed.has(one) || taken.has(id)) continue;
    renamed.set(one, id);
    taken.add(id);
  }
  return reported.map((one) => {
    const id = renamed.get(one);
    return id === undefined ? one : { ...one, id };
  });
}

interface Candidate<T> {
  one: T;
  id: string;
  score: number;
}

/** Best pairs first; equally good ones by the ids, so that the result does not depend on any order. */
function candidates<T extends Identifiable>(
  reported: readonly T[],
  known: readonly Identifiable[],
  taken: ReadonlySet<string>,
): Candidate<T>[] {
  const free = known.filter(({ id }) => !taken.has(id)).map(comparable);
  const byFile = groupBy(free, ({ finding }) => finding.file);
  const pairs: Candidate<T>[] = [];
  for (const one of reported) {
    if (taken.has(one.id)) continue;
    const own = comparable(one);
    for (const other of byFile.get(one.file) ?? []) {
      const score = likeness(own, other);
      if (score !== null) pairs.push({ one, id: other.finding.id, score });
    }
  }
  return pairs.sort(
    (a, b) => b.score - a.score || compareText(a.id, b.id) || compareText(a.one.id, b.one.id),
  );
}

interface Comparable {
  finding: Identifiable;
  meaning: Meaning;
  /** The text that it is held by, without indentation. */
  text: string;
}

function comparable(finding: Identifiable): Comparable {
  return { finding, meaning: meaningOf(finding.title), text: anchorTextOf(finding.anchor) };
}

/** How surely both are one finding, or null if they are two. */
function likeness(a: Comparable, b: Comparable): number | null {
  const isSameText = a.text !== '' && a.text === b.text;
  if (!isSameText && distance(a.finding, b.finding) > nearLines) return null;
  const titles = similarity(a.meaning, b.meaning);
  if (titles < (isSameText ? similarTitlesOnSameText : similarTitles)) return null;
  if (haveOppositeTitles(a.finding, b.finding)) return null;
  return titles + (isSameText ? 1 : 0);
}
