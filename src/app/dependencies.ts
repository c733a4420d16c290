import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../base/errors.ts';
import { readRegularFile } from '../base/regularFile.ts';
import type { CheckCommand } from '../protocol/fixCheck.ts';

/*
 * What a project's check needs and git does not carry: a worktree has no `node_modules`. It is lent to it for the time of
 * the check where that gives a true answer.
 */

const modules = 'node_modules';
const managers: ReadonlySet<string> = new Set(['npm', 'npx', 'pnpm', 'yarn', 'bun', 'bunx', 'node']);
const maxBytes = 1024 * 1024;

export type Dependencies =
  | { readonly kind: 'there' }
  /** To be linked into the worktree, at the same place. `name` is relative to the root of both. */
  | { readonly kind: 'link'; readonly name: string; readonly target: string }
  | { readonly kind: 'missing'; readonly reason: string };

/**
 * What is to be done about them for a check.
 * @param worktree of the repository
 */
export async function dependenciesFor(
  { command: [program = ''], folder }: CheckCommand,
  { repository, worktree }: { repository: string; worktree: string },
): Promise<Dependencies> {
  if (!managers.has(program)) return { kind: 'there' };
  // Node looks for them there, and then in every folder above.
  const folders = foldersUpwards(folder);
  const inWorktree = (name: string) => folders.map((above) => path.join(worktree, above, name));
  const needs = await some(folders, (above) => hasDependencies(path.join(worktree, above)));
  if (!needs || (await some([...inWorktree(modules), ...inWorktree('.pnp.cjs')], isThere)))
    return { kind: 'there' };
  const missing = (why: string): Dependencies => ({
    kind: 'missing',
    reason: `${modules} is not in the worktree: ${why}`,
  });
  // Its links to the packages of the repository lead to the code as it is without the change.
  if (await some(folders, (above) => hasWorkspaces(path.join(worktree, above))))
    return missing('of a workspace of packages it cannot be lent');
  for (const above of folders) {
    const target = path.join(repository, above, modules);
    if (await isThere(target)) return { kind: 'link', name: path.join(above, modules), target };
  }
  return missing('it is not in the repository either');
}

/** It, and those that hold it, up to the root. @param folder relative to the root */
function foldersUpwards(folder: string): string[] {
  const parts = path
    .normalize(folder)
    .split(path.sep)
    .filter((part) => part !== '' && part !== '.');
  return [...parts.keys(), parts.length].reverse().map((count) => path.join(...parts.slice(0, count)));
}

async function some<T>(values: readonly T[], holds: (value: T) => Promise<boolean>): Promise<boolean> {
  for (const value of values) if (await holds(value)) return true;
  return false;
}

async function hasDependencies(folder: string): Promise<boolean> {
  const manifest = await manifestOf(folder);
  return ['dependencies', 'devDependencies', 'optionalDependencies'].some((key) => {
    const value = manifest[key];
    return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  });
}

async function hasWorkspaces(folder: string): Promise<boolean> {
  const manifest = await manifestOf(folder);
  return manifest['workspaces'] !== undefined || (await isThere(path.join(folder, 'pnpm-workspace.yaml')));
}

async function manifestOf(folder: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const bytes = await readRegularFile(path.join(folder, 'package.json'), maxBytes);
    const value: unknown = JSON.parse(bytes?.toString('utf8') ?? '{}');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch (error) {
    if (errorCode(error) === undefined && !(error instanceof SyntaxError)) throw error;
    return {};
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}
