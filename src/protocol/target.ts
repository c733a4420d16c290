import * as z from 'zod/mini';

/** What a user may ask to have reviewed; `auto` is the working tree if it is dirty, else the branch. */
export const scopes = ['auto', 'working-tree', 'branch'] as const;
export type Scope = (typeof scopes)[number];

/** The target as it was asked for, before the repository was looked at. */
export const targetRequestSchema = z.object({
  scope: z.enum(scopes),
  /** A branch, tag or commit to compare with; only with `auto` (which then means `branch`) and `branch`. */
  base: z.optional(z.string()),
});
export type TargetRequest = z.infer<typeof targetRequestSchema>;

/** The target as it was found in the repository: all that is needed to run the review, and to say what was reviewed. */
export const targetSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('working-tree'),
    /** Number of changed files: staged, unstaged and untracked. */
    files: z.int(),
  }),
  z.object({
    kind: z.literal('branch'),
    /** The base as the user wrote it, or as it was detected. */
    base: z.string(),
    /** The commit where the branch left the base; what the reviewer compares with. */
    mergeBase: z.string(),
    /** Name of the reviewed branch, or null for a detached HEAD. */
    branch: z.nullable(z.string()),
    files: z.int(),
  }),
]);
export type Target = z.infer<typeof targetSchema>;

/** A short name of the target for people: `uncommitted changes (3 files)`, `changes against main (1 file)`. */
export function targetLabel(target: Target): string {
  const files = `${target.files} ${target.files === 1 ? 'file' : 'files'}`;
  return target.kind === 'working-tree'
    ? `uncommitted changes (${files})`
    : `changes against ${target.base} (${files})`;
}
