import { existsSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { GitOptions } from '../git/git.ts';
import { removeWorktree } from '../git/worktree.ts';
import type { Job } from '../protocol/job.ts';
import { type TaskChange, isOnlyThere, isPending } from '../protocol/taskChange.ts';
import type { ChangeRecords, ChangeRef } from './changeRecords.ts';

export interface TaskWorktreesParts {
  records: Pick<ChangeRecords, 'read' | 'of'>;
  /** The worktrees' folder. */
  folder: string;
  logger: Logger;
  git: () => GitOptions;
}

/** How the worktrees of tasks end. One may be the place of several tasks, one after the other, and goes with the last. */
export class TaskWorktrees {
  constructor(private readonly parts: TaskWorktreesParts) {}

  /** Removes the worktree of a change that was decided about, unless it is still needed, also by another task. */
  async release(change: TaskChange): Promise<void> {
    if (!isNeeded(change)) await this.remove(change, change.worktree);
  }

  /** The same of a job that is about to be deleted, whatever was decided. */
  async forget({ id, repository }: Job): Promise<void> {
    const { records, folder } = this.parts;
    const change = await records.read({ id, repository });
    await this.remove({ job: id, repository }, change ? change.worktree : path.join(folder, id));
  }

  /** Removes those of changes that were decided about, where somebody was killed before they could. */
  async reap(repository: string): Promise<void> {
    const { records, folder, logger, git } = this.parts;
    const changes = await records.of(repository);
    const needed = new Set(changes.filter(isNeeded).map(({ worktree }) => worktree));
    for (const { worktree } of changes) {
      if (worktree === null || needed.has(worktree) || path.dirname(worktree) !== folder) continue;
      if (!existsSync(worktree)) continue;
      await removeWorktree(repository, worktree, git()).catch((error: unknown) =>
        logger.warn(messageOf(error)),
      );
    }
  }

  private async remove({ job, repository }: ChangeRef, worktree: string | null): Promise<void> {
    if (worktree === null || !existsSync(worktree)) return;
    const { records, git } = this.parts;
    const others = (await records.of(repository)).filter(
      (other) => other.job !== job && other.worktree === worktree,
    );
    if (!others.some(isNeeded)) await removeWorktree(repository, worktree, git());
  }
}

/** Whether a change is to be decided about and lies in a worktree, where another task can go on with it. */
export function waitsInWorktree(change: TaskChange): boolean {
  return isPending(change) && change.worktree !== null && existsSync(change.worktree);
}

function isNeeded(change: TaskChange): boolean {
  return change.state === 'running' || isOnlyThere(change);
}
