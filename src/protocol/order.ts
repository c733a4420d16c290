import * as z from 'zod/mini';
import { sides } from './examination.ts';
import { reviewers, voiceName } from './finding.ts';
import { targetRequestSchema } from './target.ts';

/** Empty for the user's settings, and where those are empty too, for the agent's own choice. */
const modelChoice = { model: z.string(), effort: z.string() };

/** Who may be asked for a review: one reviewer, or both at once. */
export const reviewChoices = [...reviewers, 'both'] as const;
export type ReviewChoice = (typeof reviewChoices)[number];

/** For people. */
export function reviewChoiceName(choice: ReviewChoice): string {
  return choice === 'both' ? reviewers.map(voiceName).join(' and ') : voiceName(choice);
}

/** The efforts that Claude Code knows (facts: claude-code.md, 5.1). Which ones Codex knows depends on the model. */
export const claudeEfforts = ['low', 'medium', 'high', 'xhigh', 'max'] as const;

/** Characters. Codex takes 1,048,576 in a turn, of which ours are some too (facts: app-server.md, 3). */
export const maxFocus = 20_000;
export const maxPrompt = 900_000;

export const reviewOrderSchema = z.object({
  kind: z.enum(['review', 'adversarial-review']),
  target: targetRequestSchema,
  /** What the reviewer is to look at especially; empty for nothing special. */
  focus: z.string().check(z.maxLength(maxFocus)),
  /** Who reviews; left out for the user's setting. */
  reviewer: z.optional(z.enum(reviewChoices)),
  ...modelChoice,
});
export type ReviewOrder = z.infer<typeof reviewOrderSchema>;

export const taskOrderSchema = z.object({
  kind: z.literal('task'),
  /** What the agent is to do, word for word. */
  prompt: z.string().check(z.minLength(1), z.maxLength(maxPrompt)),
  /** May it change files? */
  write: z.boolean(),
  /**
   * `resume` goes on with the thread of the last task of this session (else of this repository), `fresh` begins a new
   * one; a thread's id goes on with that one.
   */
  thread: z.string(),
  /** Goes on with a copy of that thread, which stays as it is; the task works in a place of its own. */
  fork: z.optional(z.boolean()),
  /** Ids of the findings that it is to fix; the prompt has all of them, so that any thread will do. */
  findings: z.optional(z.array(z.string())),
  /** What it is called; left out for the beginning of the prompt. */
  title: z.optional(z.string()),
  /** Who does it; left out for Codex. */
  agent: z.optional(z.enum(reviewers)),
  ...modelChoice,
});
export type TaskOrder = z.infer<typeof taskOrderSchema>;

export const transferOrderSchema = z.object({
  kind: z.literal('transfer'),
  /** The session's JSONL file; left out for the session that asks, else the newest one of the folder. */
  source: z.optional(z.string()),
});
export type TransferOrder = z.infer<typeof transferOrderSchema>;

/** Characters. */
export const maxQuestion = 20_000;

/** A question about a finding, to who reported it. Question and answer become comments of the finding. */
export const questionOrderSchema = z.object({
  kind: z.literal('question'),
  /** Id of the finding. */
  finding: z.string(),
  /** Id of the review on whose thread the conversation goes on; empty where there was none. */
  job: z.string(),
  /** The user's words. */
  text: z.string().check(z.maxLength(maxQuestion), z.regex(/\S/)),
});
export type QuestionOrder = z.infer<typeof questionOrderSchema>;

/** A review goes on: its reviewer looks for more problems of the same target. */
export const moreOrderSchema = z.object({
  kind: z.literal('more'),
  /** Id of the review. */
  job: z.string(),
});
export type MoreOrder = z.infer<typeof moreOrderSchema>;

/** Whether a finding is fixed: a question to who raised it. What several raised is fixed once all of them say so. */
export const proofOrderSchema = z.object({
  kind: z.literal('proof'),
  finding: z.string(),
  /** Who is asked; left out for each reviewer that raised it, in a job of its own. */
  agent: z.optional(z.enum(reviewers)),
});
export type ProofOrder = z.infer<typeof proofOrderSchema>;

/** Whether a finding is right: a question to an agent that did not raise it and is not told who did. */
export const examinationOrderSchema = z.object({
  kind: z.literal('cross-examination'),
  finding: z.string(),
  /** Who looks; left out for the one of both agents that did not raise it. */
  agent: z.optional(z.enum(reviewers)),
});
export type ExaminationOrder = z.infer<typeof examinationOrderSchema>;

/** Who is right about a disputed finding. The judge is told both arguments, but not whose they are. */
export const tieBreakOrderSchema = z.object({
  kind: z.literal('tie-break'),
  finding: z.string(),
  agent: z.enum(reviewers),
  /** The side whose argument is told first: drawn where the order is placed, whatever it says. */
  first: z.optional(z.enum(sides)),
});
export type TieBreakOrder = z.infer<typeof tieBreakOrderSchema>;

/** Pairs of findings in one second opinion. */
export const maxPairs = 20;

/**
 * Whether pairs of findings, one of each reviewer of a run, are the same: a question to one of both agents, who is not told who
 * raised which.
 */
export const secondOpinionOrderSchema = z.object({
  kind: z.literal('second-opinion'),
  /** Id of the run. */
  run: z.string(),
  agent: z.enum(reviewers),
  /** Ids of the findings, in the order in which they are told. */
  pairs: z.array(z.tuple([z.string(), z.string()])).check(z.minLength(1), z.maxLength(maxPairs)),
});
export type SecondOpinionOrder = z.infer<typeof secondOpinionOrderSchema>;

/** Who gives a second opinion on what may be the same, if anybody. */
export const secondOpinions = ['off', ...reviewers] as const;

/** What a user, or Claude, may ask for. */
export const orderSchema = z.discriminatedUnion('kind', [
  reviewOrderSchema,
  taskOrderSchema,
  transferOrderSchema,
  questionOrderSchema,
  moreOrderSchema,
  proofOrderSchema,
  examinationOrderSchema,
  tieBreakOrderSchema,
  secondOpinionOrderSchema,
]);
export type Order = z.infer<typeof orderSchema>;
/** What begins with findings that are known. */
export type FindingOrder = Extract<
  Order,
  { kind: 'question' | 'proof' | 'cross-examination' | 'tie-break' | 'second-opinion' }
>;
