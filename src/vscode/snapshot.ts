import type { Finding } from '../protocol/finding.ts';
import type { Snapshot } from '../protocol/findingsPage.ts';
import type { JobResult } from '../protocol/report.ts';
import type { WatchedJob } from './jobWatch.ts';

/** What the findings view shows. */
export function snapshotOf(
  findings: Finding[],
  latest: WatchedJob | null,
  surroundings: Pick<Snapshot, 'demo' | 'trusted'>,
): Snapshot {
  const verdict = latest?.job.verdict;
  // Only a verdict replaces the findings (jobs/reviewRunner.ts); anything else leaves those of earlier reviews.
  const replaced = verdict === 'clean' || verdict === 'findings';
  return {
    findings,
    job: latest?.job ?? null,
    summary: summaryOf(latest?.result ?? null),
    former: latest !== null && !replaced && findings.length > 0,
    ...surroundings,
  };
}

/** What the reviewer would do next belongs to its explanation. */
function summaryOf(result: JobResult | null): string {
  if (!result) return '';
  const { summary, nextSteps } = result;
  if (nextSteps.length === 0) return summary;
  const steps = nextSteps.map((step) => `- ${step.replaceAll('\n', '\n  ')}`);
  return [summary, 'Next steps:', steps.join('\n')].filter((part) => part !== '').join('\n\n');
}
