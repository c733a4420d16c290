import * as z from 'zod/mini';
import { ownerSchema } from '../base/owner.ts';
import {
  type Failure,
  type Job,
  type Structure,
  type TerminalState,
  type Verdict,
  isTerminal,
  jobSchema,
} from '../protocol/job.ts';
import { targetLabel, targetSchema } from '../protocol/target.ts';
import type { AgentProgress } from './agent.ts';

export { type Job, isTerminal } from '../protocol/job.ts';

const currentFormat = 2 as const;
const currentSchema = z.object({
  format: z.literal(currentFormat),
  /** The host that runs the job; when it is provably gone, a job that had not ended is an orphan. */
  owner: ownerSchema,
  job: jobSchema,
});

export type JobRecord = z.infer<typeof currentSchema>;

/** Version 0.1 knew reviews only. */
const format1Schema = z.pipe(
  z.object({
    format: z.literal(1),
    owner: ownerSchema,
    job: z.extend(jobSchema, {
      waitingFor: z._default(z.null(), null),
      lastHeardAt: z._default(z.null(), null),
      session: z._default(z.null(), null),
      title: z._default(z.string(), ''),
      target: targetSchema,
      write: z._default(z.boolean(), false),
      resumed: z._default(z.int(), 0),
      summary: z._default(z.null(), null),
      notes: z._default(z.array(z.string()), []),
    }),
  }),
  z.transform(({ owner, job }): JobRecord => ({
    format: currentFormat,
    owner,
    job: { ...job, title: targetLabel(job.target) },
  })),
);

/** Of a version that is yet to come: neither read nor touched. */
const laterSchema = z.object({ format: z.int().check(z.gt(currentFormat)) });

/** A job as it is kept on disk: one file per job, written only by the host that owns it. Older formats are migrated. */
export const jobRecordSchema = z.union([currentSchema, format1Schema, laterSchema]);

/** How a job ended. */
export interface Outcome {
  state: TerminalState;
  verdict: Verdict | null;
  structure: Job['structure'];
  summary: string | null;
  failure: Failure | null;
}

/** The end of a review whose turn was completed; without a verdict it is inconclusive, not a success. */
export function reviewOutcome(
  verdict: Extract<Verdict, 'clean' | 'findings' | 'inconclusive'>,
  structure: Structure,
  reason: Failure | null,
  summary: string,
): Outcome {
  const isInconclusive = verdict === 'inconclusive';
  return {
    state: isInconclusive ? 'inconclusive' : 'succeeded',
    verdict,
    structure,
    failure: reason,
    summary: isInconclusive ? null : summary,
  };
}

/*
 * Transitions. Pure; `at` is an ISO 8601 time. What ended stays as it ended: every transition of a terminal job
 * returns that same job.
 */

export function started(job: Job, at: string): Job {
  return job.state === 'queued'
    ? { ...job, state: 'running', phase: 'starting', startedAt: job.startedAt ?? at }
    : job;
}

export function progressed(job: Job, { note, ...progress }: AgentProgress): Job {
  if (isTerminal(job.state)) return job;
  const notes = note === undefined || job.notes.includes(note) ? job.notes : [...job.notes, note];
  const next = { ...job, ...progress, notes };
  const isCancelling = job.state === 'cancelling';
  const waitingFor = isCancelling ? null : next.waitingFor;
  const state = isCancelling ? 'cancelling' : waitingFor === null ? 'running' : 'waiting';
  return { ...next, state, waitingFor };
}

export function cancelling(job: Job): Job {
  return isTerminal(job.state) ? job : { ...job, state: 'cancelling', waitingFor: null };
}

/** A job whose host has gone is taken up again if it was alive so recently. Milliseconds. */
const freshness = 60 * 60_000;
const maxResumes = 1;

/**
 * Whether another host can take the job up once its own has gone. Not a gate, whose Claude has gone on without it, nor a
 * transfer, which is done again in a moment.
 * @param now milliseconds since the epoch
 */
export function canGoOn(job: Job, now: number): boolean {
  if (isTerminal(job.state) || job.state === 'cancelling' || job.resumed >= maxResumes) return false;
  if (job.kind === 'gate' || job.kind === 'transfer') return false;
  return now - Date.parse(job.lastHeardAt ?? job.startedAt ?? job.createdAt) < freshness;
}

/** How a job reads that waits for a host to take it up. */
export function abandoned(job: Job): Job {
  const activity = 'its window or terminal has gone; the next one goes on with it';
  return { ...job, state: 'queued', waitingFor: null, phase: null, activity };
}

/** Another host takes it up, because its own has gone. */
export function takenUp(job: Job): Job {
  if (isTerminal(job.state)) return job;
  return {
    ...job,
    state: 'queued',
    waitingFor: null,
    phase: null,
    activity: null,
    resumed: job.resumed + 1,
  };
}

export function ended(job: Job, outcome: Outcome, at: string): Job {
  if (isTerminal(job.state)) return job;
  return { ...job, ...outcome, waitingFor: null, phase: null, activity: null, endedAt: at };
}
