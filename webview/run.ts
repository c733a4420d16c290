import { priorities, type Finding } from '../src/protocol/finding.ts';
import type { Snapshot } from '../src/protocol/findingsPage.ts';
import type { Job } from '../src/protocol/job.ts';

/** How an ended review is shown. */
export type RunOutcome = 'clean' | 'findings' | 'inconclusive' | 'failed' | 'cancelled' | 'interrupted';

/** Of a job that ended. A success without a positive verdict is none: it counts as inconclusive. */
export function outcomeOf({ state, verdict }: Job): RunOutcome {
  if (state === 'failed' || state === 'cancelled' || state === 'interrupted') return state;
  if (state === 'succeeded' && (verdict === 'clean' || verdict === 'findings')) return verdict;
  return 'inconclusive';
}

/** The findings that the snapshot's own review reported; the others are listed from earlier ones. */
export function currentFindings({ job, findings, former }: Snapshot): readonly Finding[] {
  return former ? [] : findings.filter((finding) => finding.job === job?.id);
}

/** `no findings`, `1 finding`, `3 findings`. */
export function countText(count: number): string {
  return `${count === 0 ? 'no' : count} ${count === 1 ? 'finding' : 'findings'}`;
}

/** `1 P0, 2 P2`, broken into lines at the commas only; empty without findings. */
export function byPriorityText(findings: readonly Finding[]): string {
  return priorities
    .map((priority) => ({
      priority,
      count: findings.filter((finding) => finding.priority === priority).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ priority, count }) => `${count}\u00a0${priority}`)
    .join(', ');
}
