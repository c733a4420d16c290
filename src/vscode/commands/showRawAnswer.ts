import { UsageError } from '../../base/errors.ts';
import type { Job } from '../../protocol/job.ts';
import type { CommandParts } from '../commands.ts';

/**
 * Shows what the reviewer answered, exactly as it came.
 * @param from the review's id; anything else stands for the last review
 */
export async function showRawAnswer(
  { app, watch, documents }: Pick<CommandParts, 'app' | 'watch' | 'documents'>,
  from?: unknown,
): Promise<void> {
  const given = typeof from === 'string' ? await app.jobs.find(from) : null;
  const job = given ?? watch.latestReview?.job;
  if (!job) throw new UsageError('There is no answer to show: nothing has been reviewed yet.');
  const result = await app.jobs.result(job);
  if (!result) throw new UsageError(missingText(job));
  await documents.showRawAnswer(job.id, result.rawText);
}

function missingText({ endedAt }: Job): string {
  return endedAt === null
    ? 'There is no answer to show yet: the review is still running.'
    : 'There is no answer to show: the last review ended without one.';
}
