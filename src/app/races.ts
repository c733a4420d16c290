import type { GitOptions } from '../git/git.ts';
import { lineChange, treeChange } from '../git/treeChange.ts';
import { addWorktree } from '../git/worktree.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { RaceSide } from '../jobs/raceText.ts';
import type { ReviewerId } from '../protocol/finding.ts';
import { type Job, isTerminal } from '../protocol/job.ts';
import { type TaskChange, isPending } from '../protocol/taskChange.ts';
import type { TaskChanges } from './taskChanges.ts';

export interface RacesParts {
  jobs: Pick<Jobs, 'racersOf' | 'result'>;
  changes: Pick<TaskChanges, 'read' | 'hold' | 'discard'>;
  git(): GitOptions;
}

/** Fix races: what both agents came to, side by side, and what follows from taking one. */
export class Races {
  constructor(private readonly parts: RacesParts) {}

  /** Both sides of the race that a job is part of, Codex's first; empty for any other job. */
  async sidesOf(job: Job): Promise<RaceSide[]> {
    return Promise.all((await this.parts.jobs.racersOf(job)).map((racer) => this.side(racer)));
  }

  /** The files of which both made the same, relative to the root. */
  async sameFiles(left: TaskChange, right: TaskChange): Promise<ReadonlySet<string>> {
    if (left.result === null || right.result === null) return new Set();
    const unlike = await treeChange(left.repository, left.result, right.result, this.parts.git());
    const isUnlike = new Set(unlike.map(({ path: file }) => file));
    return new Set(left.files.map(({ file }) => file).filter((file) => !isUnlike.has(file)));
  }

  /** Puts aside what the other agent made of it, once one was taken. @returns whose it was */
  async discardOthers(job: Job): Promise<ReviewerId[]> {
    const others: ReviewerId[] = [];
    for (const { change, job: other } of await this.sidesOf(job)) {
      // What is no part of the change could not be brought back.
      if (!change || other.id === job.id || !isPending(change) || change.leftOut !== undefined) continue;
      await this.parts.changes.discard(change, job.id);
      others.push(other.reviewer);
    }
    return others;
  }

  /**
   * The taken one was taken back: what was put aside for it is there again, to be decided about.
   * @returns whose it is
   * @throws UserError where git has removed what it came to; it stays as it was
   */
  async restoreOthers(job: Job): Promise<ReviewerId[]> {
    const others: ReviewerId[] = [];
    for (const { change, job: other } of await this.sidesOf(job)) {
      if (change?.state !== 'discarded' || change.takenInstead !== job.id) continue;
      await this.restore(change);
      others.push(other.reviewer);
    }
    return others;
  }

  private restore({ job, repository }: TaskChange): Promise<void> {
    return this.parts.changes.hold({ job, repository }, async (change, save) => {
      if (change?.state !== 'discarded') return;
      const { worktree, result } = change;
      const pending: TaskChange = { ...change, state: 'pending' };
      delete pending.takenInstead;
      // First what it is for, so that nobody takes it for left over.
      await save(pending);
      try {
        if (worktree !== null && result !== null)
          await addWorktree(repository, { folder: worktree, commit: result }, this.parts.git());
      } catch (error) {
        await save(change);
        throw error;
      }
    });
  }

  private async side(job: Job): Promise<RaceSide> {
    const { jobs, changes } = this.parts;
    const change = await changes.read(job);
    const result = isTerminal(job.state) ? await jobs.result(job) : null;
    return { job, change, check: result?.check ?? null, lines: change && (await this.lines(change)) };
  }

  private async lines({ repository, base, result, files }: TaskChange): Promise<RaceSide['lines']> {
    if (result === null || files.length === 0) return null;
    return lineChange(repository, base, result, this.parts.git());
  }
}
