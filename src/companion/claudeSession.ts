import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { errorCode } from '../base/errors.ts';
import { runningSessionSchema, runningSessionsFolder } from '../protocol/claudeSession.ts';

export interface CurrentSession {
  /** Undefined where nobody tells. */
  session: string | undefined;
  /** Where the session works. */
  cwd: string;
}

/**
 * The session of the Claude Code that started this process, as it is now. Its environment tells only the one that it
 * began with: the process outlives `/clear` (facts: claude-code.md, 1.5). It is asked only where there is no file.
 * @param parent process id of Claude Code
 */
export async function currentSession(env: NodeJS.ProcessEnv, parent = process.ppid): Promise<CurrentSession> {
  const file = path.join(runningSessionsFolder(env), `${parent}.json`);
  const running = z.safeParse(runningSessionSchema, await parsedFile(file)).data;
  return running
    ? { session: running.sessionId, cwd: running.cwd }
    : { session: env['CLAUDE_CODE_SESSION_ID'], cwd: process.cwd() };
}

/** Null if there is no such file, or no JSON in it: it is written by another program, now and then. */
async function parsedFile(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
