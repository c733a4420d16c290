import { Emitter, type Event } from 'vscode-jsonrpc/node';
import { Sequence } from '../base/async.ts';
import type { Disposable } from '../base/disposable.ts';
import { Throttle } from '../base/throttle.ts';
import { type Job, isTerminal } from './job.ts';
import type { Jobs } from './jobs.ts';

/** A job of any host. */
export interface ListedJob {
  readonly job: Job;
  /** It runs in another window or terminal. */
  readonly elsewhere: boolean;
}

/** What the list needs to know of jobs. */
export type JobSource = Pick<Jobs, 'list' | 'find' | 'watch' | 'activeJobs' | 'onDidChange' | 'onDidRemove'>;

/** Files that change are read this often at most. Milliseconds. */
const readInterval = 250;

/**
 * All jobs of some repositories, whichever host runs them, as they are now: those of this host by their events, the
 * others by the changes of their files. Nothing is read at rest.
 */
export class JobList implements Disposable {
  private readonly changeEmitter = new Emitter<void>();
  private readonly sequence = new Sequence();
  private readonly jobs = new Map<string, Job>();
  private readonly watches = new Map<string, Disposable>();
  private readonly changed = new Set<string>();
  private readonly reading: Throttle;
  private readonly subscriptions: readonly Disposable[];
  private disposed = false;

  /** Fires after every change, progress included. */
  readonly onDidChange: Event<void> = this.changeEmitter.event;

  /** @param onError gets what goes wrong when files are read */
  constructor(
    private readonly source: JobSource,
    onError: (error: unknown) => void,
  ) {
    this.reading = new Throttle(readInterval, () => {
      this.sequence.run(() => this.readChanged()).catch(onError);
    });
    this.subscriptions = [
      this.reading,
      source.onDidChange((job) => this.put(job)),
      source.onDidRemove(({ id }) => this.drop(id)),
    ];
  }

  /** Newest first. */
  all(): ListedJob[] {
    const own = new Set(this.source.activeJobs().map(({ id }) => id));
    return [...this.jobs.values()]
      .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
      .map((job) => ({ job, elsewhere: !isTerminal(job.state) && !own.has(job.id) }));
  }

  /** From now on the jobs of these repositories are listed; resolves once they are. Jobs of this host always are. */
  show(repositories: readonly string[]): Promise<void> {
    return this.sequence.run(async () => {
      for (const repository of this.watches.keys())
        if (!repositories.includes(repository)) this.hide(repository);
      for (const repository of repositories) if (!this.watches.has(repository)) await this.watch(repository);
      this.changeEmitter.fire();
    });
  }

  /** Looks again at jobs of other hosts that have not ended: a host that was killed tells nobody. */
  refresh(): void {
    for (const { job, elsewhere } of this.all()) if (elsewhere) this.changed.add(job.id);
    if (this.changed.size > 0) this.reading.request();
  }

  dispose(): void {
    this.disposed = true;
    for (const subscription of this.subscriptions) subscription.dispose();
    for (const watch of this.watches.values()) watch.dispose();
    this.watches.clear();
    this.changeEmitter.dispose();
  }

  /** What changes while the jobs are listed is read after that. */
  private async watch(repository: string): Promise<void> {
    const watch = await this.source.watch(repository, (id) => {
      this.changed.add(id);
      this.reading.request();
    });
    if (this.disposed) {
      watch.dispose();
      return;
    }
    this.watches.set(repository, watch);
    for (const job of await this.source.list(repository)) this.jobs.set(job.id, job);
  }

  private hide(repository: string): void {
    this.watches.get(repository)?.dispose();
    this.watches.delete(repository);
    for (const { job, elsewhere } of this.all())
      if (job.repository === repository && (elsewhere || isTerminal(job.state))) this.jobs.delete(job.id);
  }

  private async readChanged(): Promise<void> {
    const ids = [...this.changed];
    this.changed.clear();
    for (const id of ids) {
      const job = await this.source.find(id);
      if (job) this.jobs.set(id, job);
      else this.jobs.delete(id);
    }
    if (!this.disposed) this.changeEmitter.fire();
  }

  private put(job: Job): void {
    this.jobs.set(job.id, job);
    this.changeEmitter.fire();
  }

  private drop(id: string): void {
    if (this.jobs.delete(id)) this.changeEmitter.fire();
  }
}
