import { type RunResult, run } from '../base/childProcess.ts';
import { UserError, errorCode } from '../base/errors.ts';

export interface GitOptions {
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

const timeout = 60_000;

/**
 * Runs git in a folder. Never waits for a password, takes no optional locks (the user's own git goes first), and
 * speaks English. A non-zero exit code is a result.
 * @throws UserError if git is not installed.
 */
export async function git(folder: string, args: readonly string[], options: GitOptions): Promise<RunResult> {
  const env = { ...options.env, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
  try {
    const result = await run('git', ['-C', folder, ...args], {
      env,
      timeout,
      ...(options.signal && { signal: options.signal }),
    });
    if (!result.timedOut) return result;
    throw new UserError(`git ${args[0] ?? ''} did not end within ${timeout / 1000} s.`, 'Try again.');
  } catch (error) {
    if (errorCode(error) === 'ENOENT')
      throw new UserError('git was not found on PATH.', 'Install git, then try again.');
    throw error;
  }
}

/** The trimmed output, or null if git says no. */
export async function gitLine(
  folder: string,
  args: readonly string[],
  options: GitOptions,
): Promise<string | null> {
  const { code, stdout } = await git(folder, args, options);
  const line = stdout.trim();
  return code === 0 && line !== '' ? line : null;
}

/** The entries of an output that is separated by NUL; file names may hold anything else. */
export async function gitList(
  folder: string,
  args: readonly string[],
  options: GitOptions,
): Promise<string[]> {
  const { code, stdout, stderr } = await git(folder, args, options);
  if (code !== 0) throw new UserError(`git ${args[0] ?? ''} failed: ${stderr.trim()}`);
  return stdout.split('\0').filter((entry) => entry !== '');
}
