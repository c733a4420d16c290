import { priorities } from '../src/protocol/finding.ts';
import type { Job } from '../src/protocol/job.ts';
import { isOpen } from '../src/protocol/knownFinding.ts';
import type { ListedFinding, RunSlice } from '../src/protocol/pageSlices.ts';
import type { IconName } from './icons.ts';
import { memoLast } from './memo.ts';

/** What the top of the page is about. */
export interface Snapshot extends RunSlice {
  readonly findings: readonly ListedFinding[];
}

/** How an ended review is shown. */
export type RunOutcome = 'clean' | 'findings' | 'inconclusive' | 'failed' | 'cancelled' | 'interrupted';

export const outcomeIcons: Readonly<Record<RunOutcome, IconName>> = {
  clean: 'pass',
  findings: 'findings',
  inconclusive: 'warning',
  failed: 'error',
  cancelled: 'stopped',
  interrupted: 'warning',
};

/** Of a job that ended. A success without a positive verdict is none: it counts as inconclusive. */
export function outcomeOf({ state, verdict }: Pick<Job, 'state' | 'verdict'>): RunOutcome {
  if (state === 'failed' || state === 'cancelled' || state === 'interrupted') return state;
  if (state === 'succeeded' && (verdict === 'clean' || verdict === 'findings')) return verdict;
  return 'inconclusive';
}

const bestFirst: readonly RunOutcome[] = [
  'findings',
  'clean',
  'inconclusive',
  'failed',
  'interrupted',
  'cancelled',
];

/** Of a review by both reviewers: what one of them has found out stands, whatever became of the other. */
export function outcomeOfBoth(job: Job, partner: Job | undefined): RunOutcome {
  const own = outcomeOf(job);
  const other = partner === undefined ? own : outcomeOf(partner);
  return bestFirst.find((outcome) => outcome === own || outcome === other) ?? own;
}

/** It says whether there are findings. */
export function hasVerdict(job: Pick<Job, 'state' | 'verdict'>): boolean {
  const outcome = outcomeOf(job);
  return outcome === 'clean' || outcome === 'findings';
}

/*
 * Ten thousand findings are counted when they change, not with every drawing.
 */

const reportedBy = memoLast((findings: readonly ListedFinding[], job: string, partner: string | undefined) =>
  findings.filter((finding) => finding.job === job || finding.job === partner),
);
const openOfOthers = memoLast(
  (findings: readonly ListedFinding[], job: string | null, partner: string | undefined) =>
    findings.filter((finding) => isOpen(finding) && finding.job !== job && finding.job !== partner),
);
const none: readonly ListedFinding[] = [];

/** The findings that the snapshot's own review reported, in whatever state they are by now. */
export function currentFindings({ job, partner, findings, former }: Snapshot): readonly ListedFinding[] {
  return former || job === null ? none : reportedBy(findings, job.id, partner?.id);
}

/** Open findings that the snapshot's own review did not report. */
export function earlierFindings({ job, partner, findings, former }: Snapshot): readonly ListedFinding[] {
  return openOfOthers(findings, former ? null : (job?.id ?? null), former ? undefined : partner?.id);
}

/** `no findings`, `1 finding`, `3 findings`. */
export function countText(count: number): string {
  return `${count === 0 ? 'no' : count} ${count === 1 ? 'finding' : 'findings'}`;
}

/** Where findings come from that the review shown did not report: `findings of earlier reviews`, `imported findings`. */
export function originText(
  findings: readonly ListedFinding[],
  noun = findings.length === 1 ? 'finding' : 'findings',
): string {
  const imported = findings.filter(isImported).length;
  if (imported === 0) return `${noun} of earlier reviews`;
  return imported === findings.length ? `imported ${noun}` : `${noun} of earlier reviews and imports`;
}

/** No review reported it too. */
function isImported({ reviewers }: ListedFinding): boolean {
  return reviewers.every((voice) => voice === 'sarif');
}

/** `1 P0, 2 P2, 1 still open`, broken into lines at the commas only; empty without findings. */
export const foundText = memoLast((findings: readonly ListedFinding[]) => {
  const open = findings.filter(isOpen).length;
  const byPriority = priorities
    .map((priority) => ({
      priority,
      count: findings.filter((finding) => finding.priority === priority).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ priority, count }) => `${count}\u00a0${priority}`);
  return [...byPriority, ...(open === findings.length ? [] : [`${open} still open`])].join(', ');
});
