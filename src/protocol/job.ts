import * as z from 'zod/mini';
import { reviewers } from './finding.ts';
import { targetSchema } from './target.ts';

/** States that a job can still leave, then the ones in which it ended. A job reaches a terminal state exactly once. */
export const activeStates = ['queued', 'running', 'waiting', 'cancelling'] as const;
export const terminalStates = ['succeeded', 'failed', 'cancelled', 'interrupted', 'inconclusive'] as const;
export const jobStates = [...activeStates, ...terminalStates] as const;
export type JobState = (typeof jobStates)[number];
export type TerminalState = (typeof terminalStates)[number];

/** What a running job is doing, for people. */
export const phases = [
  'starting',
  'reading',
  'running a command',
  'reasoning',
  'writing',
  'finishing',
] as const;
export type Phase = (typeof phases)[number];

/** How trustworthy the findings' form is: the reviewer's own JSON, recovered from text, or text only. */
export const structures = ['structured', 'parsed', 'raw'] as const;
export type Structure = (typeof structures)[number];

/** What a review says in the end. Only a completed turn gives `clean` or `findings`. */
export const verdicts = ['clean', 'findings', 'inconclusive', 'failed', 'cancelled'] as const;
export type Verdict = (typeof verdicts)[number];

/** A failure in words for the user: what happened, and what to do next where that is known. */
export const failureSchema = z.object({ message: z.string(), advice: z.optional(z.string()) });
export type Failure = z.infer<typeof failureSchema>;

/** A job as every process of Tandem sees it. Times are ISO 8601 in UTC. */
export const jobSchema = z.object({
  id: z.string(),
  kind: z.enum(['review']),
  state: z.enum(jobStates),
  phase: z.nullable(z.enum(phases)),
  /** The last thing the reviewer was seen doing, e.g. a command line; model text, for display only. */
  activity: z.nullable(z.string()),
  /** Where the request came from. */
  origin: z.enum(['editor', 'claude', 'cli']),
  /** Absolute real path of the repository's root. */
  repository: z.string(),
  target: targetSchema,
  reviewer: z.enum(reviewers),
  /** As resolved by the App Server; null until it is known. */
  model: z.nullable(z.string()),
  provider: z.nullable(z.string()),
  effort: z.nullable(z.string()),
  /** Codex thread of the review, once there is one. */
  threadId: z.nullable(z.string()),
  structure: z.nullable(z.enum(structures)),
  verdict: z.nullable(z.enum(verdicts)),
  /** Why it failed, was interrupted or is inconclusive. */
  failure: z.nullable(failureSchema),
  createdAt: z.string(),
  startedAt: z.nullable(z.string()),
  endedAt: z.nullable(z.string()),
});
export type Job = z.infer<typeof jobSchema>;

/** True once the job has ended, however it ended. */
export function isTerminal(state: JobState): state is TerminalState {
  return (terminalStates as readonly string[]).includes(state);
}
