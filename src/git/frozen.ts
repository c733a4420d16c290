import { submoduleMode } from './diffEntries.ts';
import { type GitOptions, gitList, gitOrThrow } from './git.ts';
import { guardFilters } from './guardFilters.ts';
import { emptyTree } from './revisions.ts';
import { type Snapshot, indexTree, takeSnapshot } from './snapshot.ts';
import { addWorktree, commitTree, headCommit, removeWorktree } from './worktree.ts';

/** A repository at one moment, as objects in its database; git keeps them for two weeks though nothing names them. */
export interface Frozen {
  /** The commit that was checked out; an empty one of ours where there was none yet. */
  readonly head: string;
  /** Tree of the index. */
  readonly index: string;
  /** Tree of the working tree, untracked files included (see `takeSnapshot`). */
  readonly tree: string;
}

/**
 * Notes what is checked out, staged, and on the disk now. A merge with conflicts counts as not staged.
 * @throws UserError as `takeSnapshot`
 */
export async function freeze(
  repository: string,
  options: GitOptions,
): Promise<Frozen & Pick<Snapshot, 'leftOut'>> {
  const { tree, leftOut } = await takeSnapshot(repository, options);
  const head = (await headCommit(repository, options)) ?? (await emptyCommit(repository, options));
  const index = (await indexTree(repository, options)) ?? `${head}^{tree}`;
  return { head, index, tree, leftOut };
}

async function emptyCommit(repository: string, options: GitOptions): Promise<string> {
  const tree = await emptyTree(repository, options);
  return commitTree(repository, { tree, parent: null, message: 'Before the first commit' }, options);
}

/**
 * Makes a linked worktree in which commit, index and files are as they were: git's commands say there of the change what
 * they said then. Where only a part of the repository is checked out, it is the same part, and what differs from the commit.
 * @param folder absolute; must not exist
 * @param staged what is staged is all that is looked at. Else the index also has the commits of submodules: none is checked out
 * there, and of such a one git says what the index has
 * @throws UserError if git cannot, CancelledError; nothing is left then
 */
export async function checkOutFrozen(
  repository: string,
  folder: string,
  { head, index, tree }: Frozen,
  options: GitOptions,
  { staged = false }: { staged?: boolean } = {},
): Promise<void> {
  await addWorktree(repository, { folder, commit: head, tree }, options);
  const guarded = await guardFilters(repository, options);
  try {
    await writeChanged(folder, head, tree, guarded);
    await gitOrThrow(folder, ['read-tree', '-m', index], guarded);
    if (!staged) await stageSubmodules(folder, tree, guarded);
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

/** Puts the commits of the submodules that were checked out into the index of a worktree. */
async function stageSubmodules(folder: string, tree: string, options: GitOptions): Promise<void> {
  const args = ['diff-index', '--cached', '--raw', '--no-abbrev', '--no-renames', '-z', tree, '--'];
  const tokens = await gitList(folder, args, options);
  const lines: string[] = [];
  // Each is `:MODE MODE ID ID STATE`, then the path; the first mode and id are those of the tree.
  for (let i = 0; i + 1 < tokens.length; i += 2) {
    const [mode = '', , id = ''] = (tokens[i] ?? '').slice(1).split(' ');
    if (mode === submoduleMode) lines.push(`${mode} ${id}\t${tokens[i + 1] ?? ''}\0`);
  }
  await gitOrThrow(folder, ['update-index', '-z', '--index-info'], options, { input: lines.join('') });
}
