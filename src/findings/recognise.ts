import type { Finding, ReviewerId } from '../protocol/finding.ts';
import { type KnownFinding, isOpen } from '../protocol/knownFinding.ts';
import { identify } from './identify.ts';
import type { EventOf } from './ledgerEvents.ts';
import { type Worded, samePairs } from './merge.ts';
import { inWordsOf } from './statements.ts';

/**
 * Gives what a reviewer reported the ids of known findings that they are: first of its own ones (identify.ts), by its own
 * words, then of open ones that the other reviewer has raised (merge.ts). So an id that was there first stays, whoever
 * reports the finding next.
 * @param known with their places as they are now
 */
export function recognise(
  reported: readonly Finding[],
  known: readonly KnownFinding[],
  reviewer: ReviewerId,
): Finding[] {
  const own = known.filter((one) => !isOthers(one, reviewer)).map((one) => inWordsOf(one, reviewer));
  const identified = identify(reported, own);
  const taken = new Set(identified.map(({ id }) => id));
  const knownIds = new Set(known.map(({ id }) => id));
  const pairs = samePairs(
    identified.filter(({ id }) => !knownIds.has(id)),
    known.filter((one) => isOpen(one) && !taken.has(one.id)).flatMap((one) => wordsOfOther(one, reviewer)),
  );
  const joined = new Map(pairs.map(({ one, other }) => [one, other]));
  return identified.map((one) => ({ ...one, id: joined.get(one.id) ?? one.id }));
}

/** Open, and raised by the other reviewer alone: whether it is the same takes more than a title. */
function isOthers(known: KnownFinding, reviewer: ReviewerId): boolean {
  return isOpen(known) && known.reviewers.every((voice) => voice !== reviewer && voice !== 'sarif');
}

/**
 * Open findings, each of one reviewer alone, that are the same one: recorded by hosts that did not know of each other, or before
 * Tandem merged, or alike only since one of them was reported in other words. The id that was there first stays.
 */
export function joinsAmong(known: readonly KnownFinding[]): EventOf<'joined'>['joins'] {
  const byId = new Map(known.map((one) => [one.id, one]));
  const ofAlone = (reviewer: ReviewerId) =>
    known.filter((one) => isOpen(one) && one.reviewers.every((voice) => voice === reviewer));
  return samePairs(ofAlone('codex'), ofAlone('claude')).map(({ one, other }) => {
    const [a, b] = [byId.get(one)?.firstSeenAt ?? '', byId.get(other)?.firstSeenAt ?? ''];
    return a <= b ? { id: one, other } : { id: other, other: one };
  });
}

function wordsOfOther(known: KnownFinding, reviewer: ReviewerId): Worded[] {
  const other: ReviewerId = reviewer === 'codex' ? 'claude' : 'codex';
  return known.reviewers.includes(other) ? [inWordsOf(known, other)] : [];
}
