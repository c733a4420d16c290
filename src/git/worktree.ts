import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Sequence } from '../base/async.ts';
import { alone } from '../base/processLock.ts';
import { type GitOptions, git, gitError, gitLine } from './git.ts';
import { guardFilters } from './guardFilters.ts';

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
  const { code, stdout, stderr } = await git(repository, args, {
    ...options,
    env: { ...options.env, ...identity },
  });
  if (code !== 0) throw gitError(args, stderr);
  return stdout.trim();
}

/** The commit that is checked out; null before the first one. */
export function headCommit(repository: string, options: GitOptions): Promise<string | null> {
  return gitLine(repository, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], options);
}

/**
 * Checks a commit out into a linked worktree of its own, without a branch.
 * @param folder absolute; must not exist
 */
export async function addWorktree(
  repository: string,
  { folder, commit }: { folder: string; commit: string },
  options: GitOptions,
): Promise<void> {
  const guarded = await guardFilters(repository, options);
  const args = ['worktree', 'add', '--detach', '--quiet', folder, commit];
  // Git would run in submodules, with what they configure.
  const config = [...(guarded.config ?? []), 'submodule.recurse=false'];
  const { code, stderr } = await onWorktrees(repository, folder, () =>
    git(repository, args, { ...guarded, config }),
  );
  if (code === 0) return;
  await removeWorktree(repository, folder, options);
  throw gitError(args, stderr);
}

/** Removes a linked worktree with all that is in it; no error if it is not there. */
export async function removeWorktree(repository: string, folder: string, options: GitOptions): Promise<void> {
  const remove = ['worktree', 'remove', '--force', folder];
  const removed =
    existsSync(folder) && (await onWorktrees(repository, folder, () => git(repository, remove, options)));
  if (removed && removed.code === 0) return;
  // It is a half-made one, or its folder has gone before it: git does not know it by name then.
  await rm(folder, { recursive: true, force: true });
  const args = ['worktree', 'prune', '--expire=now'];
  const { code, stderr } = await onWorktrees(repository, folder, () => git(repository, args, options));
  if (code !== 0) throw gitError(args, stderr);
}

const queues = new Map<string, Sequence>();

/** A checkout of a large repository takes its time. */
const wait = { patience: 5 * 60_000, subject: 'the worktrees of this repository' };

/**
 * Git fails at a list of worktrees in which another git is just adding one, and its `prune` takes that one for left over
 * (measured, 2.39): one after the other, of all hosts that have their worktrees in the same folder.
 * @param folder the worktree that it is about
 */
export function onWorktrees<T>(repository: string, folder: string, work: () => Promise<T>): Promise<T> {
  const queue = queues.get(repository) ?? new Sequence();
  queues.set(repository, queue);
  const name = createHash('sha256').update(repository).digest('hex').slice(0, 16);
  const lock = path.join(path.dirname(folder), `${name}.lock`);
  return queue.run(() => alone(lock, wait, work));
}

/** Moves a worktree to another commit without touching its files, so that git keeps that commit. */
export async function pointWorktree(folder: string, commit: string, options: GitOptions): Promise<void> {
  const args = ['update-ref', '--no-deref', 'HEAD', commit];
  const { code, stderr } = await git(folder, args, options);
  if (code !== 0) throw gitError(args, stderr);
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
  const args = ['branch', '--no-track', '--', name, commit];
  const { code, stderr } = await git(repository, args, options);
  if (code !== 0) throw gitError(args, stderr);
}
