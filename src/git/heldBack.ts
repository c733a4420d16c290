import { type HeldBack, type LeftOut, nothingHeldBack } from '../protocol/heldBack.ts';
import type { Target } from '../protocol/target.ts';
import type { ExcludeOptions } from './excludes.ts';
import type { GitOptions } from './git.ts';
import { reviewedFiles } from './reviewedFiles.ts';

/** More files are not named. */
const maxFiles = 200;

/** Whether the working tree is what is reviewed, or a part of it. */
const isOfWorkingTree: Readonly<Record<Target['kind'], boolean>> = {
  'working-tree': true,
  branch: true,
  files: true,
  selection: true,
  staged: false,
  commit: false,
  range: false,
  turn: false,
  // Is handed over as it is, wherever it lies.
  plan: false,
};

/**
 * What of a target a snapshot does not hold.
 * @param leftOut what the snapshot has left out of the working tree
 * @throws UserError if git fails
 */
export async function heldBackOf(
  repository: string,
  target: Target,
  leftOut: readonly LeftOut[],
  options: GitOptions & ExcludeOptions,
): Promise<HeldBack> {
  if (!isOfWorkingTree[target.kind]) return nothingHeldBack;
  const { files, nested, submodules } = await reviewedFiles(repository, target, options);
  const isReviewed = new Set([...files, ...nested.map((name) => `${name}/`)]);
  const held = leftOut.filter(({ file }) => isReviewed.has(file));
  return { files: held.slice(0, maxFiles), more: Math.max(0, held.length - maxFiles), submodules };
}

/** What is left out of what was found where a reviewer reads, and what is not there at all. */
export function withHeldBack(leftOut: readonly LeftOut[], { files }: HeldBack): LeftOut[] {
  const held = new Set(files.map(({ file }) => file));
  return [...files, ...leftOut.filter(({ file }) => !held.has(file))];
}
