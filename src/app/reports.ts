import type { FindingStore } from '../findings/findingStore.ts';
import { type FindKnown, findKnown } from '../findings/nowKnown.ts';
import type { JobStore } from '../jobs/jobStore.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { jobMarkdown } from '../jobs/report.ts';
import { type RunPart, runMarkdown } from '../jobs/runReport.ts';
import { reviewers } from '../protocol/finding.ts';
import { type Job, isTerminal } from '../protocol/job.ts';
import type { Report } from '../protocol/report.ts';
import type { ChangeState } from '../protocol/taskChange.ts';

export interface ReportParts {
  jobs: Pick<Jobs, 'result' | 'partnersOf' | 'opinionOn'>;
  findings: Pick<FindingStore, 'of'>;
  store: Pick<JobStore, 'changes'>;
  isHeadless: boolean;
  /** With the raw answer, and what else is kept. */
  full: boolean;
}

/** A job with what came of it; of a review by both, the other one too. */
export async function reportOf(job: Job, parts: ReportParts): Promise<Report> {
  const { jobs, store, isHeadless, full } = parts;
  const options = { full, now: Date.now(), headless: isHeadless };
  const own = await outcomeOf(job, jobs);
  const [partner] = await jobs.partnersOf(job);
  if (partner) {
    const other = await outcomeOf(partner, jobs);
    const find = findKnown(await parts.findings.of(job.repository));
    const both = [own, other].sort(inOrder).map((part) => withPresentIds(part, find));
    const opinion = await jobs.opinionOn(job);
    return { ...own, other, markdown: runMarkdown(both, { ...options, opinion }) };
  }
  // From the disk: another host may have decided about it meanwhile.
  const change = job.kind === 'task' ? await store.changes.read(job) : null;
  const markdown = jobMarkdown(job, own.result, { ...options, ...(change && { change }) });
  if (!change) return { ...own, markdown };
  return { ...own, change: { state: change.state, worktree: change.worktree }, markdown };
}

/** What became of the tasks' changes, by job; left out where nothing is known of one. */
export async function changeStatesOf(
  jobs: readonly Job[],
  store: Pick<JobStore, 'changes'>,
): Promise<Record<string, ChangeState>> {
  const tasks = jobs.filter(({ kind, write }) => kind === 'task' && write);
  // From the disk, for the same reason.
  const changes = await Promise.all(tasks.map((job) => store.changes.read(job)));
  return Object.fromEntries(changes.flatMap((change) => (change ? [[change.job, change.state]] : [])));
}

async function outcomeOf(job: Job, jobs: ReportParts['jobs']): Promise<RunPart> {
  return { job, result: isTerminal(job.state) ? await jobs.result(job) : null };
}

/** What was joined or parted since the review ended has another id. */
function withPresentIds({ job, result }: RunPart, find: FindKnown): RunPart {
  const present = result?.findings.map((one) => ({ ...one, id: find(one, job.reviewer)?.id ?? one.id }));
  return { job, result: result && present ? { ...result, findings: present } : result };
}

function inOrder({ job: one }: RunPart, { job: other }: RunPart): number {
  return reviewers.indexOf(one.reviewer) - reviewers.indexOf(other.reviewer);
}
