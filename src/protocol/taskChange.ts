import * as z from 'zod/mini';
import { problemsChangeSchema } from './codeProblems.ts';

/**
 * What became of a task's change: it is still being made; it waits in its worktree; it is in the working tree, as a whole or
 * in part; it was taken back; it is on a branch; it was thrown away; a later task of the same thread goes on with it.
 */
export const changeStates = [
  'running',
  'pending',
  'applied',
  'partly applied',
  'undone',
  'kept as a branch',
  'discarded',
  'continued',
  'none',
] as const;
export type ChangeState = (typeof changeStates)[number];

const fileChangeKinds = ['add', 'update', 'delete'] as const;

/** A file that a task changed, by whatever means. */
export const changedFileSchema = z.object({
  /** Relative to the repository's root, with `/`. */
  file: z.string(),
  kind: z.enum(fileChangeKinds),
});
export type ChangedTaskFile = z.infer<typeof changedFileSchema>;

/** One way that a part of the change took into the working tree, so that it can be taken back. */
const applicationSchema = z.object({
  /** Trees of the working tree before and after. */
  before: z.string(),
  after: z.string(),
  files: z.array(z.string()),
});

/** What a task changed, as it is kept beside its job. */
export const taskChangeSchema = z.object({
  format: z.literal(1),
  job: z.string(),
  /** Absolute real path of the repository's root. */
  repository: z.string(),
  /** Absolute path of the linked worktree in which it was made; null for the working tree itself. */
  worktree: z.nullable(z.string()),
  /** Commit or tree that it started from: the working tree as it was then. */
  base: z.string(),
  /** What it came to; null while its agent is at work. */
  result: z.nullable(z.string()),
  files: z.array(changedFileSchema),
  /** What is in the worktree and no part of the change, because it is large or looks like a secret; left out for nothing. */
  leftOut: z.optional(z.array(z.string())),
  /** A link of ours in the worktree, relative to it, which is no part of the change; left out where there is none. */
  link: z.optional(z.string()),
  state: z.enum(changeStates),
  /** The job of the same fix race whose change was taken instead; left out where the user decided about this one. */
  takenInstead: z.optional(z.string()),
  /** The last one is taken back first. */
  applied: z.array(applicationSchema),
  /** What compilers and linters say since it was last applied; left out where nobody listened. */
  problems: z.optional(problemsChangeSchema),
});
export type TaskChange = z.infer<typeof taskChangeSchema>;

/**
 * Whether it is for the user to decide about: it can be applied, kept as a branch, or discarded. That says nothing of where it
 * is: one that was taken back has no worktree.
 */
export function isPending({ state }: Pick<TaskChange, 'state'>): boolean {
  return state === 'pending' || state === 'partly applied' || state === 'undone';
}

/** Whether something of a task is nowhere but in its worktree: a change to decide about, or files that are no part of it. */
export function isOnlyThere({ state, leftOut = [] }: Pick<TaskChange, 'state' | 'leftOut'>): boolean {
  return (
    isPending({ state }) || (leftOut.length > 0 && (state === 'applied' || state === 'kept as a branch'))
  );
}
