import { type Job, isTerminal } from './job.ts';

/** What is kept of the jobs that have ended, in each repository. */
export interface Retention {
  /** At most so many. */
  count: number;
  /** At most for so many days after their end. */
  days: number;
}

const millisecondsPerDay = 24 * 60 * 60_000;

/**
 * The jobs that are no longer kept. The newest one always is, so that there is something to show.
 * @param now in milliseconds since the epoch
 */
export function expired(jobs: readonly Job[], { count, days }: Retention, now: number): Job[] {
  const done = jobs
    .filter(({ state }) => isTerminal(state))
    .sort((a, b) => endOf(b).localeCompare(endOf(a)))
    .slice(1);
  return done.filter(
    (job, index) => index + 1 >= count || now - Date.parse(endOf(job)) > days * millisecondsPerDay,
  );
}

function endOf({ endedAt, createdAt }: Job): string {
  return endedAt ?? createdAt;
}
