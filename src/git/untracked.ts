import { lstat, readlink } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../base/errors.ts';
import { isInside, realPathOrNull } from '../base/paths.ts';
import { type GitOptions, gitList } from './git.ts';
import { readRegularFile } from '../base/regularFile.ts';
import type { LeftOut } from '../protocol/heldBack.ts';
import { holdsSecret, isSecretName } from './secrets.ts';

export type { LeftOut, LeftOutReason } from '../protocol/heldBack.ts';

/** The content of a file of the working tree. */
export interface NewFile {
  file: string;
  /** As git writes it: `100644`, `100755`, `120000` for a symbolic link (the text is its target). */
  mode: string;
  text: string;
}

/** Larger untracked files are left out. Bytes. */
export const maxUntrackedBytes = 128 * 1024;

/**
 * Files that git neither tracks nor ignores; a repository in the repository is named with a `/` at its end.
 * @param pathspecs only what they match; left out for all
 */
export function untrackedFiles(
  repository: string,
  options: GitOptions,
  pathspecs: readonly string[] = [],
): Promise<string[]> {
  const args = ['ls-files', '--others', '--exclude-standard', '-z', '--', ...pathspecs];
  return gitList(repository, args, options);
}

export interface ReadOptions {
  /** Larger files are left out. Bytes. */
  maxBytes?: number;
  /** The content is in a commit: then it is no secret any more. */
  committed?: boolean;
}

/** Reads a file of the working tree, unless its content must not or cannot be handed over. */
export async function readNewFile(
  repository: string,
  file: string,
  options: ReadOptions = {},
): Promise<NewFile | LeftOut> {
  if (options.committed !== true && isSecretName(file)) return { file, reason: 'looks like a secret' };
  if (file.endsWith('/')) return { file, reason: 'a repository of its own' };
  try {
    const status = await lstat(path.join(repository, file));
    if (status.isSymbolicLink()) return await readLink(repository, file);
    // What git lists as one file though it is a folder is a submodule.
    if (status.isDirectory()) return { file, reason: 'a repository of its own' };
    return await readText(repository, file, options);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return { file, reason: 'cannot be read' };
  }
}

async function readLink(repository: string, file: string): Promise<NewFile | LeftOut> {
  const text = await readlink(path.join(repository, file));
  if (await linkLeaves(repository, file, text))
    return { file, reason: 'a symbolic link that leaves the repository' };
  return { file, mode: '120000', text };
}

async function readText(
  repository: string,
  file: string,
  { maxBytes = maxUntrackedBytes, committed = false }: ReadOptions,
): Promise<NewFile | LeftOut> {
  const absolute = path.join(repository, file);
  const status = await lstat(absolute);
  if (!status.isFile()) return { file, reason: 'cannot be read' };
  if (status.size > maxBytes) return { file, reason: 'too large' };
  const content = await readRegularFile(absolute, maxBytes);
  if (content === null) return { file, reason: 'cannot be read' };
  if (content.subarray(0, 8000).includes(0)) return { file, reason: 'binary' };
  const text = content.toString('utf8');
  if (!committed && holdsSecret(text)) return { file, reason: 'looks like a secret' };
  return { file, mode: (status.mode & 0o111) === 0 ? '100644' : '100755', text };
}

/** True for a symbolic link whose target is, or on disk turns out to be, outside of the repository. */
export async function linkLeaves(repository: string, file: string, text: string): Promise<boolean> {
  const absolute = path.join(repository, file);
  if (!isInside(repository, path.resolve(path.dirname(absolute), text))) return true;
  const real = await realPathOrNull(absolute);
  return real !== null && !isInside(repository, real);
}
