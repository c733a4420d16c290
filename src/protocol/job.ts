import * as z from 'zod/mini';
import { reviewers } from './finding.ts';
import { checkCommandSchema } from './fixCheck.ts';
import { heldBackSchema, nothingHeldBack } from './heldBack.ts';
import { targetSchema } from './target.ts';

/**
 * What a job does: a review by the rubric of Codex's own, a review that questions the approach, work delegated to an agent,
 * the review at the end of a turn of Claude, the transfer of a Claude session to a Codex thread, or a question about a
 * finding to its reviewer, or whether it is fixed; another agent's look at a finding, or at who is right about it; a look at
 * pairs of findings of a run that may be the same.
 */
export const jobKinds = [
  'review',
  'adversarial-review',
  'task',
  'gate',
  'transfer',
  'question',
  'proof',
  'cross-examination',
  'tie-break',
  'second-opinion',
] as const;
export type JobKind = (typeof jobKinds)[number];

/** States that a job can still leave, then the ones in which it ended. A job reaches a terminal state exactly once. */
export const activeStates = ['queued', 'running', 'waiting', 'cancelling'] as const;
export const terminalStates = ['succeeded', 'failed', 'cancelled', 'interrupted', 'inconclusive'] as const;
export const jobStates = [...activeStates, ...terminalStates] as const;
export type JobState = (typeof jobStates)[number];
export type TerminalState = (typeof terminalStates)[number];

/** What a job in state `waiting` waits for: an answer of the user, the connection to the model, or a usage limit. */
export const waitReasons = ['approval', 'network', 'limit'] as const;
export type WaitReason = (typeof waitReasons)[number];

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
export const failureSchema = z.object({
  message: z.string(),
  advice: z.optional(z.string()),
  /** Only where a usage limit was reached: when it is over, ISO 8601; null where that is not known. */
  limitResetsAt: z.optional(z.nullable(z.string())),
});
export type Failure = z.infer<typeof failureSchema>;

/** A review by both reviewers: two jobs, begun at once, of the repository at one moment. */
export const runSchema = z.object({
  /** The same for both jobs. */
  id: z.string(),
  /** The repository at that moment, see git/frozen.ts; null where it could not be kept. */
  frozen: z.nullable(
    z.object({
      head: z.string(),
      index: z.string(),
      tree: z.string(),
      /** Of what is reviewed, what these objects do not hold. */
      heldBack: z._default(heldBackSchema, nothingHeldBack),
    }),
  ),
});
export type Run = z.infer<typeof runSchema>;

/** A fix race: two tasks, begun at once, of both agents for one finding. */
export const raceSchema = z.object({
  /** The same for both jobs. */
  id: z.string(),
  /** The commit that both start from: the working tree as it was when they were asked. */
  base: z.string(),
  /** What tells whether a fix is sound, as the user has confirmed it; null for nothing. */
  check: z.nullable(checkCommandSchema),
});
export type Race = z.infer<typeof raceSchema>;

/** True where a usage limit ended it, which is over by itself. */
export function isAtLimit(failure: Failure | null): boolean {
  return failure?.limitResetsAt !== undefined;
}

/** A job as every process of Tandem sees it. Times are ISO 8601 in UTC. */
export const jobSchema = z.object({
  id: z.string(),
  kind: z.enum(jobKinds),
  state: z.enum(jobStates),
  /** Null unless the state is `waiting`. */
  waitingFor: z.nullable(z.enum(waitReasons)),
  phase: z.nullable(z.enum(phases)),
  /** The last thing the agent was seen doing, e.g. a command line; model text, for display only. */
  activity: z.nullable(z.string()),
  /** When the agent last said anything about this job; null before it did. */
  lastHeardAt: z.nullable(z.string()),
  /** Where the request came from. */
  origin: z.enum(['editor', 'claude', 'cli']),
  /** Session of Claude Code that asked for it. */
  session: z.nullable(z.string()),
  /** Absolute real path of the repository's root. */
  repository: z.string(),
  /** What it is about, in one line: the target of a review, the beginning of a task. User text, for display only. */
  title: z.string(),
  /** What is reviewed; null for what is no review. */
  target: z.nullable(targetSchema),
  /** Of a review by both reviewers; left out for any other job. */
  run: z.optional(runSchema),
  /** Of a task of a fix race; left out for any other job. */
  race: z.optional(raceSchema),
  /** Id of the finding that a question, a proof, a cross-examination or a tie-break is about. */
  finding: z.optional(z.string()),
  /** Id of the run that a second opinion is about; left out for any other job. */
  opinionOn: z.optional(z.string()),
  /** Ids of the findings that a task is to fix. */
  fixes: z.optional(z.array(z.string())),
  reviewer: z.enum(reviewers),
  /** As resolved by the agent; before that as asked for, null for its own choice. */
  model: z.nullable(z.string()),
  provider: z.nullable(z.string()),
  effort: z.nullable(z.string()),
  /** A task that may write files; false for everything else. */
  write: z.boolean(),
  /** Codex thread, once there is one. Claude keeps no session of its jobs. */
  threadId: z.nullable(z.string()),
  /** How often it was taken up again after the process that ran it had gone. */
  resumed: z.int(),
  /** Spent by it so far, in and out, cached ones included; null where the agent does not tell. */
  tokens: z._default(z.nullable(z.int()), null),
  /** US dollars as the agent counts them, whether or not a subscription pays; null where it does not tell. */
  cost: z._default(z.nullable(z.number()), null),
  structure: z.nullable(z.enum(structures)),
  verdict: z.nullable(z.enum(verdicts)),
  /** The result in a few words, for lists and notifications; null until there is one. */
  summary: z.nullable(z.string()),
  /** What the user should know besides: what was left out, what was declined. */
  notes: z.array(z.string()),
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

/** True for the kinds that end with a verdict and findings. */
export function isReview(kind: JobKind): boolean {
  return kind === 'review' || kind === 'adversarial-review' || kind === 'gate';
}
