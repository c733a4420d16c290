import * as z from 'zod/mini';
import { targetRequestSchema } from './target.ts';

/** Empty for the user's settings, and where those are empty too, for Codex's own choice. */
const modelChoice = { model: z.string(), effort: z.string() };

/** Characters. Codex takes 1,048,576 in a turn, of which ours are some too (facts: app-server.md, 3). */
export const maxFocus = 20_000;
export const maxPrompt = 900_000;

export const reviewOrderSchema = z.object({
  kind: z.enum(['review', 'adversarial-review']),
  target: targetRequestSchema,
  /** What the reviewer is to look at especially; empty for nothing special. */
  focus: z.string().check(z.maxLength(maxFocus)),
  ...modelChoice,
});
export type ReviewOrder = z.infer<typeof reviewOrderSchema>;

export const taskOrderSchema = z.object({
  kind: z.literal('task'),
  /** What Codex is to do, word for word. */
  prompt: z.string().check(z.minLength(1), z.maxLength(maxPrompt)),
  /** May it change files? */
  write: z.boolean(),
  /**
   * `resume` goes on with the thread of the last task of this session (else of this repository), `fresh` begins a new
   * one; a thread's id goes on with that one.
   */
  thread: z.string(),
  ...modelChoice,
});
export type TaskOrder = z.infer<typeof taskOrderSchema>;

export const transferOrderSchema = z.object({
  kind: z.literal('transfer'),
  /** The session's JSONL file; left out for the session that asks, else the newest one of the folder. */
  source: z.optional(z.string()),
});
export type TransferOrder = z.infer<typeof transferOrderSchema>;

/** What a user, or Claude, may ask for. */
export const orderSchema = z.discriminatedUnion('kind', [
  reviewOrderSchema,
  taskOrderSchema,
  transferOrderSchema,
]);
export type Order = z.infer<typeof orderSchema>;
