import { reviewBy } from '../findings/statements.ts';
import { isTerminal } from '../jobs/job.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';

/** The thread of the one review of Codex that raised all of these findings, where nothing works on it; else `fresh`. */
export async function threadOfReview(
  jobs: Pick<Jobs, 'find' | 'listAll'>,
  findings: readonly KnownFinding[],
): Promise<string> {
  const [job, ...others] = [...new Set(findings.map((finding) => reviewBy(finding, 'codex')))];
  const review = job === undefined || job === '' || others.length > 0 ? null : await jobs.find(job);
  const thread = review?.threadId ?? null;
  if (review === null || thread === null || !isTerminal(review.state)) return 'fresh';
  const active = (await jobs.listAll()).filter(({ state }) => !isTerminal(state));
  return active.some(({ threadId }) => threadId === thread) ? 'fresh' : thread;
}
