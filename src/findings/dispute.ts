import type { Decision } from '../protocol/comparePage.ts';
import { type ReviewerId, reviewers, voiceName } from '../protocol/finding.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';

/*
 * Two findings that contradict each other (contradiction.ts) are a dispute, which the user decides. The decision is nothing of
 * its own: the one that is wrong is dismissed, with a reason that says so, and of two that both stand each has it as a comment
 * of the user. So every host knows it, it goes wherever dismissals go, and it is undone as they are.
 */

/** The two sides of a dispute. */
export type Dispute = Readonly<Record<ReviewerId, KnownFinding>>;

/** Longer titles are cut in the texts of decisions. Characters. */
const maxTitle = 120;

export function decisionOf({ codex, claude }: Dispute): Decision {
  if (codex.state === 'fixed' || claude.state === 'fixed') return 'over';
  if (codex.state === 'dismissed') return claude.state === 'dismissed' ? 'neither' : 'claude';
  if (claude.state === 'dismissed') return 'codex';
  return saysBothStand(codex, claude) && saysBothStand(claude, codex) ? 'both' : 'open';
}

/** Why a finding is dismissed: the other one is right. */
export function lostReason(winner: ReviewerId, { title }: Pick<KnownFinding, 'title'>): string {
  return `${lostTo(winner)} (“${cut(title)}”).`;
}

/** Whether its dismissal says so: its reviewer was mistaken. */
export function hasLost({ state, reason }: Pick<KnownFinding, 'state' | 'reason'>): boolean {
  return state === 'dismissed' && reviewers.some((winner) => reason.startsWith(lostTo(winner)));
}

function lostTo(winner: ReviewerId): string {
  return `Dispute between the reviewers: ${voiceName(winner)} is right`;
}

/** The user's comment on a finding that stands, as does the one that seems to contradict it. */
export function bothStandText({ title }: Pick<KnownFinding, 'title'>): string {
  return `Dispute between the reviewers: this and “${cut(title)}” both stand.`;
}

/** A finding that was reworded since is another one to decide about. */
function saysBothStand({ comments }: KnownFinding, other: KnownFinding): boolean {
  return comments.some(({ by, text }) => by === 'user' && text === bothStandText(other));
}

function cut(title: string): string {
  return title.length > maxTitle ? `${title.slice(0, maxTitle - 1)}…` : title;
}
