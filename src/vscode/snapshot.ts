import type { Finding } from '../protocol/finding.ts';
import type { Snapshot } from '../protocol/findingsPage.ts';
import type { WatchedReview } from './reviewWatch.ts';

/** What the findings view shows. */
export function snapshotOf(
  findings: Finding[],
  latest: WatchedReview | null,
  surroundings: Pick<Snapshot, 'demo' | 'trusted'>,
): Snapshot {
  const verdict = latest?.job.verdict;
  // Only a verdict replaces the findings (jobs/reviews.ts); anything else leaves those of earlier reviews.
  const replaced = verdict === 'clean' || verdict === 'findings';
  return {
    findings,
    job: latest?.job ?? null,
    summary: latest?.result?.summary ?? '',
    former: latest !== null && !replaced && findings.length > 0,
    ...surroundings,
  };
}
