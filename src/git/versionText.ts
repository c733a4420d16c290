import type { Target } from '../protocol/target.ts';
import { type GitOptions, git } from './git.ts';

/** Larger files are not read. Bytes. */
const maxBytes = 10 * 1024 * 1024;

/** Reads a file by its path, relative to the repository with `/`; null where the version has none of that name. */
export type VersionText = (file: string) => Promise<{ text: string } | 'too large' | null>;

/**
 * The texts of the version that a target is about; null where that is the working tree.
 * @throws (the reader) UserError if git is not there or does not end, CancelledError
 */
export function versionText(repository: string, target: Target, options: GitOptions): VersionText | null {
  const version = versionOf(target);
  if (version === null) return null;
  return async (file) => {
    // Of all ways to show a file this one runs no filter and no conversion.
    const args = ['cat-file', 'blob', `${version}:${file}`];
    const { code, stdout, truncated } = await git(repository, args, options, { maxBytes });
    if (truncated) return 'too large';
    return code === 0 ? { text: stdout } : null;
  };
}

/** As git names it before the colon. */
function versionOf(target: Target): string | null {
  switch (target.kind) {
    case 'staged':
      return ':0';
    case 'commit':
      return target.sha;
    case 'range':
    case 'turn':
      return target.to;
    case 'working-tree':
    case 'branch':
    case 'files':
    case 'selection':
    case 'plan':
      return null;
  }
}
