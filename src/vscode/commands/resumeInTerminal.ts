import { UserError } from '../../base/errors.ts';
import { type Job, isTerminal } from '../../protocol/job.ts';
import type { CommandParts } from '../commands.ts';
import { plainText } from '../errorMessage.ts';
import { chooseJob } from './chooseJob.ts';
import { openThread } from './openTerminals.ts';

/** Goes on with a job's thread in Codex's own program, in an integrated terminal. */
export async function resumeInTerminal(
  parts: Pick<CommandParts, 'app' | 'host' | 'list'>,
  from?: unknown,
): Promise<void> {
  parts.app.requireTrust();
  const job = await chooseJob(parts, from, {
    placeholder: 'Go on with the thread of which job?',
    fits: ({ job: { state, threadId } }) => isTerminal(state) && threadId !== null,
    none: 'There is no job to go on with: none that has ended has a thread of Codex.',
  });
  const name = plainText(`Codex: ${job.title}`).slice(0, 60);
  await openThread(parts, { threadId: threadOf(job), name, cwd: job.repository });
}

/** An id that Codex gave; it becomes an argument, and must not be an option. */
function threadOf({ threadId, state }: Job): string {
  if (!isTerminal(state))
    throw new UserError('This job still runs: its thread cannot be used twice.', 'Cancel it first.');
  if (threadId === null || !/^\w[\w-]*$/.test(threadId))
    throw new UserError('This job has no thread of Codex to go on with.');
  return threadId;
}
