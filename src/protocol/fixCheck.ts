import * as z from 'zod/mini';

/** A command of the project that tells whether a change is sound. */
export const checkCommandSchema = z.object({
  /** Program and arguments; no shell reads them. */
  command: z.array(z.string()).check(z.minLength(1)),
  /** Where it runs, relative to the repository's root, with `/`; empty for the root itself. */
  folder: z.string(),
  /** The file that says what it does, relative to the root, with `/`; left out where that is a setting of the user's. */
  definedIn: z.optional(z.string()),
});
export type CheckCommand = z.infer<typeof checkCommandSchema>;

const checkOutcomes = ['passed', 'failed', 'timed out', 'could not run'] as const;

/** What came of it, for one change. */
export const checkResultSchema = z.object({
  command: z.array(z.string()),
  outcome: z.enum(checkOutcomes),
  /** How it ended, or why it could not run; where it passed, what speaks against that, or nothing. */
  reason: z.string(),
  /** The end of what it printed: text of programs that an agent may have changed. */
  output: z.string(),
  /** How long it ran. Milliseconds. */
  took: z.number(),
});
export type CheckResult = z.infer<typeof checkResultSchema>;

/** As one would type it; for display only, it is never run from this. */
export function commandText(command: readonly string[]): string {
  return command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}
