import { type CodeTarget, type Target } from '../protocol/target.ts';
import { chosenFiles } from './chosenFiles.ts';
import { type ChangeTarget, comparison } from './comparison.ts';
import { diffEntries } from './diffEntries.ts';
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
  /** Submodules with changes that only a review of them would see. */
  elsewhere: string[];
}

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
      return { files: [target.file], excluded: [], elsewhere: [] };
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
  if (target.kind === 'selection') return { files: [target.file], excluded: [], elsewhere: [] };
  const { files, excluded } = await chosenFiles(repository, target.paths, options);
  return { files, excluded, elsewhere: [] };
}

/** As git writes the mode of a submodule. */
const submoduleMode = '160000';

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
  const elsewhere = [
    ...entries.filter(({ mode }) => mode === submoduleMode).map(({ path }) => path),
    ...(holdsTree ? await changedSubmodules(repository, options) : []),
  ];
  return {
    files: [
      ...entries.flatMap(({ path, from }) => (from === undefined ? [path] : [path, from])),
      ...untracked,
    ],
    excluded: await excludedFiles(repository, target, options),
    elsewhere: [...new Set(elsewhere)],
  };
}
