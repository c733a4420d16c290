import { UsageError } from '../../base/errors.ts';
import type { Job } from '../../protocol/job.ts';
import type { CommandParts } from '../commands.ts';
import { chooseJob } from './chooseJob.ts';

/**
 * Shows the two reviews of a run side by side.
 * @param from the id of one of them, or what the jobs view hands over
 */
export async function compareReviews(
  { app, list, comparePanels }: Pick<CommandParts, 'app' | 'list' | 'comparePanels'>,
  from?: unknown,
): Promise<void> {
  const { run } = await chooseJob({ app, list }, from, {
    placeholder: 'Compare the reviews of which run?',
    fits: ({ job }) => job.run !== undefined && isFirst(job, list),
    none: 'There is nothing to compare: no review by both Codex and Claude has run here yet.',
  });
  if (!run) throw new UsageError('This job is no review by both Codex and Claude.');
  comparePanels.open(run.id);
}

/** One of each run is enough to pick from. */
function isFirst({ id, run }: Job, list: CommandParts['list']): boolean {
  return list.all().find(({ job }) => job.run?.id === run?.id)?.job.id === id;
}
