import { UsageError } from '../base/errors.ts';
import { type Target, type TargetRequest, scopeOf } from '../protocol/target.ts';
import { detectBase } from './baseBranch.ts';
import { countChange, countWorkingTree } from './counts.ts';
import { type GitOptions, git, gitLine } from './git.ts';
import { guardFilters } from './guardFilters.ts';
import { planTarget } from './plan.ts';
import { findRepositoryRoot } from './repository.ts';
import { commitOf, currentBranch, titleOf } from './revisions.ts';

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
 * @throws UsageError: not a repository, unknown names, nothing to review; each says what was looked at.
 */
export async function resolveTarget(
  folder: string,
  request: TargetRequest,
  options: TargetOptions,
): Promise<ResolvedTarget> {
  const scope = scopeOf(request);
  const repository = findRepositoryRoot(folder);
  if (repository === null)
    throw new UsageError(
      `${folder} is not inside a git repository.`,
      'Open a folder of a repository, or run `git init`.',
    );
  await assertUsable(repository, options);
  const guarded = await guardFilters(repository, options);
  const { base, commit = '', range = '', plan = '' } = request;
  const resolve: Record<typeof scope, () => Promise<Target>> = {
    auto: () => workingTreeOrBranch(repository, guarded),
    'working-tree': () => workingTreeTarget(repository, guarded),
    staged: () => stagedTarget(repository, guarded),
    branch: () => branchTarget(repository, base, guarded),
    commit: () => commitTarget(repository, commit, guarded),
    range: () => rangeTarget(repository, range, guarded),
    plan: () => planTarget(repository, folder, plan),
  };
  return { repository, target: await resolve[scope]() };
}

/** git itself may refuse a folder that looks like a repository (damaged, or owned by somebody else). */
async function assertUsable(repository: string, options: GitOptions): Promise<void> {
  const { code, stderr } = await git(repository, ['rev-parse', '--git-dir'], options);
  if (code !== 0) throw new UsageError(`git cannot use the repository at ${repository}: ${stderr.trim()}`);
}

async function workingTreeTarget(repository: string, options: GitOptions): Promise<Target> {
  const counts = await countWorkingTree(repository, options);
  if (counts.files === 0)
    throw new UsageError(
      'Nothing to review: the working tree has no changes.',
      'Change something, or review the branch.',
    );
  return { kind: 'working-tree', ...counts };
}

async function workingTreeOrBranch(repository: string, options: TargetOptions): Promise<Target> {
  const counts = await countWorkingTree(repository, options);
  if (counts.files > 0) return { kind: 'working-tree', ...counts };
  const base = await baseOf(repository, options);
  if (base === null)
    throw new UsageError(
      'Nothing to review: the working tree is clean, and no base branch was found.',
      nameBase,
    );
  return compareWith(repository, base, options, 'the working tree is clean and ');
}

async function stagedTarget(repository: string, options: GitOptions): Promise<Target> {
  const counts = await countChange(repository, { kind: 'staged' }, options);
  if (counts.files === 0)
    throw new UsageError(
      'Nothing to review: nothing is staged.',
      'Stage something (`git add`), or review the working tree.',
    );
  return { kind: 'staged', ...counts };
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

/** The base of the user's settings, else the detected one. */
async function baseOf(repository: string, options: TargetOptions): Promise<string | null> {
  return options.baseBranch === '' ? detectBase(repository, options) : options.baseBranch;
}

const nameBase = 'Name one with `--base REF`, or set `tandem.review.baseBranch`.';

async function compareWith(
  repository: string,
  base: string,
  options: GitOptions,
  also: string,
): Promise<Target> {
  const commit = await requireCommit(repository, base, 'branch, tag or commit', options, nameBase);
  const head = await commitOf(repository, 'HEAD', options);
  if (head === null)
    throw new UsageError('The repository has no commit yet, so there is no branch to review.');
  const mergeBase = await gitLine(repository, ['merge-base', commit, head], options);
  if (mergeBase === null) throw new UsageError(`HEAD and “${base}” have no commit in common.`, nameBase);
  const counts = await countChange(repository, { kind: 'branch', mergeBase }, options);
  if (counts.files === 0)
    throw new UsageError(
      `Nothing to review: ${also}there is no change against ${base}.`,
      'Change something, or name another base.',
    );
  const branch = await currentBranch(repository, options);
  return { kind: 'branch', base, mergeBase, branch, ...counts };
}

async function commitTarget(repository: string, commit: string, options: GitOptions): Promise<Target> {
  const sha = await requireCommit(repository, commit, 'commit', options);
  const counts = await countChange(repository, { kind: 'commit', sha }, options);
  if (counts.files === 0)
    throw new UsageError(`Nothing to review: the commit ${sha.slice(0, 7)} changes no file.`);
  return { kind: 'commit', sha, title: await titleOf(repository, sha, options), ...counts };
}

async function rangeTarget(repository: string, range: string, options: GitOptions): Promise<Target> {
  const [, first, dots, last] = /^(.*?)(\.\.\.?)(.*)$/.exec(range.trim()) ?? [];
  if (first === undefined || last === undefined)
    throw new UsageError(`“${range}” is not a range.`, 'Write `A..B` or `A...B`; an empty end is HEAD.');
  const start = await requireCommit(repository, first || 'HEAD', 'commit', options);
  const to = await requireCommit(repository, last || 'HEAD', 'commit', options);
  const from = dots === '..' ? start : await gitLine(repository, ['merge-base', start, to], options);
  if (from === null) throw new UsageError(`The ends of ${range} have no commit in common.`, 'Write `A..B`.');
  const counts = await countChange(repository, { kind: 'range', from, to }, options);
  if (counts.files === 0)
    throw new UsageError(`Nothing to review: there is no change in ${range}.`, 'Name another range.');
  return { kind: 'range', range: range.trim(), from, to, ...counts };
}

async function requireCommit(
  repository: string,
  name: string,
  what: string,
  options: GitOptions,
  advice?: string,
): Promise<string> {
  const commit = await commitOf(repository, name, options);
  if (commit === null) throw new UsageError(`There is no ${what} “${name}” in ${repository}.`, advice);
  return commit;
}
