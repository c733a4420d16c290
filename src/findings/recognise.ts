import type { Finding, ReviewerId } from '../protocol/finding.ts';
import { type KnownFinding, isOpen } from '../protocol/knownFinding.ts';
import { identify } from './identify.ts';
import type { EventOf } from './ledgerEvents.ts';
import type { Worded } from './likeness.ts';
import { type IsDecided, type Pair, samePairs } from './merge.ts';
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
    known
      .filter((one) => isOpen(one) && !taken.has(one.id) && !isPartedFrom(one, known, reviewer))
      .flatMap((one) => wordsOfOther(one, reviewer)),
  );
  const joined = new Map(pairs.map(({ one, other }) => [one, other]));
  return identified.map((one) => ({ ...one, id: joined.get(one.id) ?? one.id }));
}

/** Open, and raised by the other reviewer alone: whether it is the same takes more than a title. */
function isOthers(known: KnownFinding, reviewer: ReviewerId): boolean {
  return isOpen(known) && known.reviewers.every((voice) => voice !== reviewer && voice !== 'sarif');
}

/** The user has said that what this reviewer says there is another finding; it may say so in other words now. */
function isPartedFrom({ apart = [] }: KnownFinding, known: readonly KnownFinding[], by: ReviewerId): boolean {
  return apart.length > 0 && known.some(({ id, reviewers }) => apart.includes(id) && reviewers.includes(by));
}

/**
 * Open findings, each of one reviewer alone, that are the same one: recorded by hosts that did not know of each other, or before
 * Tandem merged, or alike only since one of them was reported in other words. The id that was there first stays.
 */
export function joinsAmong(known: readonly KnownFinding[]): EventOf<'joined'>['joins'] {
  const pairs = samePairs(raisedByAlone(known, 'codex'), raisedByAlone(known, 'claude'), areApart(known));
  return joinsOf(
    pairs.map((pair) => ({ ...pair, reason: '' })),
    known,
  );
}

/** Of these, open, and raised by that reviewer and nobody else. */
export function raisedByAlone(known: readonly KnownFinding[], reviewer: ReviewerId): KnownFinding[] {
  return known.filter((one) => isOpen(one) && one.reviewers.every((voice) => voice === reviewer));
}

/** Whether the user holds one of Codex and one of Claude for two: these, or what either said there in other words. */
export function areApart(known: readonly KnownFinding[]): IsDecided {
  const byId = new Map(known.map((one) => [one.id, one]));
  return (one, other) => {
    const [ofCodex, ofClaude] = [byId.get(one), byId.get(other)];
    if (!ofCodex || !ofClaude) return false;
    return isPartedFrom(ofCodex, known, 'claude') || isPartedFrom(ofClaude, known, 'codex');
  };
}

/** The id that was there first stays. */
export function joinsOf(
  pairs: readonly (Pair & { reason: string })[],
  known: readonly KnownFinding[],
): EventOf<'joined'>['joins'] {
  const since = new Map(known.map(({ id, firstSeenAt }) => [id, firstSeenAt]));
  return pairs.map(({ one, other, reason }) =>
    (since.get(one) ?? '') <= (since.get(other) ?? '')
      ? { id: one, other, reason }
      : { id: other, other: one, reason },
  );
}

function wordsOfOther(known: KnownFinding, reviewer: ReviewerId): Worded[] {
  const other: ReviewerId = reviewer === 'codex' ? 'claude' : 'codex';
  return known.reviewers.includes(other) ? [inWordsOf(known, other)] : [];
}
