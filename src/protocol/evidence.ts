import * as z from 'zod/mini';

/*
 * What a reviewer was seen doing, from the items of its turn: the evidence of its findings, and of its silence.
 */

/** One command (or tool call) of the reviewer. */
export const lookSchema = z.object({
  /** In one line; bounded. Model text, for display only. */
  command: z.string(),
  succeeded: z.boolean(),
  /** Files of the repository of which it showed something, relative with `/`; bounded. */
  files: z.array(z.string()),
});
export type Look = z.infer<typeof lookSchema>;

/** Changed lines that belong together, as git's diff has them. */
export const hunkSchema = z.object({
  /** Relative to the repository with `/`. */
  file: z.string(),
  /** 1-based, inclusive, in the file after the change. Where lines were only deleted, the line before them (or 1). */
  startLine: z.int(),
  endLine: z.int(),
});
export type Hunk = z.infer<typeof hunkSchema>;

/** A hunk with the text of its lines, without signs and line ends. Never leaves the process. */
export interface ChangedHunk extends Hunk {
  added: readonly string[];
  deleted: readonly string[];
}

export const evidenceSchema = z.object({
  /** In the order in which they ran; bounded. */
  looks: z.array(lookSchema),
  /** All files of which the reviewer was shown something, by whatever way; bounded. */
  files: z.array(z.string()),
  /** How many hunks the change has; null where no change was reviewed or it could not be read. */
  hunks: z.nullable(z.int()),
  /** Hunks of the change that nothing showed to the reviewer; bounded, `notLookedAtCount` is how many there are. */
  notLookedAt: z.array(hunkSchema),
  notLookedAtCount: z.int(),
});
export type Evidence = z.infer<typeof evidenceSchema>;
