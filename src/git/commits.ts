import { type GitOptions, git } from './git.ts';

/** A commit for people to choose. */
export interface ListedCommit {
  /** Full id. */
  sha: string;
  /** First line of the message; may be empty. */
  title: string;
  author: string;
  /** ISO 8601 */
  date: string;
}

/** The newest commits of HEAD, newest first; none in a repository without any. */
export async function listCommits(
  repository: string,
  count: number,
  options: GitOptions,
): Promise<ListedCommit[]> {
  const format = '--format=%H%x00%s%x00%an%x00%cI';
  const args = ['log', `--max-count=${count}`, '--encoding=UTF-8', format, 'HEAD', '--'];
  const { code, stdout } = await git(repository, args, options);
  if (code !== 0) return [];
  return stdout.split('\n').flatMap((line) => {
    const [sha, title, author, date] = line.split('\0');
    return sha && title !== undefined && author !== undefined && date !== undefined
      ? [{ sha, title, author, date }]
      : [];
  });
}
