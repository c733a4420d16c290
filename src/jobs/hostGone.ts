import { type Failure, isReview } from '../protocol/job.ts';
import { type TaskChange, isPending } from '../protocol/taskChange.ts';
import { type Job, ended } from './job.ts';

const hostGone: Failure = {
  message: 'The window or terminal that ran this ended before it did.',
  advice: 'Start it again.',
};

/** How a job reads whose host has gone; when it ended nobody knows, only when it was last heard of. */
export function interruptedByHost(job: Job, failure: Failure = hostGone): Job {
  return ended(
    job,
    {
      state: 'interrupted',
      verdict: isReview(job.kind) ? 'failed' : null,
      structure: null,
      summary: null,
      failure,
    },
    job.lastHeardAt ?? job.startedAt ?? job.createdAt,
  );
}

/** How a task reads that had done its work when its host went: what it has changed is known, what it answered is not. */
export function endedUnwritten(job: Job, change: TaskChange): Job {
  const advice = isPending(change)
    ? 'What it has changed waits for your decision.'
    : change.state === 'applied'
      ? 'What it has changed is in the working tree, and can be taken back.'
      : 'Start it again if you need its answer.';
  const message =
    'The window or terminal that ran this ended after the work was done, and before its answer was kept.';
  return interruptedByHost(job, { message, advice });
}
