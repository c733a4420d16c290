import * as z from 'zod/mini';
import {
  type Failure,
  type Job,
  type Structure,
  type TerminalState,
  type Verdict,
  isTerminal,
  jobSchema,
} from '../protocol/job.ts';
import type { ReviewProgress } from './reviewer.ts';

export { type Job, isTerminal } from '../protocol/job.ts';

/** A job as it is kept on disk: one file per job, written only by the host that owns it. */
export const jobRecordSchema = z.object({
  format: z.literal(1),
  /** The host process; when it is provably gone, a job that had not ended was interrupted. */
  owner: z.object({ pid: z.int(), startTime: z.nullable(z.string()) }),
  job: jobSchema,
});
export type JobRecord = z.infer<typeof jobRecordSchema>;

/** How a job ended. */
export interface Outcome {
  state: TerminalState;
  verdict: Verdict | null;
  structure: Job['structure'];
  failure: Failure | null;
}

/** The end of a review whose turn was completed; without a verdict it is inconclusive, not a success. */
export function reviewOutcome(
  verdict: Extract<Verdict, 'clean' | 'findings' | 'inconclusive'>,
  structure: Structure,
  reason: Failure | null,
): Outcome {
  const state = verdict === 'inconclusive' ? 'inconclusive' : 'succeeded';
  return { state, verdict, structure, failure: reason };
}

/*
 * Transitions. Pure; `at` is an ISO 8601 time. What ended stays as it ended: every transition of a terminal job
 * returns that same job.
 */

export function started(job: Job, at: string): Job {
  return job.state === 'queued' ? { ...job, state: 'running', phase: 'starting', startedAt: at } : job;
}

export function progressed(job: Job, progress: ReviewProgress): Job {
  return isTerminal(job.state) ? job : { ...job, ...progress };
}

export function cancelling(job: Job): Job {
  return isTerminal(job.state) ? job : { ...job, state: 'cancelling' };
}

export function ended(job: Job, outcome: Outcome, at: string): Job {
  return isTerminal(job.state) ? job : { ...job, ...outcome, phase: null, activity: null, endedAt: at };
}
