import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../base/errors.ts';
import type { GitOptions } from '../git/git.ts';
import { leftOutFiles } from '../git/snapshot.ts';
import type { LeftOut } from '../git/untracked.ts';

/** Files by name, with what tells whether they were written since. */
export type Stamps = ReadonlyMap<string, string>;

/** Longer lists of files are cut in notes. */
const maxNamed = 5;

/** What is no part of a change in the working tree, as it is before a task works there. @throws UserError if git cannot */
export async function leftOutNow(repository: string, git: GitOptions): Promise<Stamps> {
  return stamped(repository, await leftOutFiles(repository, { ...git, trackedSecrets: true }));
}

/**
 * Those that are new or were written since.
 * @param before left out where nobody looked: then nothing can be said
 */
export async function changedSince(
  folder: string,
  now: readonly LeftOut[],
  before: Stamps | undefined,
): Promise<LeftOut[]> {
  if (!before) return [];
  const stamps = await stamped(folder, now);
  return now.filter(({ file }) => stamps.get(file) !== before.get(file));
}

/** @param worktree null for the working tree itself */
export function leftOutNote(files: readonly LeftOut[], worktree: string | null): string {
  const named = files.slice(0, maxNamed).map(({ file, reason }) => `${file} (${reason})`);
  const more = files.length > maxNamed ? ` and ${files.length - maxNamed} more` : '';
  const isOne = files.length === 1;
  const where =
    worktree === null
      ? `${isOne ? 'It is' : 'They are'} in the working tree, and not taken back with the change.`
      : `${isOne ? 'It stays' : 'They stay'} in ${worktree} until you discard ${isOne ? 'it' : 'them'}.`;
  return `Not part of the change: ${named.join(', ')}${more}. ${where}`;
}

async function stamped(folder: string, files: readonly LeftOut[]): Promise<Stamps> {
  const stamps = new Map<string, string>();
  for (const { file } of files) stamps.set(file, await stampOf(path.join(folder, file)));
  return stamps;
}

async function stampOf(absolute: string): Promise<string> {
  try {
    const { size, mtimeMs } = await lstat(absolute);
    return `${size} ${mtimeMs}`;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return 'not there';
  }
}
