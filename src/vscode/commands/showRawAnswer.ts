import { UsageError } from '../../base/errors.ts';
import type { ReportDocuments } from '../reportDocuments.ts';
import type { ReviewWatch } from '../reviewWatch.ts';

/** Shows what the reviewer of the last review answered, exactly as it came. */
export async function showRawAnswer(watch: ReviewWatch, documents: ReportDocuments): Promise<void> {
  const review = watch.latest;
  if (!review) throw new UsageError('There is no answer to show: nothing has been reviewed yet.');
  const { job, result } = review;
  if (!result)
    throw new UsageError(
      job.endedAt === null
        ? 'There is no answer to show yet: the review is still running.'
        : 'There is no answer to show: the last review ended without one.',
    );
  await documents.showRawAnswer(job.id, result.rawText);
}
