import { UsageError } from '../../base/errors.ts';
import type { Job } from '../../protocol/job.ts';
import type { CommandParts } from '../commands.ts';
import { compareFixesOf } from '../fixRace.ts';
import { chooseJob } from './chooseJob.ts';

/** Shows what both agents made of a finding, one beside the other. */
export async function compareFixes(parts: Pick<CommandParts, 'app' | 'list'>, from?: unknown): Promise<void> {
  const { races, changes } = parts.app;
  const hasChanged = (id: string) => (changes.seen(id)?.files.length ?? 0) > 0;
  const stands = ({ id, race }: Job) => {
    const racers = parts.list.all().filter(({ job: other }) => other.race?.id === race?.id);
    return race !== undefined && racers.find(({ job: other }) => hasChanged(other.id))?.job.id === id;
  };
  const job = await chooseJob(parts, from, {
    placeholder: 'The fixes of which finding?',
    // One of the two stands for both.
    fits: (listed) => stands(listed.job),
    none: 'No finding was given to both agents.',
  });
  const sides = await races.sidesOf(job);
  if (sides.length === 0) throw new UsageError('This task was given to one agent only.');
  await compareFixesOf(parts, sides);
}
