import { type GitOptions, gitList, gitOrThrow } from './git.ts';
import { guardFilters } from './guardFilters.ts';
import { emptyTree } from './revisions.ts';
import { indexTree, snapshotTree } from './snapshot.ts';
import { addWorktree, commitTree, headCommit, removeWorktree } from './worktree.ts';

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
 * they said then. Where only a part of the repository is checked out, it is the same part, and what differs from the commit.
 * @param folder absolute; must not exist
 * @throws UserError if git cannot; nothing is left then
 */
export async function checkOutFrozen(
  repository: string,
  folder: string,
  { head, index, tree }: Frozen,
  options: GitOptions,
): Promise<void> {
  await addWorktree(repository, { folder, commit: head, tree }, options);
  const guarded = await guardFilters(repository, options);
  try {
    await writeChanged(folder, head, tree, guarded);
    await gitOrThrow(folder, ['read-tree', '-m', index], guarded);
  } catch (error) {
    await removeWorktree(repository, folder, options);
    throw error;
  }
}

/** Files outside of the part that is checked out are there only where somebody made them. */
async function writeChanged(folder: string, head: string, tree: string, options: GitOptions): Promise<void> {
  const list = ['diff-tree', '-r', '--name-only', '--no-renames', '--diff-filter=d', '-z', head, tree];
  const changed = await gitList(folder, list, options);
  const write = [
    'checkout-index',
    '--ignore-skip-worktree-bits',
    '--force',
    '--index',
    '--quiet',
    '--stdin',
    '-z',
  ];
  await gitOrThrow(folder, write, options, { input: changed.map((file) => `${file}\0`).join('') });
}
