import { UserError } from '../../base/errors.ts';
import { type Job, isTerminal } from '../../protocol/job.ts';
import type { Order } from '../../protocol/order.ts';
import type { CommandParts } from '../commands.ts';
import { chooseJob } from './chooseJob.ts';
import { raceAgain } from './finding/letBothFix.ts';
import { offerToSave } from './offerToSave.ts';

/** Asks for the same once more, of the code as it is now; of one side of a fix race, for the whole race. */
export async function runJobAgain(
  parts: Pick<CommandParts, 'app' | 'leaving' | 'list'>,
  from?: unknown,
): Promise<void> {
  const { app } = parts;
  app.requireTrust();
  const job = await chooseJob(parts, from, {
    placeholder: 'Run which job again?',
    fits: ({ job: { state, kind } }) => isTerminal(state) && kind !== 'gate',
    none: 'There is no job to run again: none has ended here yet.',
  });
  const order = await app.jobs.order(job);
  if (!order)
    throw new UserError('What this job was asked for is no longer known.', 'Start it anew instead.');
  await offerToSave([job.repository]);
  if (job.race && order.kind === 'task') return raceAgain(parts, { ...job, race: job.race }, order);
  await parts.leaving.confirmAgain(order, job);
  await app.place(sameAgain(order, job), { cwd: job.repository, origin: 'editor', session: null });
}

/** “The last thread” was another one then. */
function sameAgain(order: Order, { threadId }: Job): Order {
  const resumes = order.kind === 'task' && order.thread === 'resume' && threadId !== null;
  return resumes ? { ...order, thread: threadId } : order;
}
