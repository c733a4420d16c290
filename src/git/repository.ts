import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { realPathSync } from '../base/paths.ts';

/**
 * The root of the repository that holds the folder, or null. Looks for `.git` (a folder, or a file in worktrees and
 * submodules) without starting git, so that findings can be restored before anything is spawned.
 */
export function findRepositoryRoot(folder: string): string | null {
  for (let current = realPathSync(folder); ; current = path.dirname(current)) {
    if (isRoot(current)) return current;
    if (path.dirname(current) === current) return null;
  }
}

/**
 * The repository that holds the folder, else those that the folder holds itself (a folder of sibling repositories),
 * not any deeper.
 */
export function findRepositories(folder: string): string[] {
  const root = findRepositoryRoot(folder);
  if (root !== null) return [root];
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => path.join(folder, name))
    .filter(isRoot)
    .map(realPathSync);
}

/**
 * As git sees it: an empty `.git` is none. Codex's sandbox puts one into every folder that a task may write to, and where
 * the task was killed, it stays behind (seen in the folder for temporary files).
 */
function isRoot(folder: string): boolean {
  const git = path.join(folder, '.git');
  return existsSync(path.join(git, 'HEAD')) || (existsSync(git) && statSync(git).isFile());
}
