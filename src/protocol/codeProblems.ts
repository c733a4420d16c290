import * as z from 'zod/mini';

export const problemSeverities = ['error', 'warning', 'information', 'hint'] as const;

/** What a compiler or a linter says of a file. Its texts are of others. */
export const codeProblemSchema = z.object({
  /** Relative to the repository's root, with `/`. */
  file: z.string(),
  /** From 1. */
  line: z.int(),
  severity: z.enum(problemSeverities),
  message: z.string(),
  /** Who says so, e.g. `ts`; empty where that is not known. */
  source: z.string(),
});
export type CodeProblem = z.infer<typeof codeProblemSchema>;

/** What compilers and linters said of files before they were changed, and what they say since. */
export const problemsChangeSchema = z.object({
  /** The first ones; bounded. */
  appeared: z.array(codeProblemSchema),
  gone: z.array(codeProblemSchema),
  /** How many there are of each. */
  appearedCount: z.int(),
  goneCount: z.int(),
  /** Files of which nobody told anything since: of them nothing is known. */
  silent: z.array(z.string()),
  /** How many files it is about. */
  files: z.int(),
});
export type ProblemsChange = z.infer<typeof problemsChangeSchema>;
