import type { CommandParts } from '../commands.ts';
import { chooseJob } from './chooseJob.ts';

/** Shows what a job produced; of one that still runs, how it goes. */
export async function showJobResult(
  parts: Pick<CommandParts, 'app' | 'list' | 'documents'>,
  from?: unknown,
): Promise<void> {
  const job = await chooseJob(parts, from, {
    placeholder: 'Show the result of which job?',
    fits: () => true,
    none: 'There is no result to show: no job has run here yet.',
  });
  await parts.documents.showJob(job);
}
