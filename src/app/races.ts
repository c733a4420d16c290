import type { GitOptions } from '../git/git.ts';
import { lineChange } from '../git/treeChange.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { RaceSide } from '../jobs/raceText.ts';
import { type Job, isTerminal } from '../protocol/job.ts';
import { type TaskChange, isPending } from '../protocol/taskChange.ts';
import type { TaskChanges } from './taskChanges.ts';

export interface RacesParts {
  jobs: Pick<Jobs, 'racersOf' | 'result'>;
  changes: Pick<TaskChanges, 'read' | 'discard'>;
  git(): GitOptions;
}

/** Fix races: what both agents came to, side by side, and what follows from taking one. */
export class Races {
  constructor(private readonly parts: RacesParts) {}

  /** Both sides of the race that a job is part of, Codex's first; empty for any other job. */
  async sidesOf(job: Job): Promise<RaceSide[]> {
    return Promise.all((await this.parts.jobs.racersOf(job)).map((racer) => this.side(racer)));
  }

  /** Throws away what the other agent made of it, once one was taken; not with files that are no part of it. */
  async discardOthers(job: Job): Promise<void> {
    for (const { change } of await this.sidesOf(job))
      if (change && change.job !== job.id && isPending(change) && change.leftOut === undefined)
        await this.parts.changes.discard(change);
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
