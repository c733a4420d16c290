import { type GitOptions, git, gitError } from './git.ts';
import { guardFilters } from './guardFilters.ts';
import { emptyTree } from './revisions.ts';
import { indexTree, snapshotTree } from './snapshot.ts';
import { commitTree, headCommit, onWorktrees, removeWorktree } from './worktree.ts';

/** A repository at one moment, as objects in its database; git keeps them for two weeks though nothing names them. */
export interface Frozen {
  /** The commit that was checked out; an empty one of ours where there was none yet. */
  readonly head: string;
  /** Tree of the index. */
  readonly index: string;
  /** Tree of the working tree, untracked files included (see `snapshotTree`). */
  readonly tree: string;
}

/**
 * Notes what is checked out, staged, and on the disk now. A merge with conflicts counts as not staged.
 * @throws UserError as `snapshotTree`
 */
export async function freeze(repository: string, options: GitOptions): Promise<Frozen> {
  const tree = await snapshotTree(repository, options);
  const head = (await headCommit(repository, options)) ?? (await emptyCommit(repository, options));
  const index = (await indexTree(repository, options)) ?? `${head}^{tree}`;
  return { head, index, tree };
}

async function emptyCommit(repository: string, options: GitOptions): Promise<string> {
  const tree = await emptyTree(repository, options);
  return commitTree(repository, { tree, parent: null, message: 'Before the first commit' }, options);
}

/**
 * Makes a linked worktree in which commit, index and files are as they were: git's commands say there of the change what
 * they said then.
 * @param folder absolute; must not exist
 * @throws UserError if git cannot; nothing is left then
 */
export async function checkOutFrozen(
  repository: string,
  folder: string,
  { head, index, tree }: Frozen,
  options: GitOptions,
): Promise<void> {
  const guarded = await guardFilters(repository, options);
  const own = { ...guarded, config: [...(guarded.config ?? []), 'submodule.recurse=false'] };
  try {
    const add = ['worktree', 'add', '--detach', '--no-checkout', '--quiet', folder, head];
    await onWorktrees(repository, folder, () => must(repository, add, own));
    await must(folder, ['read-tree', tree], own);
    await must(folder, ['checkout-index', '--all', '--force', '--quiet'], own);
    await must(folder, ['read-tree', index], own);
  } catch (error) {
    await removeWorktree(repository, folder, options);
    throw error;
  }
}

async function must(folder: string, args: readonly string[], options: GitOptions): Promise<void> {
  const { code, stderr } = await git(folder, [...args], options);
  if (code !== 0) throw gitError([...args], stderr);
}
