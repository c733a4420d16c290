import { type FileHandle, open, readFile, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { isAlive } from '../base/childProcess.ts';
import { errorCode } from '../base/errors.ts';
import { oneLine } from '../base/printable.ts';
import {
  type RunningSession,
  claudeFolder,
  runningSessionSchema,
  runningSessionsFolder,
} from '../protocol/claudeSession.ts';
import { isCommand, messageIn, parsedLine } from './transcript.ts';

export { claudeFolder } from '../protocol/claudeSession.ts';

/** A session of Claude Code as its transcript shows it. */
export interface ClaudeSession {
  id: string;
  /** The transcript. */
  file: string;
  /** The user's own title, else Claude's, else the first prompt; one line. Empty if nothing was said yet. */
  title: string;
  /** When the transcript was last written. ISO 8601 */
  updatedAt: string;
  /** Where the session was started; null if the transcript does not tell. */
  cwd: string | null;
}

/** The folder that holds the transcripts of a working directory. @param cwd with links resolved */
export function projectFolder(env: NodeJS.ProcessEnv, cwd: string): string {
  return path.join(claudeFolder(env), 'projects', slug(cwd.normalize('NFC')));
}

const maxSlug = 200;

/** The program's own rule, the same in 2.1.197 and 2.1.330: a long name is cut and gets a hash. */
function slug(folder: string): string {
  const name = folder.replaceAll(/[^a-zA-Z0-9]/g, '-');
  if (name.length <= maxSlug) return name;
  let hash = 0;
  // By UTF-16 units, as the program counts.
  for (let index = 0; index < folder.length; index += 1)
    hash = ((hash << 5) - hash + folder.charCodeAt(index)) | 0;
  return `${name.slice(0, maxSlug)}-${Math.abs(hash).toString(36)}`;
}

/** Subagents of old versions lie in the same folder, as `agent-*.jsonl`. */
const sessionFile = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.jsonl$/;

/**
 * The sessions that were started in a folder, newest first. Reads the beginning and the end of the newest transcripts
 * only.
 * @param limit how many at most; default 20
 */
export async function findSessions(
  env: NodeJS.ProcessEnv,
  cwd: string,
  { limit = 20 }: { limit?: number } = {},
): Promise<ClaudeSession[]> {
  const real = await orNull(realpath(cwd));
  if (real === null) return [];
  const folder = projectFolder(env, real);
  const names = (await orNull(readdir(folder)))?.filter((name) => sessionFile.test(name)) ?? [];
  const found = await Promise.all(names.map((name) => withTime(path.join(folder, name))));
  const sessions: ClaudeSession[] = [];
  for (const { file, time } of found.filter((entry) => entry !== null).sort((a, b) => b.time - a.time)) {
    if (sessions.length >= limit) break;
    const session = await orNull(readSession(file, time));
    // Names of different folders can be the same: `/a/b-c` and `/a/b/c`.
    if (session && (session.cwd === null || session.cwd === real)) sessions.push(session);
  }
  return sessions;
}

/** The transcript of a session, in whichever folder it was started; null if there is none. */
export async function transcriptOf(env: NodeJS.ProcessEnv, session: string): Promise<string | null> {
  const name = `${session}.jsonl`;
  // An id is the caller's text, and never becomes a path otherwise.
  if (!sessionFile.test(name)) return null;
  const projects = path.join(claudeFolder(env), 'projects');
  const folders = (await orNull(readdir(projects))) ?? [];
  const found = await Promise.all(folders.map((folder) => withTime(path.join(projects, folder, name))));
  const [last] = found.filter((entry) => entry !== null).sort((a, b) => b.time - a.time);
  return last?.file ?? null;
}

/** The session of a transcript, wherever it lies. @throws if the file can't be read */
export async function sessionOf(file: string): Promise<ClaudeSession> {
  const { mtimeMs } = await stat(file);
  return readSession(file, mtimeMs);
}

/** The sessions of programs that are alive (facts: claude-code.md, 7.2), in any folder. */
export async function runningSessions(env: NodeJS.ProcessEnv): Promise<RunningSession[]> {
  const folder = runningSessionsFolder(env);
  const names = (await orNull(readdir(folder)))?.filter((name) => /^\d+\.json$/.test(name)) ?? [];
  const sessions = await Promise.all(names.map((name) => readRunning(path.join(folder, name))));
  return sessions.filter((session) => session !== null);
}

/** The session of this process as it is now; null once it has ended. */
export function runningSession(env: NodeJS.ProcessEnv, pid: number): Promise<RunningSession | null> {
  return readRunning(path.join(runningSessionsFolder(env), `${pid}.json`));
}

async function readRunning(file: string): Promise<RunningSession | null> {
  const text = await orNull(readFile(file, 'utf8'));
  const session = z.safeParse(runningSessionSchema, parsedLine(text ?? '')).data;
  return session && isAlive({ pid: session.pid, startTime: null }) ? session : null;
}

async function withTime(file: string): Promise<{ file: string; time: number } | null> {
  const found = await orNull(stat(file));
  return found?.isFile() === true ? { file, time: found.mtimeMs } : null;
}

/** How much is read of each end of a transcript. Bytes. */
const headSize = 256 * 1024;
const tailSize = 64 * 1024;

async function readSession(file: string, time: number): Promise<ClaudeSession> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const head = await linesAt(handle, 0, headSize);
    const tail = size > headSize ? await linesAt(handle, Math.max(headSize, size - tailSize), tailSize) : [];
    return {
      id: path.basename(file, '.jsonl'),
      file,
      title: titleOf(head, tail),
      updatedAt: new Date(time).toISOString(),
      cwd: cwdOf(head),
    };
  } finally {
    await handle.close();
  }
}

/** Lines of a part of a file; the first and the last may be cut, and then are no JSON. */
async function linesAt(handle: FileHandle, position: number, length: number): Promise<string[]> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.toString('utf8', 0, bytesRead).split('\n');
}

const titleSchema = z.object({
  customTitle: z.catch(z.optional(z.string()), undefined),
  aiTitle: z.catch(z.optional(z.string()), undefined),
  summary: z.catch(z.optional(z.string()), undefined),
});
const maxTitle = 120;

function titleOf(head: readonly string[], tail: readonly string[]): string {
  // Titles are written again and again; the last one counts.
  const titles = [...head, ...tail]
    .filter((line) => /"(customTitle|aiTitle|summary)"/.test(line))
    .map((line) => z.safeParse(titleSchema, parsedLine(line)).data);
  const last = (name: keyof z.infer<typeof titleSchema>) => titles.findLast((title) => title?.[name])?.[name];
  const title = last('customTitle') ?? last('aiTitle') ?? last('summary') ?? firstPrompt(head);
  return oneLine(title, maxTitle);
}

/** The first thing that was asked; a command only if there is nothing else. */
function firstPrompt(lines: readonly string[]): string {
  const prompts = lines.flatMap((line) => {
    const message = messageIn(line);
    return message?.role === 'user' ? [message.text] : [];
  });
  return prompts.find((text) => !isCommand(text)) ?? prompts[0] ?? '';
}

const cwdSchema = z.object({ cwd: z.string() });

function cwdOf(lines: readonly string[]): string | null {
  for (const line of lines) {
    const entry = z.safeParse(cwdSchema, parsedLine(line)).data;
    if (entry) return entry.cwd;
  }
  return null;
}

/** Null for what is not there, or not to be read by us. */
async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) return null;
    throw error;
  }
}
