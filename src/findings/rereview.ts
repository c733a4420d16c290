import type { ReviewerId } from '../protocol/finding.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import type { EarlierStatus } from './finding.ts';
import type { EventOf } from './ledgerEvents.ts';

type Outcomes = EventOf<'reviewed'>['outcomes'];

/** A review that has ended with a verdict, as far as it says something about earlier findings. */
export interface Rereview {
  reviewer: ReviewerId;
  /** Final ids of what it reported. */
  reported: ReadonlySet<string>;
  /** Files of which the reviewer was shown something, relative to the repository; null where that is not known. */
  files: readonly string[] | null;
  /** What the reviewer said of earlier findings by their ids. Model text. */
  earlier: readonly EarlierStatus[];
}

/**
 * What a review means for the earlier open findings of its reviewer that it did not report again. Silence alone fixes
 * nothing: only where the reviewer was seen looking at the file, and the text that was found is gone or was changed since,
 * is the finding taken as fixed, and that as a claim. A reviewer's own word counts where it was seen looking. Each speaks
 * for itself: what another reviewer has raised too is fixed once both hold it for fixed (fold.ts).
 * @param known with their places as they are now
 */
export function rereview(known: readonly KnownFinding[], review: Rereview): Outcomes {
  const said = new Map(review.earlier.map((one) => [one.id, one]));
  const lookedAt = new Set(review.files);
  return known
    .filter(({ id, state, reviewers }) => {
      return state === 'open' && reviewers.includes(review.reviewer) && !review.reported.has(id);
    })
    .filter(({ id, file }) => lookedAt.has(file) && said.get(id)?.status !== 'cannot tell')
    .map((finding) => ({ id: finding.id, ...outcomeOf(finding, said.get(finding.id)) }));
}

function outcomeOf(
  finding: KnownFinding,
  said: EarlierStatus | undefined,
): Pick<Outcomes[number], 'outcome' | 'reason'> {
  if (said) {
    const outcome = said.status === 'fixed' ? 'fix confirmed' : 'still there';
    return { outcome, reason: said.reason };
  }
  const silence = 'The reviewer looked at the file and did not report it again';
  if (finding.place === 'missing') return { outcome: 'fix claimed', reason: `${silence}; the file is gone.` };
  if (finding.place === 'stale' || finding.edited)
    return { outcome: 'fix claimed', reason: `${silence}; its text was changed.` };
  return { outcome: 'not reported', reason: '' };
}
