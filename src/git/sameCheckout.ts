import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { UserError, errorCode } from '../base/errors.ts';
import type { Target } from '../protocol/target.ts';
import { type GitOptions, git, gitArguments, gitVariables } from './git.ts';
import { guardFilters } from './guardFilters.ts';

/** A call of git on another machine. */
export interface RemoteGitCall {
  command: string[];
  /** Over the environment there; null for variables that must not be set. */
  env: Record<string, string | null>;
}

/** @throws UserError where no command can be run there */
export type RemoteGit = (call: RemoteGitCall) => Promise<GitAnswer>;

interface GitAnswer {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs git in the repository, here or there. */
type Runner = (...args: string[]) => Promise<GitAnswer>;

/** What one sees of a checkout without reading its files. */
interface Look {
  root: string;
  /** Id of the commit, or `(initial)`. */
  head: string;
  /** How each file is changed that is, or that is new. */
  entries: ReadonlyMap<string, string>;
  /** Answers of git that the target depends on. */
  answers: readonly string[];
}

/** So many files are hashed at once; a command line has its limits. */
const chunk = 500;
/** So many differing files are named. */
const maxNamed = 3;

/**
 * How a repository differs between here and the same path elsewhere; null if it does not: same commit, same changes in
 * index and working tree with the same contents, and what the target compares with is there too. Not looked at: what git
 * ignores, and where symbolic links lead.
 * @returns words that continue "There "
 */
export async function checkoutDifference(
  repository: string,
  target: Target | null,
  remote: RemoteGit,
  options: GitOptions,
): Promise<string | null> {
  const guarded = await guardFilters(repository, options);
  const here: Runner = (...args) => git(repository, args, guarded);
  const there: Runner = (...args) =>
    remote({ command: ['git', ...gitArguments(repository, args, guarded.config)], env: gitVariables() });
  const compare = () => difference(repository, target, here, there);
  // A file that is saved between the two looks makes a difference in the first comparison only.
  return (await compare()) === null ? null : compare();
}

async function difference(
  repository: string,
  target: Target | null,
  here: Runner,
  there: Runner,
): Promise<string | null> {
  const own = await look(here, target);
  if (typeof own === 'string') throw new UserError(`git failed: ${own}`);
  const other = await look(there, target);
  if (typeof other === 'string') return `git says: ${other}`;
  if (own.root !== other.root) return `the repository’s root is ${other.root}`;
  if (own.head !== other.head) return `the commit is ${short(other.head)}, here it is ${short(own.head)}`;
  if (own.answers.some((answer, index) => answer === '' || answer !== other.answers[index]))
    return 'what the change is compared with is missing, or is another commit';
  const names = new Set([...own.entries.keys(), ...other.entries.keys()]);
  const unequal = [...names].filter((name) => own.entries.get(name) !== other.entries.get(name));
  if (unequal.length > 0) return `${fileNames(unequal)} not as here`;
  return contentDifference(repository, [...own.entries.keys()], here, there);
}

async function contentDifference(
  repository: string,
  names: readonly string[],
  here: Runner,
  there: Runner,
): Promise<string | null> {
  const files: string[] = [];
  for (const name of names) if (await isRegular(path.join(repository, name))) files.push(name);
  for (let start = 0; start < files.length; start += chunk) {
    const some = files.slice(start, start + chunk);
    const [own, other] = [await hashes(here, some), await hashes(there, some)];
    if (other.length !== some.length) return `${fileNames(some)} not all readable`;
    const unequal = some.filter((_, index) => own[index] !== other[index]);
    if (unequal.length > 0) return `${fileNames(unequal)} not as here`;
  }
  return null;
}

/** The bytes as they are: what filters make of them is the other machine's affair. */
async function hashes(run: Runner, files: readonly string[]): Promise<string[]> {
  const { stdout } = await run('hash-object', '--no-filters', '--', ...files);
  return stdout.split('\n').slice(0, -1);
}

async function isRegular(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).isFile();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}

/** @returns what git said if it failed */
async function look(run: Runner, target: Target | null): Promise<Look | string> {
  const root = await run('rev-parse', '--show-toplevel');
  const status = await run(
    'status',
    '--porcelain=v2',
    '--branch',
    '-z',
    '--untracked-files=all',
    '--no-renames',
  );
  for (const { code, stdout, stderr } of [root, status])
    if (code !== 0) return lastLine(stderr) || lastLine(stdout) || `exit code ${code ?? '?'}`;
  const answers: string[] = [];
  for (const args of questionsOf(target)) answers.push((await run(...args)).stdout.trim());
  return { root: root.stdout.trim(), answers, ...parseStatus(status.stdout) };
}

/** Headers begin with `#`; the path of an entry comes last, and the kind of entry tells after how many fields (git-status(1)). */
function parseStatus(text: string): Pick<Look, 'head' | 'entries'> {
  const lines = text.split('\0').slice(0, -1);
  const head = lines.find((line) => line.startsWith('# branch.oid '))?.slice('# branch.oid '.length) ?? '';
  const fields: Record<string, number> = { '1': 8, u: 10, '?': 1 };
  const entries = lines.flatMap((line) => {
    const count = fields[line.charAt(0)];
    if (count === undefined) return [];
    const parts = line.split(' ');
    return [[parts.slice(count).join(' '), parts.slice(0, count).join(' ')] as const];
  });
  return { head, entries: new Map(entries) };
}

/** What has to have the same answer there besides. */
function questionsOf(target: Target | null): string[][] {
  const exists = (id: string, kind: string) => ['rev-parse', '--verify', '--quiet', `${id}^{${kind}}`];
  switch (target?.kind) {
    case 'branch':
      return [['merge-base', '--', target.base, 'HEAD']];
    case 'commit':
      return [exists(target.sha, 'commit')];
    case 'range':
      return [exists(target.from, 'commit'), exists(target.to, 'commit')];
    case 'turn':
      return [exists(target.from, 'tree'), exists(target.to, 'tree')];
    default:
      return [];
  }
}

function fileNames(names: readonly string[]): string {
  const more = names.length - maxNamed;
  const named = names.slice(0, maxNamed).join(', ');
  if (more > 0) return `${named} and ${more} more are`;
  return `${named} ${names.length === 1 ? 'is' : 'are'}`;
}

function short(id: string): string {
  return /^[0-9a-f]{40,}$/.test(id) ? id.slice(0, 10) : id;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
