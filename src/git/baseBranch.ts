import { type GitOptions, git, gitLine } from './git.ts';
import { commitOf, currentBranch } from './revisions.ts';

/** The remote's default branch, else the first of the usual names that is there; never the branch itself. */
export async function detectBase(repository: string, options: GitOptions): Promise<string | null> {
  const current = await currentBranch(repository, options);
  const remote = await gitLine(
    repository,
    ['symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD'],
    options,
  );
  const names = ['main', 'master', 'trunk', 'develop'];
  const candidates = [
    ...(remote === null ? [] : [remote]),
    ...names,
    ...names.map((name) => `origin/${name}`),
  ];
  for (const candidate of candidates) {
    if (candidate !== current && (await commitOf(repository, candidate, options)) !== null) return candidate;
  }
  return null;
}

/** Local and remote branches, most recently used first, without the current one; for people to choose from. */
export async function listBranches(repository: string, options: GitOptions): Promise<string[]> {
  const args = ['for-each-ref', '--sort=-committerdate', '--format=%(refname)', 'refs/heads', 'refs/remotes'];
  const refs = await git(repository, args, options);
  const current = await gitLine(repository, ['symbolic-ref', '--quiet', 'HEAD'], options);
  return refs.stdout
    .split('\n')
    .filter((ref) => ref !== '' && ref !== current && !ref.endsWith('/HEAD'))
    .map((ref) => ref.replace(/^refs\/(heads|remotes)\//, ''));
}
