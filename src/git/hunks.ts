import type { ChangedHunk } from '../protocol/evidence.ts';
import { type ChangeTarget, comparison } from './comparison.ts';
import { linesOf } from './counts.ts';
import { diffOptions } from './diffEntries.ts';
import { type ExcludeOptions, keptPathspecs } from './excludes.ts';
import { type GitOptions, git, gitError } from './git.ts';
import { guardFilters } from './guardFilters.ts';
import { readPatch } from './patch.ts';
import { readNewFile, untrackedFiles } from './untracked.ts';

/** Of a larger change the hunks are not read. Bytes, of the diff and the untracked files together. */
const maxBytes = 8 * 1024 * 1024;

/** Nor of one with more untracked files. */
const maxUntracked = 1_000;

/** Larger untracked files have no hunks. Bytes. */
const maxUntrackedBytes = 1024 * 1024;

/**
 * The hunks of a change, as git's diff has them; an untracked text file is one. What has no lines (binary files, renames
 * alone, modes) has no hunks, nor have what the options exclude and untracked files that are never handed over (see
 * `readNewFile`) or very large.
 * @returns null for a change that is too large
 * @throws UserError if git fails, CancelledError
 */
export async function changedHunks(
  repository: string,
  target: ChangeTarget,
  options: GitOptions & ExcludeOptions,
): Promise<ChangedHunk[] | null> {
  const guarded = await guardFilters(repository, options);
  const compared = await comparison(repository, target, guarded);
  const paths = ['--', ...keptPathspecs(guarded)];
  const args = ['-c', 'core.quotePath=false', 'diff', '--unified=3', ...diffOptions, ...compared, ...paths];
  const { code, stdout, stderr, truncated } = await git(repository, args, guarded, { maxBytes });
  if (code !== 0) throw gitError(['diff'], stderr);
  if (truncated) return null;
  const untracked =
    target.kind === 'working-tree'
      ? await untrackedHunks(repository, maxBytes - Buffer.byteLength(stdout), guarded)
      : [];
  return untracked && [...readPatch(stdout), ...untracked];
}

async function untrackedHunks(
  repository: string,
  maxSize: number,
  options: GitOptions & ExcludeOptions,
): Promise<ChangedHunk[] | null> {
  const names = await untrackedFiles(repository, options, keptPathspecs(options));
  if (names.length > maxUntracked) return null;
  const hunks: ChangedHunk[] = [];
  let size = 0;
  for (const name of names) {
    const file = await readNewFile(repository, name, { maxBytes: maxUntrackedBytes });
    if (!('text' in file)) continue;
    size += Buffer.byteLength(file.text);
    if (size > maxSize) return null;
    const added = linesOf(file.text);
    if (added.length > 0) hunks.push({ file: name, startLine: 1, endLine: added.length, added, deleted: [] });
  }
  return hunks;
}
