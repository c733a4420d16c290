import { UsageError } from '../base/errors.ts';
import type { Target, TargetRequest } from '../protocol/target.ts';
import { type GitOptions, git, gitLine, gitList } from './git.ts';
import { findRepositoryRoot } from './repository.ts';

export interface ResolvedTarget {
  /** Absolute real path of the repository's root. */
  repository: string;
  target: Target;
}

export interface TargetOptions extends GitOptions {
  /** Base of branch reviews by the user's settings; empty to detect it. */
  baseBranch: string;
}

/**
 * Finds out what is to be reviewed, before anything starts.
 * @throws UsageError: not a repository, unknown base, nothing to review; each says what was looked at.
 */
export async function resolveTarget(
  folder: string,
  request: TargetRequest,
  options: TargetOptions,
): Promise<ResolvedTarget> {
  const repository = findRepositoryRoot(folder);
  if (repository === null)
    throw new UsageError(
      `${folder} is not inside a git repository.`,
      'Open a folder of a repository, or run `git init`.',
    );
  await assertUsable(repository, options);
  const target =
    request.scope === 'branch'
      ? await branchTarget(repository, request.base, options)
      : await workingTreeOrBranch(repository, request.scope === 'auto', options);
  return { repository, target };
}

/** git itself may refuse a folder that looks like a repository (damaged, or owned by somebody else). */
async function assertUsable(repository: string, options: GitOptions): Promise<void> {
  const { code, stderr } = await git(repository, ['rev-parse', '--git-dir'], options);
  if (code !== 0) throw new UsageError(`git cannot use the repository at ${repository}: ${stderr.trim()}`);
}

async function workingTreeOrBranch(
  repository: string,
  orBranch: boolean,
  options: TargetOptions,
): Promise<Target> {
  const files = await changedFiles(repository, options);
  if (files > 0) return { kind: 'working-tree', files };
  if (!orBranch)
    throw new UsageError(
      'Nothing to review: the working tree has no changes.',
      'Change something, or review the branch.',
    );
  const base = await baseOf(repository, options);
  if (base === null)
    throw new UsageError(
      'Nothing to review: the working tree is clean, and no base branch was found.',
      nameBase,
    );
  return compareWith(repository, base, options, 'the working tree is clean and ');
}

/** Staged, unstaged and untracked; a renamed file is one entry and its old name. */
async function changedFiles(repository: string, options: GitOptions): Promise<number> {
  const args = ['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames'];
  return (await gitList(repository, args, options)).length;
}

async function branchTarget(
  repository: string,
  base: string | undefined,
  options: TargetOptions,
): Promise<Target> {
  const chosen = base ?? (await baseOf(repository, options));
  if (chosen === null) throw new UsageError('No base branch was found to compare with.', nameBase);
  return compareWith(repository, chosen, options, '');
}

const nameBase = 'Name one with `--base REF`, or set `tandem.review.baseBranch`.';

async function compareWith(
  repository: string,
  base: string,
  options: GitOptions,
  also: string,
): Promise<Target> {
  const commit = await commitOf(repository, base, options);
  if (commit === null)
    throw new UsageError(`There is no branch, tag or commit “${base}” in ${repository}.`, nameBase);
  const head = await commitOf(repository, 'HEAD', options);
  if (head === null)
    throw new UsageError('The repository has no commit yet, so there is no branch to review.');
  const mergeBase = await gitLine(repository, ['merge-base', commit, head], options);
  if (mergeBase === null) throw new UsageError(`HEAD and “${base}” have no commit in common.`, nameBase);
  // As Codex does: what the working tree has, committed or not, against the merge base.
  const files = await gitList(
    repository,
    ['diff', '--name-only', '-z', '--no-ext-diff', mergeBase, '--'],
    options,
  );
  if (files.length === 0)
    throw new UsageError(
      `Nothing to review: ${also}there is no change against ${base}.`,
      'Change something, or name another base.',
    );
  const branch = await gitLine(repository, ['symbolic-ref', '--quiet', '--short', 'HEAD'], options);
  return { kind: 'branch', base, mergeBase, branch, files: files.length };
}

/** A name that begins with a dash is a name, not an option. */
function commitOf(repository: string, ref: string, options: GitOptions): Promise<string | null> {
  return gitLine(
    repository,
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`],
    options,
  );
}

/** The user's setting, else the remote's default branch, else the usual names; never the branch itself. */
async function baseOf(repository: string, options: TargetOptions): Promise<string | null> {
  if (options.baseBranch !== '') return options.baseBranch;
  const current = await gitLine(repository, ['symbolic-ref', '--quiet', '--short', 'HEAD'], options);
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
