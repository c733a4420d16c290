import type { Finding, ReviewerId } from '../protocol/finding.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import type { News } from '../protocol/report.ts';

/**
 * What a review has changed for the findings of its reviewer.
 * @param before all that was known, and `after` all that is known now
 */
export function newsOf(
  before: readonly KnownFinding[],
  after: readonly KnownFinding[],
  reviewer: ReviewerId,
): News {
  const former = new Map(before.map((finding) => [finding.id, finding]));
  const changed = after.filter((finding) => finding.reviewers.includes(reviewer));
  const open = changed.filter(({ state }) => state === 'open');
  const wasOpen = ({ id }: KnownFinding) => former.get(id)?.state === 'open';
  const isShared = (one: KnownFinding) =>
    wasOpen(one) && former.get(one.id)?.reviewers.includes(reviewer) === false;
  return {
    fresh: open.filter(({ id }) => !former.has(id)).length,
    shared: open.filter(isShared).length,
    stillThere: open.filter((one) => one.mark === 'still there' && wasOpen(one) && !isShared(one)).length,
    cameBack: open.filter(({ id }) => former.get(id)?.state === 'fixed').length,
    fixed: changed.filter((one) => one.state === 'fixed' && wasOpen(one)).length,
    notReported: open.filter(({ mark }) => mark === 'not reported').length,
    notLookedAt: open.filter(({ mark }) => mark === 'not looked at').length,
  };
}

/**
 * Parts what was reported in what counts, with the names of all that have raised it, and what the user, or the team, has
 * dismissed.
 */
export function reportedAgain(
  reported: readonly Finding[],
  known: readonly KnownFinding[],
): { findings: Finding[]; dismissed: string[] } {
  const raisedBy = new Map(known.map(({ id, reviewers }) => [id, reviewers]));
  const dismissed = new Set(known.filter(({ state }) => state === 'dismissed').map(({ id }) => id));
  return {
    findings: reported
      .filter(({ id }) => !dismissed.has(id))
      .map((one) => ({ ...one, reviewers: raisedBy.get(one.id) ?? one.reviewers })),
    dismissed: reported.filter(({ id }) => dismissed.has(id)).map(({ title }) => title),
  };
}
