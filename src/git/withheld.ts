import { readlink } from 'node:fs/promises';
import path from 'node:path';
import type { ChangeTarget } from './comparison.ts';
import { type DiffEntry, diffOptions } from './diffEntries.ts';
import { type GitOptions, gitList, gitOrThrow } from './git.ts';
import { headOrEmptyTree } from './revisions.ts';
import { isSecretName, secretText } from './secrets.ts';
import { type LeftOut, linkLeaves } from './untracked.ts';

/**
 * The tracked files whose change is kept from the reviewer because it looks like a secret that is in no commit yet.
 * What is committed is no secret any more; a reviewer that sees it can say so.
 * @param withContent looks into the change as well as at names
 */
export async function withheldSecrets(
  repository: string,
  target: ChangeTarget,
  { entries, compared, withContent }: { entries: DiffEntry[]; compared: string[]; withContent: boolean },
  options: GitOptions,
): Promise<DiffEntry[]> {
  if (isCommitted(target)) return [];
  const secrets = new Set(withContent ? await filesWithSecrets(repository, compared, options) : []);
  const found = entries.filter((entry) => hasSecretName(entry) || secrets.has(entry.path));
  if (found.length === 0 || target.kind !== 'branch') return found;
  const uncommitted = new Set(await uncommittedFiles(repository, options));
  return found.filter((entry) => uncommitted.has(entry.path));
}

/** True for a target that holds nothing but commits. */
function isCommitted({ kind }: ChangeTarget): boolean {
  return kind === 'commit' || kind === 'range';
}

export function hasSecretName({ path, from }: DiffEntry): boolean {
  return isSecretName(path) || (from !== undefined && isSecretName(from));
}

/** Files where an added or deleted line holds a secret, as git finds them. */
function filesWithSecrets(
  repository: string,
  compared: readonly string[],
  options: GitOptions,
): Promise<string[]> {
  const args = ['diff', '--name-only', '-z', `-G${secretText}`, ...diffOptions, ...compared, '--'];
  return gitList(repository, args, options);
}

/** Tracked files of which something is in no commit yet. */
export async function uncommittedFiles(repository: string, options: GitOptions): Promise<string[]> {
  const head = await headOrEmptyTree(repository, options);
  return gitList(
    repository,
    ['diff', '--name-only', '-z', ...diffOptions, '--no-renames', head, '--'],
    options,
  );
}

/** Changed symbolic links that leave the repository. The diff has where they point to, never what is there. */
export async function leavingLinks(
  repository: string,
  entries: readonly DiffEntry[],
  options: GitOptions,
): Promise<LeftOut[]> {
  const leaving: LeftOut[] = [];
  for (const { path: file, mode, blob } of entries) {
    if (mode !== '120000') continue;
    const text = await linkText(repository, file, blob, options);
    if (await linkLeaves(repository, file, text))
      leaving.push({ file, reason: 'a symbolic link that leaves the repository' });
  }
  return leaving;
}

async function linkText(
  repository: string,
  file: string,
  blob: string,
  options: GitOptions,
): Promise<string> {
  if (/^0+$/.test(blob)) return readlink(path.join(repository, file));
  return gitOrThrow(repository, ['cat-file', 'blob', blob], options);
}
