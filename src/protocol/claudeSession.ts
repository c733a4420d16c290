import { homedir } from 'node:os';
import path from 'node:path';
import * as z from 'zod/mini';

/*
 * What Claude Code tells of the sessions that run now: a file for each of its processes (facts: claude-code.md, 7.2).
 */

/** A Claude Code that runs now. The session follows `/clear`, the folder follows a change of worktree (measured). */
export const runningSessionSchema = z.object({
  pid: z.int().check(z.positive()),
  sessionId: z.string(),
  cwd: z.string(),
  /** Version of Claude Code. */
  version: z.catch(z.nullable(z.string()), null),
  /**
   * `idle`: it waits for a prompt. `shell`: so it does, and a command runs in the background. `busy`. `waiting`: a question or
   * a dialog is open. Null before its prompt is there, and for `claude -p` (measured on 2.1.197 and 2.1.330).
   */
  status: z.catch(z.nullable(z.string()), null),
  /** When the status was last told. Milliseconds since the epoch. */
  statusUpdatedAt: z.catch(z.nullable(z.number()), null),
});
export type RunningSession = z.infer<typeof runningSessionSchema>;

/** Where Claude Code keeps transcripts and settings: `CLAUDE_CONFIG_DIR`, else `~/.claude`. */
export function claudeFolder(env: NodeJS.ProcessEnv): string {
  const own = env['CLAUDE_CONFIG_DIR'];
  if (own !== undefined && own !== '') return path.resolve(own);
  return path.join(homeFolder(env), '.claude');
}

/** What `~` stands for in settings of Claude Code. */
export function homeFolder(env: NodeJS.ProcessEnv): string {
  return env['HOME'] ?? env['USERPROFILE'] ?? homedir();
}

/** Holds `<pid>.json` for each process. */
export function runningSessionsFolder(env: NodeJS.ProcessEnv): string {
  return path.join(claudeFolder(env), 'sessions');
}
