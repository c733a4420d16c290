import { Emitter, type Event } from 'vscode-jsonrpc/node';
import type { Disposable } from '../base/disposable.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { type Job, isReview, isTerminal } from '../protocol/job.ts';
import type { JobResult } from '../protocol/report.ts';

/** A job, and what it produced if it has ended with something to show. */
export interface WatchedJob {
  readonly job: Job;
  readonly result: JobResult | null;
}

/** What the window knows of its own jobs, wherever they were asked for: those that run, and the review to show. */
export class JobWatch implements Disposable {
  private readonly changeEmitter = new Emitter<void>();
  private readonly startEmitter = new Emitter<Job>();
  private readonly endEmitter = new Emitter<WatchedJob>();
  private readonly jobs = new Map<string, Job>();
  private readonly subscription: Disposable;
  private shown: WatchedJob | null = null;

  /** Fires for every change of `running` and `latestReview`, progress included. */
  readonly onDidChange: Event<void> = this.changeEmitter.event;
  /** Fires once per job, while `Jobs` still waits for nothing: `wait` and `cancel` work. */
  readonly onDidStart: Event<Job> = this.startEmitter.event;
  /** Fires once per job, with its result. */
  readonly onDidEnd: Event<WatchedJob> = this.endEmitter.event;

  /** @param onError gets what goes wrong when a result is read */
  constructor(
    private readonly source: Jobs,
    onError: (error: unknown) => void,
  ) {
    this.subscription = source.onDidChange((job) => {
      if (isTerminal(job.state)) this.ended(job).catch(onError);
      else this.progressed(job);
    });
  }

  /** Oldest first; also those that still wait for their turn. */
  get running(): Job[] {
    return [...this.jobs.values()];
  }

  get runningReviews(): Job[] {
    return this.running.filter(({ kind }) => isReview(kind));
  }

  /** The review that runs now or ended last; null before the first one. */
  get latestReview(): WatchedJob | null {
    return this.shown;
  }

  /** Takes the review that ended last in these repositories from disk, unless one has been seen since. */
  async restore(repositories: readonly string[]): Promise<void> {
    const lists = await Promise.all(repositories.map((repository) => this.source.list(repository)));
    const ended = lists.flat().filter(({ kind, state }) => isReview(kind) && isTerminal(state));
    const [job] = ended.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
    if (!job) return;
    const result = await this.source.result(job);
    if (this.shown) return;
    this.show({ job, result });
  }

  dispose(): void {
    this.subscription.dispose();
    for (const emitter of [this.changeEmitter, this.startEmitter, this.endEmitter]) emitter.dispose();
  }

  private progressed(job: Job): void {
    const isNew = !this.jobs.has(job.id);
    this.jobs.set(job.id, job);
    const newest = this.runningReviews.at(-1);
    if (newest && isReview(job.kind)) this.show({ job: newest, result: null });
    else this.changeEmitter.fire();
    if (isNew) this.startEmitter.fire(job);
  }

  private async ended(job: Job): Promise<void> {
    this.jobs.delete(job.id);
    // What still runs goes first; then the one that ended last.
    if (isReview(job.kind)) this.show({ job: this.runningReviews.at(-1) ?? job, result: null });
    else this.changeEmitter.fire();
    const result = await this.source.result(job);
    if (this.shown?.job.id === job.id) this.show({ job, result });
    this.endEmitter.fire({ job, result });
  }

  private show(review: WatchedJob): void {
    this.shown = review;
    this.changeEmitter.fire();
  }
}
