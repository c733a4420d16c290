import { constants } from 'node:fs';
import { access, copyFile, mkdtemp, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UserError, errorCode } from '../base/errors.ts';
import type { Target } from '../protocol/target.ts';
import { countChange } from './counts.ts';
import type { ExcludeOptions } from './excludes.ts';
import { type GitOptions, gitList, gitOrThrow } from './git.ts';
import { guardFilters } from './guardFilters.ts';
import { gitPath } from './revisions.ts';
import { isSecretName } from './secrets.ts';
import { type LeftOut, type LeftOutReason, readNewFile, untrackedFiles } from './untracked.ts';

/** Larger untracked files are not part of a snapshot. Bytes. */
export const maxSnapshotBytes = 4 * 1024 * 1024;

/** With more untracked files there is no snapshot: somebody forgot to ignore a folder of generated files. */
const maxUntrackedFiles = 20_000;

export interface SnapshotOptions extends GitOptions {
  /** With what is not staged of tracked files that look like secrets: to whoever works on the repository they are none. */
  trackedSecrets?: boolean;
}

export interface Snapshot {
  /** Id of the tree object. */
  readonly tree: string;
  /** What is changed or new, and not part of it. */
  readonly leftOut: readonly LeftOut[];
}

/**
 * Writes the working tree as it is now, tracked and untracked, as a tree object. Only the object database is written to;
 * git removes unused objects after two weeks. Not part of it: what git ignores, large untracked files, repositories in the
 * repository, files that cannot be read; and of files that look like secrets what has not been staged. What is left out
 * this way is left out before and after a turn, so it is no change of that turn.
 * @throws UserError if git cannot, or if there are too many untracked files.
 */
export async function takeSnapshot(repository: string, options: SnapshotOptions): Promise<Snapshot> {
  const guarded = withOwnIndex(await guardFilters(repository, options));
  const { paths, leftOut } = await changedPaths(repository, guarded);
  const tree = await onIndexCopy(repository, guarded, async (indexFile) => {
    await updateIndex(repository, paths, indexFile, guarded);
    return writeTree(repository, indexFile, guarded);
  });
  return { tree, leftOut };
}

/** The tree of `takeSnapshot`. */
export async function snapshotTree(repository: string, options: SnapshotOptions): Promise<string> {
  return (await takeSnapshot(repository, options)).tree;
}

/** What a snapshot leaves out now, without taking one. @throws UserError as `takeSnapshot` */
export async function leftOutFiles(repository: string, options: SnapshotOptions): Promise<LeftOut[]> {
  return (await changedPaths(repository, withOwnIndex(await guardFilters(repository, options)))).leftOut;
}

/**
 * Writes the index as it is now as a tree object, and gives its id; null while a merge has left conflicts in it, which no
 * tree can hold.
 * @throws UserError if git cannot read the index
 */
export async function indexTree(repository: string, options: GitOptions): Promise<string | null> {
  const own = withOwnIndex(options);
  if ((await gitList(repository, ['ls-files', '--unmerged', '-z'], own)).length > 0) return null;
  return onIndexCopy(repository, own, (indexFile) => writeTree(repository, indexFile, own));
}

async function writeTree(repository: string, indexFile: string, options: GitOptions): Promise<string> {
  return (await gitOrThrow(repository, ['write-tree'], options, { indexFile })).trim();
}

/** Git writes into an index whenever it uses one; ours is thrown away. */
async function onIndexCopy<T>(
  repository: string,
  options: GitOptions,
  work: (indexFile: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tandem-index-'));
  try {
    const indexFile = path.join(folder, 'index');
    await copyIndex(await gitPath(repository, 'index', options), indexFile);
    return await work(indexFile);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * What differs between two snapshots, as a target; null if nothing does but files that reviews leave out.
 * @throws UserError if one of them is gone.
 */
export async function changedBetween(
  repository: string,
  from: string,
  to: string,
  options: GitOptions & ExcludeOptions,
): Promise<Extract<Target, { kind: 'turn' }> | null> {
  if (from === to) return null;
  const counts = await countChange(repository, { kind: 'turn', from, to }, options);
  return counts.files === 0 ? null : { kind: 'turn', from, to, ...counts };
}

/** A split index would leave a part of ours in the repository; line ends that cannot be restored are no error here. */
export function withOwnIndex<Options extends GitOptions>(options: Options): Options {
  return { ...options, config: [...(options.config ?? []), 'core.splitIndex=false', 'core.safecrlf=false'] };
}

/** A link or a binary file is a change like any other; it is only no text to hand over. */
const kept: readonly LeftOutReason[] = ['binary', 'a symbolic link that leaves the repository'];

/** Paths that are not as the index says: changed, deleted, conflicting, new. */
async function changedPaths(
  repository: string,
  options: SnapshotOptions,
): Promise<{ paths: string[]; leftOut: LeftOut[] }> {
  const tracked = await gitList(repository, ['ls-files', '--modified', '-z'], options);
  const untracked = await untrackedFiles(repository, options);
  if (untracked.length > maxUntrackedFiles)
    throw new UserError(
      `There are ${untracked.length} untracked files, too many to keep track of.`,
      'Let git ignore folders of generated files (`.gitignore`).',
    );
  const paths: string[] = [];
  const leftOut: LeftOut[] = [];
  for (const file of new Set(tracked)) {
    if (options.trackedSecrets !== true && isSecretName(file))
      leftOut.push({ file, reason: 'looks like a secret' });
    else if (await isReadable(path.join(repository, file))) paths.push(file);
    else leftOut.push({ file, reason: 'cannot be read' });
  }
  for (const name of untracked) {
    const file = await readNewFile(repository, name, { maxBytes: maxSnapshotBytes });
    if ('text' in file || kept.includes(file.reason)) paths.push(name);
    else leftOut.push(file);
  }
  return { paths, leftOut };
}

/** What is not there can be read, as deleted. */
async function isReadable(file: string): Promise<boolean> {
  try {
    await access(file, constants.R_OK);
    return true;
  } catch (error) {
    return errorCode(error) !== 'EACCES';
  }
}

/**
 * By the time of the index git knows which files may have changed right after it was written. A copy that is newer would
 * lose that; full seconds are what every file system has.
 */
async function copyIndex(from: string, to: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(from);
    await copyFile(from, to);
    const seconds = Math.floor(mtimeMs / 1000);
    await utimes(to, seconds, seconds);
  } catch (error) {
    // A repository without a commit need not have an index.
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** Not with `git add`: that runs git in submodules, with what they configure. */
async function updateIndex(
  repository: string,
  paths: readonly string[],
  indexFile: string,
  options: GitOptions,
): Promise<void> {
  const args = ['update-index', '--add', '--remove', '-z', '--stdin'];
  const input = paths.map((file) => `${file}\0`).join('');
  await gitOrThrow(repository, args, options, { input, indexFile });
}
