import { diffEntries, lineCount } from './diffEntries.ts';
import { type Compared, comparison } from './comparison.ts';
import { type ExcludeOptions, keptPathspecs } from './excludes.ts';
import { type GitOptions, gitList } from './git.ts';
import { readNewFile } from './untracked.ts';

/** How large a change is. */
export interface Counts {
  /** Changed files; a renamed file is one, unless git sees only that one has gone and another one is new. */
  files: number;
  /** Added and deleted lines; binary files have none. */
  lines: number;
}

/** The lines of that many untracked files are counted, the first ones by name; of a folder that nobody ignored, some. */
const maxCountedFiles = 500;

/** The lines of untracked files that are larger are not counted. Bytes. */
const maxCountedBytes = 1024 * 1024;

/** The size of a change, without untracked files and those that reviews leave out. */
export async function countChange(
  repository: string,
  target: Compared,
  options: GitOptions & ExcludeOptions,
): Promise<Counts> {
  const compared = await comparison(repository, target, options);
  const entries = await diffEntries(repository, compared, options, keptPathspecs(options));
  return { files: entries.length, lines: lineCount(entries) };
}

/**
 * The size of what is staged, unstaged and untracked, without what reviews leave out. Where there are very many or very large untracked files, `lines`
 * is a lower bound.
 */
export async function countWorkingTree(
  repository: string,
  options: GitOptions & ExcludeOptions,
): Promise<Counts> {
  const { files, untracked } = await workingTreeStatus(repository, options);
  if (files === 0) return { files, lines: 0 };
  const { lines } = await countChange(repository, { kind: 'working-tree' }, options);
  return { files, lines: lines + (await countLines(repository, untracked.slice(0, maxCountedFiles))) };
}

async function workingTreeStatus(
  repository: string,
  options: GitOptions & ExcludeOptions,
): Promise<{ files: number; untracked: string[] }> {
  const flags = ['--porcelain=v1', '-z', '--untracked-files=all', '--renames', '--ignore-submodules=dirty'];
  const tokens = await gitList(repository, ['status', ...flags, '--', ...keptPathspecs(options)], options);
  const untracked: string[] = [];
  let files = 0;
  for (let i = 0; i < tokens.length; i += 1) {
    const token = tokens[i] ?? '';
    // A repository in the repository is no file: its changes are its own.
    const isNested = token.startsWith('??') && token.endsWith('/');
    if (!isNested) files += 1;
    if (token.startsWith('??')) untracked.push(token.slice(3));
    // The former name follows as a token of its own.
    else if (/[RC]/.test(token.slice(0, 2))) i += 1;
  }
  return { files, untracked };
}

async function countLines(repository: string, files: readonly string[]): Promise<number> {
  let lines = 0;
  for (const file of files) {
    const content = await readNewFile(repository, file, { maxBytes: maxCountedBytes });
    if ('text' in content) lines += linesOf(content.text).length;
  }
  return lines;
}

/** The lines of a text as git counts them: one that is not ended is one. */
export function linesOf(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}
