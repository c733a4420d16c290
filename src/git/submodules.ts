import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../base/errors.ts';
import { orEmpty } from '../base/orEmpty.ts';
import { isInside, realPathOrNull } from '../base/paths.ts';
import { type GitOptions, git, gitError } from './git.ts';
import { guardFilters } from './guardFilters.ts';
import { findRepositoryRoot } from './repository.ts';

/** More submodules are not looked into. */
const maxSubmodules = 100;

/**
 * Paths of the submodules whose own working tree has changes: no review of this repository sees those. git is asked in
 * each of them as in any other repository, and never runs in them by itself (see `diffOptions`).
 * @throws UserError if git fails
 */
export async function changedSubmodules(repository: string, options: GitOptions): Promise<string[]> {
  const changed: string[] = [];
  for (const name of (await submodules(repository, options)).slice(0, maxSubmodules)) {
    const root = await realPathOrNull(path.join(repository, name));
    // Not checked out, or what `.gitmodules` says is not so.
    if (root === null || root === repository || !isInside(repository, root)) continue;
    if (findRepositoryRoot(root) === root && (await hasChanges(root, options))) changed.push(name);
  }
  return changed;
}

/** Paths of the submodules that are not checked out in a working tree: git leaves them empty in a new one. */
export async function emptySubmodules(folder: string, options: GitOptions): Promise<string[]> {
  const empty: string[] = [];
  for (const name of (await submodules(folder, options)).slice(0, maxSubmodules)) {
    const inside = path.resolve(folder, name);
    if (!isInside(folder, inside)) continue;
    if ((await orEmpty(readdir(inside), [])).length === 0) empty.push(name);
  }
  return empty;
}

/** What `.gitmodules` names. It is text of the repository, and may name anything. */
async function submodules(repository: string, options: GitOptions): Promise<string[]> {
  if (!(await isFile(path.join(repository, '.gitmodules')))) return [];
  const args = ['config', '--file', '.gitmodules', '-z', '--get-regexp', '^submodule\\..*\\.path$'];
  const { code, stdout, stderr } = await git(repository, args, options);
  if (code === 1) return [];
  if (code !== 0) throw gitError(args, stderr);
  // Each is the name of the value, a newline, the value.
  return stdout
    .split('\0')
    .map((entry) => entry.slice(entry.indexOf('\n') + 1))
    .filter((name) => name !== '');
}

async function hasChanges(root: string, options: GitOptions): Promise<boolean> {
  const guarded = await guardFilters(root, options);
  const args = ['status', '--porcelain=v1', '-z', '--ignore-submodules=dirty'];
  const { code, stdout, stderr } = await git(root, args, guarded);
  if (code !== 0) throw gitError(args, stderr);
  return stdout !== '';
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).isFile();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
