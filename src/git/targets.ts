import { UsageError } from '../base/errors.ts';
import { type Target, type TargetRequest, scopeOf } from '../protocol/target.ts';
import { detectBase } from './baseBranch.ts';
import { filesTarget, selectionTarget } from './codeTargets.ts';
import type { ChangeTarget } from './comparison.ts';
import { countChange, countWorkingTree } from './counts.ts';
import { type ExcludeOptions, excludedFiles, namesText } from './excludes.ts';
import { type GitOptions, git, gitLine } from './git.ts';
import { guardFilters } from './guardFilters.ts';
import { planTarget } from './plan.ts';
import { findRepositoryRoot } from './repository.ts';
import { reviewedFiles, separately } from './reviewedFiles.ts';
import { commitOf, currentBranch, titleOf } from './revisions.ts';

export interface ResolvedTarget {
  /** Absolute real path of the repository's root. */
  repository: string;
  target: Target;
}

export interface TargetOptions extends GitOptions, ExcludeOptions {
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
  const asked = { repository, folder };
  const { base, commit = '', range = '', files = [], lines = '', plan = '' } = request;
  const resolve: Record<typeof scope, () => Promise<Target>> = {
    auto: () => workingTreeOrBranch(repository, guarded),
    'working-tree': () => workingTreeTarget(repository, guarded),
    staged: () => stagedTarget(repository, guarded),
    branch: () => branchTarget(repository, base, guarded),
    commit: () => commitTarget(repository, commit, guarded),
    range: () => rangeTarget(repository, range, guarded),
    files: () => filesTarget(asked, files, guarded),
    selection: () => selectionTarget(asked, files[0] ?? '', lines, guarded),
    plan: () => planTarget(repository, folder, plan),
  };
  return { repository, target: await resolve[scope]() };
}

/** git itself may refuse a folder that looks like a repository (damaged, or owned by somebody else). */
async function assertUsable(repository: string, options: GitOptions): Promise<void> {
  const { code, stderr } = await git(repository, ['rev-parse', '--git-dir'], options);
  if (code !== 0) throw new UsageError(`git cannot use the repository at ${repository}: ${stderr.trim()}`);
}

/** What resolving a target goes by. */
type Options = GitOptions & ExcludeOptions;

async function workingTreeTarget(repository: string, options: Options): Promise<Target> {
  const counts = await countWorkingTree(repository, options);
  if (counts.files === 0)
    throw await nothingIn(repository, { kind: 'working-tree', ...counts }, options, {
      why: 'the working tree has no changes',
      advice: 'Change something, or review the branch.',
    });
  return { kind: 'working-tree', ...counts };
}

async function workingTreeOrBranch(repository: string, options: TargetOptions): Promise<Target> {
  const counts = await countWorkingTree(repository, options);
  if (counts.files > 0) return { kind: 'working-tree', ...counts };
  const base = await baseOf(repository, options);
  if (base === null)
    throw await nothingIn(repository, { kind: 'working-tree', ...counts }, options, {
      why: 'the working tree is clean, and no base branch was found',
      advice: nameBase,
    });
  const excluded = await excludedFiles(repository, { kind: 'working-tree', ...counts }, options);
  const state = excluded.length === 0 ? 'is clean' : `has only ${namesText(excluded)}, which is left out,`;
  return compareWith(repository, base, options, `the working tree ${state} and `);
}

/** What there is to say where nothing is left to review: it may be that everything is left out, or lies elsewhere. */
async function nothingIn(
  repository: string,
  target: ChangeTarget,
  options: Options,
  { why, advice }: { why: string; advice?: string },
): Promise<UsageError> {
  const names = await reviewedFiles(repository, target, options);
  if (names.excluded.length > 0)
    return new UsageError(
      `Nothing to review but files that \`tandem.review.exclude\` leaves out: ${namesText(names.excluded)}.`,
      'Change the setting, or name the files with `--file`.',
    );
  return new UsageError([`Nothing to review: ${why}.`, ...separately(names)].join(' '), advice);
}

async function stagedTarget(repository: string, options: Options): Promise<Target> {
  const target = { kind: 'staged', ...(await countChange(repository, { kind: 'staged' }, options)) } as const;
  if (target.files === 0)
    throw await nothingIn(repository, target, options, {
      why: 'nothing is staged',
      advice: 'Stage something (`git add`), or review the working tree.',
    });
  return target;
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
  options: Options,
  also: string,
): Promise<Target> {
  const commit = await requireCommit(repository, base, 'branch, tag or commit', options, nameBase);
  const head = await commitOf(repository, 'HEAD', options);
  if (head === null)
    throw new UsageError('The repository has no commit yet, so there is no branch to review.');
  const mergeBase = await gitLine(repository, ['merge-base', commit, head], options);
  if (mergeBase === null) throw new UsageError(`HEAD and “${base}” have no commit in common.`, nameBase);
  const counts = await countChange(repository, { kind: 'branch', mergeBase }, options);
  const branch = await currentBranch(repository, options);
  const target = { kind: 'branch', base, mergeBase, branch, ...counts } as const;
  if (counts.files === 0)
    throw await nothingIn(repository, target, options, {
      why: `${also}there is no change against ${base}`,
      advice: 'Change something, or name another base.',
    });
  return target;
}

async function commitTarget(repository: string, commit: string, options: Options): Promise<Target> {
  const sha = await requireCommit(repository, commit, 'commit', options);
  const counts = await countChange(repository, { kind: 'commit', sha }, options);
  const title = await titleOf(repository, sha, options);
  const target = { kind: 'commit', sha, title, ...counts } as const;
  if (counts.files === 0)
    throw await nothingIn(repository, target, options, {
      why: `the commit ${sha.slice(0, 7)} changes no file`,
    });
  return target;
}

async function rangeTarget(repository: string, range: string, options: Options): Promise<Target> {
  const [, first, dots, last] = /^(.*?)(\.\.\.?)(.*)$/.exec(range.trim()) ?? [];
  if (first === undefined || last === undefined)
    throw new UsageError(`“${range}” is not a range.`, 'Write `A..B` or `A...B`; an empty end is HEAD.');
  const start = await requireCommit(repository, first || 'HEAD', 'commit', options);
  const to = await requireCommit(repository, last || 'HEAD', 'commit', options);
  const from = dots === '..' ? start : await gitLine(repository, ['merge-base', start, to], options);
  if (from === null) throw new UsageError(`The ends of ${range} have no commit in common.`, 'Write `A..B`.');
  const counts = await countChange(repository, { kind: 'range', from, to }, options);
  const target = { kind: 'range', range: range.trim(), from, to, ...counts } as const;
  if (counts.files === 0)
    throw await nothingIn(repository, target, options, {
      why: `there is no change in ${range}`,
      advice: 'Name another range.',
    });
  return target;
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
