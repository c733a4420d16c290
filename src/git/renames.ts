import { type GitOptions, gitLine, gitList } from './git.ts';
import { diffOptions } from './diffEntries.ts';
import { guardFilters } from './guardFilters.ts';
import { commitOf } from './revisions.ts';

/**
 * The present name of a file that is gone, if git sees that it was renamed: since the commit that removed it (of HEAD's
 * history), else since HEAD. What is not tracked yet is no name that git knows.
 * @param file relative to the repository's root, with `/`, like the result
 * @throws UserError if git fails
 */
export async function renamedTo(
  repository: string,
  file: string,
  options: GitOptions,
): Promise<string | null> {
  const removal = await gitLine(
    repository,
    [
      'log',
      '--max-count=1',
      '--no-renames',
      '--diff-filter=D',
      '--format=%H',
      'HEAD',
      '--',
      `:(top,literal)${file}`,
    ],
    options,
  );
  const since = await commitOf(repository, removal === null ? 'HEAD' : `${removal}^`, options);
  return since === null ? null : ((await renamesSince(repository, since, options)).get(file) ?? null);
}

/**
 * Former to present names of the files that the working tree has under other names than the commit.
 * @param commit full id
 * @throws UserError if git fails
 */
export async function renamesSince(
  repository: string,
  commit: string,
  options: GitOptions,
): Promise<Map<string, string>> {
  const guarded = await guardFilters(repository, options);
  const args = ['diff', '--name-status', '-z', '--diff-filter=R', ...diffOptions, commit, '--'];
  const tokens = await gitList(repository, args, guarded);
  const renames = new Map<string, string>();
  // `R100`, the former name, the present one (git-diff(1), RAW OUTPUT FORMAT).
  for (let i = 0; i + 2 < tokens.length; i += 3) {
    const [former, present] = [tokens[i + 1], tokens[i + 2]];
    if (former !== undefined && present !== undefined) renames.set(former, present);
  }
  return renames;
}
