import type { JobStore } from '../jobs/jobStore.ts';
import type { Job } from '../protocol/job.ts';
import type { Host } from './host.ts';

/** What the user is to know of the end of a job that the disk does not take. */
export function unwrittenText(
  { job, reason }: { job: Job; reason: string },
  { kind, stateHome }: Pick<Host, 'kind' | 'stateHome'>,
): string {
  const until = kind === 'window' ? ', and keep this window open until then' : '';
  return (
    `How “${job.title}” ended could not be written (${reason}). Tandem keeps it in memory and goes on trying: ` +
    `make room on the disk that holds ${stateHome}, or let Tandem write there${until}.`
  );
}

/** A job as it is reported: with a note while its end is in no file. */
export function withUnwritten(job: Job, store: Pick<JobStore, 'unwrittenReason'>, host: Host): Job {
  const reason = store.unwrittenReason(job);
  return reason === null ? job : { ...job, notes: [...job.notes, unwrittenText({ job, reason }, host)] };
}
