import { UserError } from '../base/errors.ts';
import { type GitOptions, gitLine, gitOrThrow } from './git.ts';

/** The commit that the text names, or null. A name that begins with a dash is a name, not an option. */
export async function commitOf(repository: string, ref: string, options: GitOptions): Promise<string | null> {
  // No program can be given such an argument.
  if (ref.includes('\0')) return null;
  return gitLine(
    repository,
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`],
    options,
  );
}

/** Name of the branch that is checked out, or null for a detached HEAD. */
export function currentBranch(repository: string, options: GitOptions): Promise<string | null> {
  return gitLine(repository, ['symbolic-ref', '--quiet', '--short', 'HEAD'], options);
}

/** Id of the tree without files, in the repository's own kind of hash. Git knows it without having written it. */
export async function emptyTree(repository: string, options: GitOptions): Promise<string> {
  return (await gitOrThrow(repository, ['hash-object', '-t', 'tree', '--stdin'], options)).trim();
}

/** HEAD, or the empty tree where there is no commit yet. */
export async function headOrEmptyTree(repository: string, options: GitOptions): Promise<string> {
  return (await commitOf(repository, 'HEAD', options)) ?? emptyTree(repository, options);
}

/** What a commit is compared with: its first parent, or the empty tree. */
export async function parentOrEmptyTree(
  repository: string,
  sha: string,
  options: GitOptions,
): Promise<string> {
  return (await commitOf(repository, `${sha}^`, options)) ?? emptyTree(repository, options);
}

/** First line of the commit's message; may be empty. */
export async function titleOf(repository: string, sha: string, options: GitOptions): Promise<string> {
  const args = ['log', '--max-count=1', '--encoding=UTF-8', '--format=%s', sha, '--'];
  return (await gitLine(repository, args, options)) ?? '';
}

/**
 * Absolute path of something in the repository's `.git` folder (of a worktree: of its own).
 * @throws UserError if git cannot use the repository.
 */
export async function gitPath(repository: string, name: string, options: GitOptions): Promise<string> {
  const file = await gitLine(
    repository,
    ['rev-parse', '--path-format=absolute', '--git-path', name],
    options,
  );
  if (file === null) throw new UserError(`git cannot use the repository at ${repository}.`);
  return file;
}
