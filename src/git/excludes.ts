import { UsageError } from '../base/errors.ts';
import { type ChangeTarget, comparison } from './comparison.ts';
import { diffEntries } from './diffEntries.ts';
import type { GitOptions } from './git.ts';
import { untrackedFiles } from './untracked.ts';

export interface ExcludeOptions {
  /**
   * Globs of files that reviews leave out, relative to the repository's root: git's own, where `**` stands for any
   * folders, `*` for anything but a `/`, and braces for themselves.
   */
  exclude?: readonly string[];
}

/**
 * Pathspecs for all files but those that are left out.
 * @throws UsageError for a glob that git would refuse
 */
export function keptPathspecs({ exclude = [] }: ExcludeOptions): string[] {
  const globs = usable(exclude);
  return globs.length === 0 ? [] : ['.', ...globs.map((glob) => `:(exclude,glob)${glob}`)];
}

/**
 * Pathspecs for nothing but what is left out; none where there are no globs, which git takes for all files.
 * @throws as `keptPathspecs`
 */
export function excludedPathspecs({ exclude = [] }: ExcludeOptions): string[] {
  return usable(exclude).map((glob) => `:(glob)${glob}`);
}

/**
 * The changed files that are left out: names that git gave, in its order.
 * @throws UsageError for a glob that git would refuse, UserError if git fails
 */
export async function excludedFiles(
  repository: string,
  target: ChangeTarget,
  options: GitOptions & ExcludeOptions,
): Promise<string[]> {
  const pathspecs = excludedPathspecs(options);
  if (pathspecs.length === 0) return [];
  const compared = await comparison(repository, target, options);
  const entries = await diffEntries(repository, compared, options, pathspecs);
  const untracked =
    target.kind === 'working-tree' ? await untrackedFiles(repository, options, pathspecs) : [];
  const tracked = entries.flatMap(({ path, from }) => (from === undefined ? [path] : [from, path]));
  return [...tracked, ...untracked];
}

/** A blank one stands for nothing. A `/` in front is how `.gitignore` says what is meant here anyway. */
function usable(globs: readonly string[]): string[] {
  return globs
    .map((glob) => glob.trim().replace(/^(\.?\/)+/, ''))
    .filter((glob) => {
      if (/\{[^{}]*,[^{}]*\}/.test(glob))
        throw new UsageError(
          `“${glob}” in \`tandem.review.exclude\` has braces, which git takes for themselves.`,
          'Write one glob for each of the words in the braces.',
        );
      if (glob.includes('\0') || glob.split('/').includes('..'))
        throw new UsageError(
          `“${glob}” in \`tandem.review.exclude\` leads out of the repository.`,
          'Write globs relative to its root, such as `**/*.min.js`.',
        );
      return glob !== '';
    });
}

/** `package-lock.json and 2 more`. @param files at least one */
export function namesText(files: readonly string[]): string {
  const [first = '', ...others] = files;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
