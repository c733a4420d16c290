import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { realPathSync } from '../base/paths.ts';

/**
 * The root of the repository that holds the folder, or null. Looks for `.git` (a folder, or a file in worktrees and
 * submodules) without starting git, so that findings can be restored before anything is spawned.
 */
export function findRepositoryRoot(folder: string): string | null {
  for (let current = realPathSync(folder); ; current = path.dirname(current)) {
    if (existsSync(path.join(current, '.git'))) return current;
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
    .filter((child) => existsSync(path.join(child, '.git')))
    .map(realPathSync);
}
