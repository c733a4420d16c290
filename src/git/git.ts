import { devNull } from 'node:os';
import { type RunResult, run } from '../base/childProcess.ts';
import { UserError, errorCode } from '../base/errors.ts';

export interface GitOptions {
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  /** More values of configuration (`name=value`), which win over the repository's; see `guardFilters`. */
  config?: readonly string[];
}

/** What one call needs besides. */
export interface GitCall {
  /** For its stdin. */
  input?: string | Buffer;
  /** Longer output is cut off. Default 16 MiB. */
  maxBytes?: number;
  /** Absolute path of an index to use instead of the repository's own. */
  indexFile?: string;
  /** Milliseconds; default 60,000. */
  timeout?: number;
}

const defaultTimeout = 60_000;

/** For what writes all files of a repository, which may be large, and its disk slow. Milliseconds. */
export const checkoutTimeout = 60 * 60_000;

/**
 * A repository's own configuration names programs that git runs: a file system monitor, hooks (`git add` runs one), a
 * verifier of signatures. None of them is run for us. External diff drivers and conversions are switched off by
 * `diffOptions`, filters by `guardFilters`.
 */
const guards = ['core.fsmonitor=', `core.hooksPath=${devNull}`, 'log.showSignature=false'];

/** What the caller's own git may have left here leads git to another repository, index, or reading of paths. */
const inherited = new Set([
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_COMMON_DIR',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
  'GIT_PREFIX',
  'GIT_LITERAL_PATHSPECS',
  'GIT_GLOB_PATHSPECS',
  'GIT_NOGLOB_PATHSPECS',
  'GIT_ICASE_PATHSPECS',
  'GIT_DIFF_OPTS',
]);

/**
 * Of a partial clone, git would fetch what is missing, from wherever and with whatever program the repository names.
 * A review needs no network.
 */
const offline = { GIT_NO_LAZY_FETCH: '1', GIT_ALLOW_PROTOCOL: 'none' };

const ownVariables = {
  ...offline,
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  LC_ALL: 'C',
};

/** What git is given for a call in a folder, wherever it runs. */
export function gitArguments(
  folder: string,
  args: readonly string[],
  config: readonly string[] = [],
): string[] {
  return ['-C', folder, ...[...guards, ...config].flatMap((value) => ['-c', value]), ...args];
}

/** Variables for git, over an environment of which nothing is known; null for those that must not be there. */
export function gitVariables(): Record<string, string | null> {
  return { ...Object.fromEntries([...inherited].map((name) => [name, null])), ...ownVariables };
}

/**
 * Runs git in a folder. Never waits for a password, takes no optional locks (the user's own git goes first), runs no
 * program that the repository names, stays off the network, and speaks English. A non-zero exit code is a result.
 * @throws UserError if git is not installed or does not end.
 */
export async function git(
  folder: string,
  args: readonly string[],
  options: GitOptions,
  { indexFile, timeout = defaultTimeout, ...call }: GitCall = {},
): Promise<RunResult> {
  const own = { ...ownVariables, ...(indexFile !== undefined && { GIT_INDEX_FILE: indexFile }) };
  try {
    const result = await run('git', gitArguments(folder, args, options.config), {
      ...call,
      env: { ...withoutInherited(options.env), ...own },
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

function withoutInherited(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !inherited.has(name)));
}

/** Its output. @throws UserError if git says no */
export async function gitOrThrow(
  folder: string,
  args: readonly string[],
  options: GitOptions,
  call: GitCall = {},
): Promise<string> {
  const { code, stdout, stderr } = await git(folder, args, options, call);
  if (code !== 0) throw gitError(args, stderr);
  return stdout;
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

/**
 * The entries of an output that is separated by NUL, in their order; file names may hold anything else.
 * @throws UserError if git fails, or lists more than can be kept.
 */
export async function gitList(
  folder: string,
  args: readonly string[],
  options: GitOptions,
): Promise<string[]> {
  const { code, stdout, stderr, truncated } = await git(folder, args, options);
  if (code !== 0) throw gitError(args, stderr);
  if (truncated)
    throw new UserError(
      `git ${args[0] ?? ''} lists more files than Tandem can look at.`,
      'Let git ignore folders of generated files (`.gitignore`), then try again.',
    );
  return stdout.split('\0').slice(0, -1);
}

export function gitError(args: readonly string[], stderr: string): UserError {
  return new UserError(`git ${args[0] ?? ''} failed: ${stderr.trim()}`);
}
