import { isDeepStrictEqual } from 'node:util';
import { Emitter, type Event } from 'vscode-jsonrpc/node';
import { Sequence } from '../base/async.ts';
import type { Disposable } from '../base/disposable.ts';
import { UsageError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { ChangeStore } from '../jobs/changeStore.ts';
import type { Job } from '../protocol/job.ts';
import { type TaskChange, isPending } from '../protocol/taskChange.ts';

/** Names a change: what is known of it is read where it is needed, because another window may have decided meanwhile. */
export type ChangeRef = Pick<TaskChange, 'job' | 'repository'>;

export type SaveChange = (change: TaskChange) => Promise<void>;

/**
 * What is known of the changes of tasks. The disk has the truth, which any host may write; of the repositories that are
 * shown it is kept up to date here, to be looked at. What is decided is decided on the record on disk, one decision at a time.
 */
export class ChangeRecords implements Disposable {
  private readonly changeEmitter = new Emitter<void>();
  private readonly known = new Map<string, TaskChange>();
  private readonly sequences = new Map<string, Sequence>();
  private readonly shows = new Sequence();
  private readonly watches = new Map<string, Disposable>();
  private disposed = false;

  /** Fires when something else is known of one, whichever host wrote it. */
  readonly onDidChange: Event<void> = this.changeEmitter.event;

  constructor(
    private readonly store: ChangeStore,
    private readonly logger: Logger,
  ) {}

  /** As it was last seen by this host, for display; undefined for a job without a change. */
  seen(job: string): TaskChange | undefined {
    return this.known.get(job);
  }

  /** From now on what is known of these repositories is seen; resolves once it is. What this host does always is. */
  show(repositories: readonly string[]): Promise<void> {
    return this.shows.run(async () => {
      for (const [repository, watch] of this.watches)
        if (!repositories.includes(repository)) {
          watch.dispose();
          this.watches.delete(repository);
        }
      for (const repository of repositories) if (!this.watches.has(repository)) await this.watch(repository);
    });
  }

  /** What a task changed, as it is on disk; null where nothing is known. */
  read({ id, repository }: Pick<Job, 'id' | 'repository'>): Promise<TaskChange | null> {
    return this.sequenceOf(id).run(() => this.look({ job: id, repository }));
  }

  /** All of a repository, as they are on disk, in no order. */
  of(repository: string): Promise<TaskChange[]> {
    return this.store.list(repository);
  }

  /** For who owns it: the task, while it runs. */
  save(change: TaskChange): Promise<void> {
    return this.sequenceOf(change.job).run(() => this.write(change));
  }

  /**
   * Works on a change as it is on disk, while nobody else writes it, in whichever host. Not to be called for the same
   * change from within the work.
   * @param work gets null where nothing is known of it, and how it is saved
   * @throws UserError if another host takes too long
   */
  hold<T>(ref: ChangeRef, work: (change: TaskChange | null, save: SaveChange) => Promise<T>): Promise<T> {
    const alone = async () => work(await this.look(ref), (change) => this.write(change));
    return this.sequenceOf(ref.job).run(() => this.store.alone(idOf(ref), alone));
  }

  dispose(): void {
    this.disposed = true;
    for (const watch of this.watches.values()) watch.dispose();
    this.watches.clear();
    this.changeEmitter.dispose();
  }

  /** What changes while they are looked at is looked at after that. */
  private async watch(repository: string): Promise<void> {
    const notice = (id: string) =>
      void this.read({ id, repository }).catch((error: unknown) => this.logger.warn(messageOf(error)));
    const watch = await this.store.watch(repository, notice);
    if (this.disposed) {
      watch.dispose();
      return;
    }
    this.watches.set(repository, watch);
    for (const id of await this.store.ids(repository)) await this.read({ id, repository });
  }

  private async look(ref: ChangeRef): Promise<TaskChange | null> {
    const change = await this.store.read(idOf(ref));
    this.notice(ref.job, change);
    return change;
  }

  private async write(change: TaskChange): Promise<void> {
    await this.store.save(change);
    this.notice(change.job, change);
  }

  private notice(job: string, change: TaskChange | null): void {
    if (isDeepStrictEqual(this.known.get(job) ?? null, change)) return;
    if (change === null) this.known.delete(job);
    else this.known.set(job, change);
    this.changeEmitter.fire();
  }

  private sequenceOf(job: string): Sequence {
    const sequence = this.sequences.get(job) ?? new Sequence();
    this.sequences.set(job, sequence);
    return sequence;
  }
}

/**
 * The change, if it fits what is to be done with it.
 * @throws UsageError if it does not (any more)
 */
export function undecided(
  change: TaskChange | null,
  fits: (change: TaskChange) => boolean = isPending,
): TaskChange {
  if (change && fits(change)) return change;
  throw new UsageError('That is no longer possible: the changes of this task were decided about before.');
}

function idOf({ job: id, repository }: ChangeRef): Pick<Job, 'id' | 'repository'> {
  return { id, repository };
}
