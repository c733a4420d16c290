import { readlink, symlink, unlink } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../base/errors.ts';
import type { TaskChange } from '../protocol/taskChange.ts';
import type { TaskChanges } from './taskChanges.ts';

/**
 * Makes a link in the worktree of a task that runs. It is noted first, so that whoever finds the worktree after this host
 * was killed takes it away before they look at what has changed.
 * @param name relative to the worktree
 * @param target absolute
 */
export async function linkInto(
  change: TaskChange & { worktree: string },
  { name, target }: { name: string; target: string },
  changes: Pick<TaskChanges, 'save'>,
): Promise<TaskChange> {
  const linked = { ...change, link: name };
  await changes.save(linked);
  await symlink(target, path.join(change.worktree, name), 'junction');
  return linked;
}

/** Removes that link, if there is one; what it points to stays. */
export async function unlinkFrom(
  change: TaskChange,
  changes: Pick<TaskChanges, 'save'>,
): Promise<TaskChange> {
  const { link, ...rest } = change;
  if (link === undefined || change.worktree === null) return change;
  const file = path.join(change.worktree, link);
  if (await isLink(file)) await unlink(file);
  await changes.save(rest);
  return rest;
}

async function isLink(file: string): Promise<boolean> {
  try {
    await readlink(file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'EINVAL') return false;
    throw error;
  }
}
