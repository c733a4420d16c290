import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../base/childProcess.ts';
import { UserError } from '../base/errors.ts';
import { type Candidate, findExecutables, usualFolders } from '../base/executables.ts';

export interface ClaudeProgram {
  /** What is spawned. */
  file: string;
  /** Where it was found, as the user knows it. */
  found: Candidate;
  /** E.g. `2.1.330`. */
  version: string;
}

const knownFolders = ['~/.claude/local', ...usualFolders];

/** Milliseconds. Measured: 0.2 s at most when the machine is idle. */
const versionTimeout = 20_000;

const installAdvice =
  'Install it with `npm install -g @anthropic-ai/claude-code`, or set `tandem.claude.path` to the executable.';

/** All Claude Code executables that can be found, the chosen one first. */
export function findClaude(setting: string, env: NodeJS.ProcessEnv): Promise<Candidate[]> {
  return findExecutables({ name: 'claude', setting, env, knownFolders });
}

/**
 * Finds Claude Code and asks it for its version, which also shows that it starts.
 * @throws UserError if there is none, or if the first one found does not start.
 */
export async function locateClaude(setting: string, env: NodeJS.ProcessEnv): Promise<ClaudeProgram> {
  const [found] = await findClaude(setting, env);
  if (!found) throw notFound(setting);
  const file = await spawnable(found.file);
  return { file, found, version: await versionOf(file, env) };
}

function notFound(setting: string): UserError {
  return setting === ''
    ? new UserError(
        'Claude Code was not found on PATH, in the login shell or in the usual places.',
        installAdvice,
      )
    : new UserError(
        `There is no executable file at ${setting} (setting \`tandem.claude.path\`).`,
        installAdvice,
      );
}

/** On Windows npm puts a `.cmd` file in front of the program, which only a shell could run. */
async function spawnable(file: string): Promise<string> {
  if (!file.endsWith('.cmd')) return file;
  const folder = path.dirname(await realpath(file));
  const program = path.join(folder, 'node_modules', '@anthropic-ai', 'claude-code', 'bin', 'claude.exe');
  return existsSync(program) ? program : file;
}

/** `2.1.197 (Claude Code)` */
async function versionOf(file: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, stderr, timedOut } = await run(file, ['--version'], { env, timeout: versionTimeout });
  const version = /^\d+\.\d+\.\d+\S*/.exec(stdout.trim())?.[0];
  if (code === 0 && version !== undefined) return version;
  const words = timedOut ? 'It did not answer.' : (stdout + stderr).trim().slice(0, 300);
  throw new UserError(`${file} is not a working Claude Code. ${words}`, installAdvice);
}
