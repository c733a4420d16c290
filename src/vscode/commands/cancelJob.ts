import { isReview, isTerminal } from '../../protocol/job.ts';
import type { CommandParts } from '../commands.ts';
import { chooseJob } from './chooseJob.ts';

type Parts = Pick<CommandParts, 'app' | 'list'>;

/** Stops a job of this window or of another host. */
export async function cancelJob(parts: Parts, from?: unknown): Promise<void> {
  const { id, state } = await chooseJob(parts, from, {
    placeholder: 'Cancel which job?',
    fits: ({ job }) => !isTerminal(job.state),
    none: 'There is no job to cancel: none is running.',
  });
  // It may have ended while the user chose.
  if (!isTerminal(state)) await parts.app.cancelJob(id);
}

/** Stops the review that runs in this window; where several do, the one that the user picks. */
export async function cancelReview(parts: Parts): Promise<void> {
  const { id, state } = await chooseJob(parts, undefined, {
    placeholder: 'Cancel which review?',
    fits: ({ job, elsewhere }) => isReview(job.kind) && !isTerminal(job.state) && !elsewhere,
    none: 'There is no review to cancel: none is running in this window.',
  });
  if (!isTerminal(state)) await parts.app.cancelJob(id);
}

/** Ends the reviews at the end of a turn of Claude that run in this window. */
export async function letClaudeStop({ app }: Parts): Promise<void> {
  const gates = app.jobs.activeJobs().filter(({ kind }) => kind === 'gate');
  await Promise.all(gates.map(({ id }) => app.cancelJob(id)));
}
