import { UserError } from '../base/errors.ts';
import { type GitOptions, git, gitError } from './git.ts';

/** What `git lfs install --local` writes. */
const known = /^git-lfs (clean -- %f|smudge( --skip)? -- %f|filter-process( --skip)?)$/;

/**
 * The options with those filters switched off that the repository itself configures: git would run them whenever it
 * reads a changed file of the working tree, or writes one. The user's own filters (of the global configuration) are kept, and so is
 * Git LFS, unless the repository gives it programs of its own.
 * @throws UserError if git is too old, or a filter cannot be switched off.
 */
export async function guardFilters<Options extends GitOptions>(
  repository: string,
  options: Options,
): Promise<Options> {
  const drivers = await ownFilters(repository, options);
  const odd = drivers.find((driver) => driver.includes('='));
  if (odd !== undefined)
    throw new UserError(`The repository configures a filter with an odd name, “${odd}”.`, 'Rename it.');
  const config = drivers.flatMap((driver) => [
    `filter.${driver}.clean=`,
    `filter.${driver}.smudge=`,
    `filter.${driver}.process=`,
    `filter.${driver}.required=false`,
  ]);
  return { ...options, config: [...(options.config ?? []), ...config] };
}

async function ownFilters(repository: string, options: GitOptions): Promise<string[]> {
  const pattern = '^(filter\\..*\\.(clean|smudge|process)|lfs\\.extension\\..*\\.clean)$';
  const args = ['config', '--show-scope', '-z', '--get-regexp', pattern];
  const { code, stdout, stderr } = await git(repository, args, options);
  if (code === 1) return [];
  if (code === 129) throw new UserError('The git on PATH is too old.', 'Tandem needs git 2.26 or later.');
  if (code !== 0) throw gitError(args, stderr);
  const drivers = new Set<string>();
  const tokens = stdout.split('\0');
  for (let i = 0; i + 1 < tokens.length; i += 2) {
    const [scope, entry = ''] = [tokens[i], tokens[i + 1]];
    if (scope !== 'local' && scope !== 'worktree') continue;
    const driver = driverOf(entry);
    if (driver !== null) drivers.add(driver);
  }
  return [...drivers];
}

/** @param entry the name, a newline, the value; without a value the name alone */
function driverOf(entry: string): string | null {
  const [, name = '', value = ''] = /^([^\n]*)\n?([^]*)$/.exec(entry) ?? [];
  if (name.startsWith('lfs.')) return 'lfs';
  const driver = name.slice('filter.'.length, name.lastIndexOf('.'));
  return driver === 'lfs' && known.test(value) ? null : driver;
}
