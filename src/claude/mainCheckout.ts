import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../base/errors.ts';
import { orEmpty } from '../base/orEmpty.ts';

/**
 * The folder that a linked worktree was made from; null for what is none, and for a worktree of a repository without one.
 * @throws a system error if git's own files cannot be read
 */
export async function mainCheckout(repository: string): Promise<string | null> {
  const [, own] = /^gitdir: (.+)/.exec(await textOf(path.join(repository, '.git'))) ?? [];
  if (own === undefined) return null;
  const folder = path.resolve(repository, own);
  const common = (await textOf(path.join(folder, 'commondir'))).trim();
  if (common === '') return null;
  const shared = path.resolve(folder, common);
  return path.basename(shared) === '.git' ? path.dirname(shared) : null;
}

/** Empty where there is none, or a folder. */
async function textOf(file: string): Promise<string> {
  try {
    return await orEmpty(readFile(file, 'utf8'), '');
  } catch (error) {
    if (errorCode(error) === 'EISDIR') return '';
    throw error;
  }
}
