import * as z from 'zod/mini';

/** Why the content of a file is not handed over. */
export const leftOutReasons = [
  'looks like a secret',
  'a symbolic link that leaves the repository',
  'a repository of its own',
  'ignored by git',
  'binary',
  'too large',
  'cannot be read',
] as const;
export type LeftOutReason = (typeof leftOutReasons)[number];

/** A file whose content is not handed over. */
export const leftOutSchema = z.object({
  /** Relative to the repository's root, with `/`; a repository in the repository has a `/` at its end. */
  file: z.string(),
  reason: z.enum(leftOutReasons),
});
export type LeftOut = z.infer<typeof leftOutSchema>;

/** What is reviewed and in no snapshot, so that nobody who reads one can see it. */
export const heldBackSchema = z.object({
  files: z.array(leftOutSchema),
  /** How many more files there are, which are not named. */
  more: z.int(),
  /** Submodules with changes of their own, relative to the repository's root. */
  submodules: z.array(z.string()),
});
export type HeldBack = z.infer<typeof heldBackSchema>;

export const nothingHeldBack: HeldBack = { files: [], more: 0, submodules: [] };
