import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Sequence } from '../base/async.ts';
import { alone } from '../base/processLock.ts';
import { UserError } from '../base/errors.ts';
import { type GitOptions, checkoutTimeout, git, gitError, gitLine, gitOrThrow } from './git.ts';
import { guardFilters } from './guardFilters.ts';
import { gitPath } from './revisions.ts';

/** Commits of ours are nobody's: what they hold is theirs. */
const identity = {
  GIT_AUTHOR_NAME: 'Tandem',
  GIT_AUTHOR_EMAIL: 'tandem@localhost',
  GIT_COMMITTER_NAME: 'Tandem',
  GIT_COMMITTER_EMAIL: 'tandem@localhost',
};

/**
 * Makes a commit of a tree that no branch knows; its parent is the given one, or none.
 * @returns its id
 */
export async function commitTree(
  repository: string,
  { tree, parent, message }: { tree: string; parent: string | null; message: string },
  options: GitOptions,
): Promise<string> {
  const args = ['commit-tree', tree, ...(parent === null ? [] : ['-p', parent]), '-m', message];
  const written = await gitOrThrow(repository, args, { ...options, env: { ...options.env, ...identity } });
  return written.trim();
}

/** The same of what may be a commit already. @returns the id of either */
export async function commitOf(
  repository: string,
  { is, parent, message }: { is: string; parent: string | null; message: string },
  options: GitOptions,
): Promise<string> {
  const type = await gitOrThrow(repository, ['cat-file', '-t', is], options);
  return type.trim() === 'commit' ? is : commitTree(repository, { tree: is, parent, message }, options);
}

/** The commit that is checked out; null before the first one. */
export function headCommit(repository: string, options: GitOptions): Promise<string | null> {
  return gitLine(repository, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], options);
}

/**
 * Makes a linked worktree without a branch, and checks a commit out there, or another tree over that commit. Where only a part
 * of the repository is checked out, it is the same part.
 * @param folder absolute; must not exist
 * @throws UserError if git cannot; nothing is left then
 */
export async function addWorktree(
  repository: string,
  { folder, commit, tree = commit }: { folder: string; commit: string; tree?: string },
  options: GitOptions,
): Promise<void> {
  if (existsSync(folder)) throw new UserError(`${folder} is there already.`);
  const guarded = await guardFilters(repository, options);
  // Git would run in submodules, with what they configure.
  const own = { ...guarded, config: [...(guarded.config ?? []), 'submodule.recurse=false'] };
  const add = ['worktree', 'add', '--detach', '--no-checkout', '--quiet', folder, commit];
  try {
    await onWorktrees(repository, folder, () => gitOrThrow(repository, add, own));
    await gitOrThrow(folder, ['read-tree', '-m', '-u', tree], own, { timeout: checkoutTimeout });
  } catch (error) {
    await removeWorktree(repository, folder, options);
    throw error;
  }
}

/**
 * Whether a worktree of ours has all its files: a host may have been killed while they were written. Git writes the index after
 * them (measured, 2.39).
 * @throws UserError if git cannot
 */
export async function isCheckedOut(folder: string, options: GitOptions): Promise<boolean> {
  // Without it git would look for a repository in the folders above.
  if (!existsSync(path.join(folder, '.git'))) return false;
  return existsSync(await gitPath(folder, 'index', options));
}

/**
 * Removes a linked worktree of ours with all that is in it, half-made ones too; no error if it is not there. Others' stay, also
 * those that git holds for left over: their folders may be on a drive that is not there today. It is done to its end also where what
 * it was made for has been cancelled.
 * @throws UserError if git cannot
 */
export async function removeWorktree(
  repository: string,
  folder: string,
  { env, config = [] }: GitOptions,
): Promise<void> {
  // The second --force is for one that git was killed over: it stays locked.
  const args = ['worktree', 'remove', '--force', '--force', folder];
  const remove = () => git(repository, args, { env, config }, { timeout: checkoutTimeout });
  await onWorktrees(repository, folder, async () => {
    if (existsSync(folder) && (await remove()).code === 0) return;
    // Of a half-made one git removes its own part only when the folder has gone.
    await rm(folder, { recursive: true, force: true });
    const { code, stderr } = await remove();
    if (code !== 0 && !stderr.includes('is not a working tree')) throw gitError(args, stderr);
  });
}

const queues = new Map<string, Sequence>();

const wait = { patience: 2 * 60_000, subject: 'the worktrees of this repository' };

/**
 * Git fails at a list of worktrees in which another git is just adding one, and its `prune` takes that one for left over
 * (measured, 2.39): one after the other, of all hosts that have their worktrees in the same folder.
 * @param folder the worktree that it is about
 */
function onWorktrees<T>(repository: string, folder: string, work: () => Promise<T>): Promise<T> {
  const queue = queues.get(repository) ?? new Sequence();
  queues.set(repository, queue);
  const name = createHash('sha256').update(repository).digest('hex').slice(0, 16);
  const lock = path.join(path.dirname(folder), `${name}.lock`);
  return queue.run(() => alone(lock, wait, work));
}

/** Moves a worktree to another commit without touching its files, so that git keeps that commit. */
export async function pointWorktree(folder: string, commit: string, options: GitOptions): Promise<void> {
  await gitOrThrow(folder, ['update-ref', '--no-deref', 'HEAD', commit], options);
}

/**
 * Makes a branch at a commit.
 * @throws UserError if there is one of that name, or the name is none
 */
export async function createBranch(
  repository: string,
  { name, commit }: { name: string; commit: string },
  options: GitOptions,
): Promise<void> {
  await gitOrThrow(repository, ['branch', '--no-track', '--', name, commit], options);
}
