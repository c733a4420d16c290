import { priorities } from '../src/protocol/finding.ts';
import type { Job } from '../src/protocol/job.ts';
import type { ListedFinding, RunSlice } from '../src/protocol/pageSlices.ts';

/** What the top of the page is about. */
export interface Snapshot extends RunSlice {
  readonly findings: readonly ListedFinding[];
}

/** How an ended review is shown. */
export type RunOutcome = 'clean' | 'findings' | 'inconclusive' | 'failed' | 'cancelled' | 'interrupted';

/** Of a job that ended. A success without a positive verdict is none: it counts as inconclusive. */
export function outcomeOf({ state, verdict }: Pick<Job, 'state' | 'verdict'>): RunOutcome {
  if (state === 'failed' || state === 'cancelled' || state === 'interrupted') return state;
  if (state === 'succeeded' && (verdict === 'clean' || verdict === 'findings')) return verdict;
  return 'inconclusive';
}

/** The findings that the snapshot's own review reported, in whatever state they are by now. */
export function currentFindings({ job, findings, former }: Snapshot): readonly ListedFinding[] {
  return former ? [] : findings.filter((finding) => finding.job === job?.id);
}

/** Open findings that the snapshot's own review did not report. */
export function earlierFindings({ job, findings, former }: Snapshot): readonly ListedFinding[] {
  return findings.filter((finding) => finding.state === 'open' && (former || finding.job !== job?.id));
}

/** `no findings`, `1 finding`, `3 findings`. */
export function countText(count: number): string {
  return `${count === 0 ? 'no' : count} ${count === 1 ? 'finding' : 'findings'}`;
}

/** `1 P0, 2 P2`, broken into lines at the commas only; empty without findings. */
export function byPriorityText(findings: readonly Pick<ListedFinding, 'priority'>[]): string {
  return priorities
    .map((priority) => ({
      priority,
      count: findings.filter((finding) => finding.priority === priority).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ priority, count }) => `${count}\u00a0${priority}`)
    .join(', ');
}
