import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { UsageError, errorCode, messageOf } from '../base/errors.ts';
import { realPathOrNull } from '../base/paths.ts';
import { claudeFolder, findSessions, projectFolder, sessionOf, transcriptOf } from './sessions.ts';

export interface SessionRequest {
  /** The folder that it was asked for in. Absolute. */
  cwd: string;
  /** Root of the repository around it. */
  repository: string;
  /** The session of Claude Code that asks; null if none does. */
  session: string | null;
  /** The transcript, if one was named: absolute, relative to `cwd`, or beginning with `~/`. */
  source: string | undefined;
}

/** A session that can be transferred. */
export interface FoundSession {
  /** The transcript; absolute, with links resolved. */
  file: string;
  /** Never empty. */
  title: string;
}

/**
 * The session that is meant: the one whose transcript was named, else the one that asks, else the newest of the folder
 * or its repository. A session that asks is never replaced by another one.
 * @throws UsageError that says where was looked
 */
export async function findSession(env: NodeJS.ProcessEnv, request: SessionRequest): Promise<FoundSession> {
  const file = await transcript(env, request);
  const { id, title } = await sessionOf(file);
  return { file, title: title === '' ? `Claude session ${id.slice(0, 8)}` : title };
}

function transcript(env: NodeJS.ProcessEnv, request: SessionRequest): Promise<string> {
  const { source, session } = request;
  if (source !== undefined) return named(env, request, source);
  return session === null ? newest(env, request) : own(env, session);
}

const nameIt = 'Name its transcript: `--source FILE`.';

async function named(env: NodeJS.ProcessEnv, { cwd, session }: SessionRequest, source: string) {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
  const file = path.resolve(
    cwd,
    source.replace(/^~(?=[/\\])/, () => home),
  );
  const real = await realPathOrNull(file);
  if (real === null && session !== null && path.basename(file) === `${session}.jsonl`)
    throw new UsageError(
      'There is nothing to transfer yet: Claude Code has written no transcript of this session.',
    );
  if (real === null) throw new UsageError(`There is no session file ${file}.`);
  if (!(await stat(real)).isFile()) throw new UsageError(`${real} is not a file.`);
  try {
    await access(real, constants.R_OK);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new UsageError(`${real} can’t be read: ${messageOf(error)}`);
  }
  return real;
}

async function own(env: NodeJS.ProcessEnv, session: string): Promise<string> {
  const file = await transcriptOf(env, session);
  if (file !== null) return realpath(file);
  const folder = path.join(claudeFolder(env), 'projects');
  throw new UsageError(
    `There is no transcript of this session (${session}) below ${folder}: nothing was said in it yet, or Claude Code was given another CLAUDE_CONFIG_DIR.`,
    nameIt,
  );
}

/** One in which nothing was said can't be transferred; it is taken only if there is no other one. */
async function newest(env: NodeJS.ProcessEnv, { cwd, repository }: SessionRequest): Promise<string> {
  const folders = [...new Set([await realpath(cwd), repository])];
  const found = await Promise.all(folders.map((folder) => findSessions(env, folder)));
  const sessions = found.flat().sort((a, b) => b.updatedAt.localeCompare(a.updatedAt));
  const session = sessions.find(({ title }) => title !== '') ?? sessions[0];
  if (session) return realpath(session.file);
  const places = folders.map((folder) => projectFolder(env, folder)).join(' and ');
  throw new UsageError(
    `No session of Claude Code was started in ${folders.join(' or ')} (looked in ${places}).`,
    nameIt,
  );
}
