import { isTerminal } from '../../protocol/job.ts';
import type { CommandParts } from '../commands.ts';
import { chooseJob } from './chooseJob.ts';
import { threadOf } from './chooseThread.ts';
import { openThread } from './openTerminals.ts';

/** Goes on with a job's thread in Codex's own program, in an integrated terminal. */
export async function resumeInTerminal(
  parts: Pick<CommandParts, 'app' | 'host' | 'list' | 'pairs'>,
  from?: unknown,
): Promise<void> {
  parts.app.requireTrust();
  const job = await chooseJob(parts, from, {
    placeholder: 'Go on with the thread of which job?',
    fits: ({ job: { state, threadId } }) => isTerminal(state) && threadId !== null,
    none: 'There is no job to go on with: none that has ended has a thread of Codex.',
  });
  await openThread(parts, threadOf(job), job.repository);
}
