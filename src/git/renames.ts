import { type GitOptions, gitLine, gitList } from './git.ts';
import { diffOptions } from './diffEntries.ts';
import { guardFilters } from './guardFilters.ts';
import { commitOf } from './revisions.ts';

/** For so many files is it known when they were removed; those that were asked for last. */
const maxKnown = 2_000;

/**
 * Finds the present names of files that are gone. When a file was removed is known for each HEAD; what was renamed since is
 * looked up anew, as the working tree goes on, but once for all who ask at the same time.
 */
export class Renames {
  /** By repository, HEAD and file: the last commit that had the file. */
  private readonly last = new Map<string, Promise<string | null>>();
  private readonly running = new Map<string, Promise<unknown>>();

  /** @param options without a signal: others may wait for the same answer */
  constructor(private readonly options: Omit<GitOptions, 'signal'>) {}

  /**
   * The present name, if git sees that the file was renamed: since the commit that removed it (of HEAD's history), else since
   * HEAD. What is not tracked yet is no name that git knows.
   * @param file relative to the repository's root, with `/`, like the result
   * @throws UserError if git fails
   */
  async renamedTo(repository: string, file: string): Promise<string | null> {
    const { options } = this;
    const head = await this.together(`head\0${repository}`, () => commitOf(repository, 'HEAD', options));
    if (head === null) return null;
    const since = await this.lastWith(repository, file, head);
    if (since === null) return null;
    const key = `since\0${repository}\0${since}`;
    const renames = await this.together(key, () => renamesSince(repository, since, options));
    return renames.get(file) ?? null;
  }

  private lastWith(repository: string, file: string, head: string): Promise<string | null> {
    const key = [repository, head, file].join('\0');
    const last = this.last.get(key) ?? lastCommitWith(repository, file, head, this.options);
    // The order of a map is that of insertion: what was asked for last goes last.
    this.last.delete(key);
    this.last.set(key, last);
    for (const oldest of this.last.keys()) {
      if (this.last.size <= maxKnown) break;
      this.last.delete(oldest);
    }
    last.catch(() => this.last.delete(key));
    return last;
  }

  /** The work that is being done already, or else that one. */
  private together<T>(key: string, work: () => Promise<T>): Promise<T> {
    const running = this.running.get(key) as Promise<T> | undefined;
    if (running) return running;
    const started = work().finally(() => this.running.delete(key));
    this.running.set(key, started);
    return started;
  }
}

/** The parent of the commit that removed the file; HEAD where none did. */
async function lastCommitWith(
  repository: string,
  file: string,
  head: string,
  options: GitOptions,
): Promise<string | null> {
  const pathspec = `:(top,literal)${file}`;
  const args = [
    'log',
    '--max-count=1',
    '--no-renames',
    '--diff-filter=D',
    '--format=%H',
    head,
    '--',
    pathspec,
  ];
  const removal = await gitLine(repository, args, options);
  return removal === null ? head : commitOf(repository, `${removal}^`, options);
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
