import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Disposable } from '../base/disposable.ts';
import { readJson, writeJson } from '../base/files.ts';
import type { Logger } from '../base/logger.ts';
import { orEmpty } from '../base/orEmpty.ts';
import { repositoryFolder } from '../base/paths.ts';
import { alone } from '../base/processLock.ts';
import { watchFolder } from '../base/watchFolder.ts';
import { type TaskChange, taskChangeSchema } from '../protocol/taskChange.ts';
import type { Job } from './job.ts';

/** Beside `<id>.json`. */
const suffix = '.change.json';
const lockSuffix = '.change.lock';

/** A large change takes a while to be applied. */
const wait = { patience: 2 * 60_000, subject: 'the changes of this task' };

/** What tasks changed, on disk: written by the host of the task while it runs, then by any in which the user decides. */
export class ChangeStore {
  constructor(
    private readonly stateHome: string,
    private readonly logger: Logger,
  ) {}

  save(change: TaskChange): Promise<void> {
    return writeJson(this.file({ repository: change.repository, id: change.job }, suffix), change);
  }

  /** What a task changed; null where nothing is known. */
  read(job: Pick<Job, 'id' | 'repository'>): Promise<TaskChange | null> {
    return readJson(this.file(job, suffix), taskChangeSchema, this.logger);
  }

  /** The jobs of a repository of which a change is known, in no order. */
  async ids(repository: string): Promise<string[]> {
    const names = await orEmpty(readdir(this.folder(repository)), []);
    return names.filter((name) => name.endsWith(suffix)).map(idOf);
  }

  /** The changes of all tasks of a repository, in no order. */
  async list(repository: string): Promise<TaskChange[]> {
    const ids = await this.ids(repository);
    const changes = await Promise.all(ids.map((id) => this.read({ id, repository })));
    return changes.filter((change) => change !== null);
  }

  /**
   * Does what no other host may do with a change at the same time; in one host callers have to queue by themselves.
   * @throws UserError if another host takes too long; nothing was done then
   */
  alone<T>(job: Pick<Job, 'id' | 'repository'>, work: () => Promise<T>): Promise<T> {
    return alone(this.file(job, lockSuffix), wait, work);
  }

  /** Calls the listener with a job's id whenever what is known of its change is another, whichever host wrote it. */
  watch(repository: string, listener: (id: string) => void): Promise<Disposable> {
    const notice = (name: string) => {
      if (name.endsWith(suffix)) listener(idOf(name));
    };
    return watchFolder(this.folder(repository), notice, this.logger);
  }

  private file({ repository, id }: Pick<Job, 'id' | 'repository'>, end: string): string {
    return path.join(this.folder(repository), `${id}${end}`);
  }

  private folder(repository: string): string {
    return path.join(repositoryFolder(this.stateHome, repository), 'jobs');
  }
}

function idOf(name: string): string {
  return name.slice(0, -suffix.length);
}
