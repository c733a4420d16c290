import { type CodeTarget, type Target } from '../protocol/target.ts';
import { chosenFiles } from './chosenFiles.ts';
import { type ChangeTarget, comparison } from './comparison.ts';
import { diffEntries, submoduleMode } from './diffEntries.ts';
import { type ExcludeOptions, excludedFiles, keptPathspecs } from './excludes.ts';
import type { GitOptions } from './git.ts';
import { guardFilters } from './guardFilters.ts';
import { changedSubmodules } from './submodules.ts';
import { untrackedFiles } from './untracked.ts';

/** Which files a review is about, by name; all relative to the repository's root with `/`. */
export interface ReviewedFiles {
  /** A renamed file by both of its names. */
  files: string[];
  /** What the options left out of it. */
  excluded: string[];
  /** Repositories in the repository, of whose changes only a review of their own sees anything. */
  submodules: string[];
  /** Those that are none of its submodules. */
  nested: string[];
}

const none = { excluded: [], submodules: [], nested: [] };

/**
 * Looks up the names, without reading what is in the files.
 * @throws UserError if git fails
 */
export async function reviewedFiles(
  repository: string,
  target: Target,
  options: GitOptions & ExcludeOptions,
): Promise<ReviewedFiles> {
  switch (target.kind) {
    case 'plan':
      return { files: [target.file], ...none };
    case 'files':
    case 'selection':
      return ofCode(repository, target, options);
    default:
      return ofChange(repository, target, await guardFilters(repository, options));
  }
}

async function ofCode(
  repository: string,
  target: CodeTarget,
  options: GitOptions & ExcludeOptions,
): Promise<ReviewedFiles> {
  if (target.kind === 'selection') return { files: [target.file], ...none };
  const { files, excluded } = await chosenFiles(repository, target.paths, options);
  return { ...none, files, excluded };
}

async function ofChange(
  repository: string,
  target: ChangeTarget,
  options: GitOptions & ExcludeOptions,
): Promise<ReviewedFiles> {
  const compared = await comparison(repository, target, options);
  const kept = keptPathspecs(options);
  const entries = await diffEntries(repository, compared, options, kept);
  const untracked = target.kind === 'working-tree' ? await untrackedFiles(repository, options, kept) : [];
  const holdsTree = target.kind === 'working-tree' || target.kind === 'branch';
  const submodules = [
    ...entries.filter(({ mode }) => mode === submoduleMode).map(({ path }) => path),
    ...(holdsTree ? await changedSubmodules(repository, options) : []),
  ];
  return {
    files: [
      ...entries.flatMap(({ path, from }) => (from === undefined ? [path] : [path, from])),
      ...untracked.filter((name) => !isFolder(name)),
    ],
    excluded: await excludedFiles(repository, target, options),
    submodules: [...new Set(submodules)],
    nested: untracked.filter(isFolder).map((name) => name.slice(0, -1)),
  };
}

/** git names a repository in the repository so, for lack of a file. */
function isFolder(name: string): boolean {
  return name.endsWith('/');
}

/** What is said of the repositories in the repository, in sentences. */
export function separately({ submodules, nested }: Pick<ReviewedFiles, 'submodules' | 'nested'>): string[] {
  return [
    ...submodules.map((name) => `The submodule ${name} has changes of its own: review it separately.`),
    ...nested.map((name) => `${name} is a repository of its own: review it separately.`),
  ];
}
