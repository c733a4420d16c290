import type { Target } from '../protocol/target.ts';
import { diffOptions } from './diffEntries.ts';
import { type GitOptions, git } from './git.ts';
import { guardFilters } from './guardFilters.ts';
import { isSecretName } from './secrets.ts';

/** Larger files are not read. Bytes. */
const maxBytes = 10 * 1024 * 1024;

/**
 * Reads a file by its path, relative to the repository with `/`; null where the version has none of that name, or has it
 * as it is on the disk.
 */
export type VersionText = (file: string) => Promise<{ text: string } | 'too large' | null>;

/** A version of a repository's files. */
export interface Version {
  /** As git names it before the colon. */
  name: string;
  /** Of the working tree: some files it has otherwise than they were on the disk (see `snapshotTree`, and filters). */
  isSnapshot: boolean;
}

/** The version that a target is about; null where that is the working tree. */
export function versionOf(target: Target): Version | null {
  switch (target.kind) {
    case 'staged':
      return { name: ':0', isSnapshot: false };
    case 'commit':
      return { name: target.sha, isSnapshot: false };
    case 'range':
      return { name: target.to, isSnapshot: false };
    case 'turn':
      return { name: target.to, isSnapshot: true };
    case 'working-tree':
    case 'branch':
    case 'files':
    case 'selection':
    case 'plan':
      return null;
  }
}

/**
 * The texts of a version.
 * @throws (the reader) UserError if git is not there or does not end, CancelledError
 */
export function versionText(
  repository: string,
  { name, isSnapshot }: Version,
  options: GitOptions,
): VersionText {
  return async (file) => {
    if (isSnapshot && (isSecretName(file) || (await isUnchanged(repository, name, file, options))))
      return null;
    // Of all ways to show a file this one runs no filter and no conversion.
    const args = ['cat-file', 'blob', `${name}:${file}`];
    const { code, stdout, truncated } = await git(repository, args, options, { maxBytes });
    if (truncated) return 'too large';
    return code !== 0 || (isSnapshot && isConverted(stdout)) ? null : { text: stdout };
  };
}

/** Then the disk has the very text, whatever git makes of it. Of files that git does not track it is not known. */
async function isUnchanged(
  repository: string,
  tree: string,
  file: string,
  options: GitOptions,
): Promise<boolean> {
  const guarded = await guardFilters(repository, options);
  const args = ['diff', '--quiet', ...diffOptions, tree, '--', `:(top,literal)${file}`];
  const { code } = await git(repository, args, guarded);
  return code === 0;
}

/** What is no text of the working tree's file: a pointer of Git LFS, or what a filter has encrypted. */
function isConverted(text: string): boolean {
  return text.includes('\0') || text.startsWith('version https://git-lfs.github.com/spec/');
}
