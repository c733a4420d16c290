import { Emitter, type Event } from 'vscode-jsonrpc/node';
import type { Disposable } from '../base/disposable.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { type Job, isTerminal } from '../protocol/job.ts';
import type { ReviewResult } from '../protocol/report.ts';

/** A review, and what it produced if it has ended with something to show. */
export interface WatchedReview {
  readonly job: Job;
  readonly result: ReviewResult | null;
}

/** What the window knows of its reviews, wherever they were asked for: those that run, and the one to show. */
export class ReviewWatch implements Disposable {
  private readonly changeEmitter = new Emitter<void>();
  private readonly startEmitter = new Emitter<Job>();
  private readonly endEmitter = new Emitter<WatchedReview>();
  private readonly jobs: Map<string, Job> = new Map<string, Job>();
  private readonly subscription: Disposable;
  private shown: WatchedReview | null = null;

  /** Fires for every change of `running` and `latest`, progress included. */
  readonly onDidChange: Event<void> = this.changeEmitter.event;
  /** Fires once per review, while `Jobs` still waits for nothing: `wait` and `cancel` work. */
  readonly onDidStart: Event<Job> = this.startEmitter.event;
  /** Fires once per review, with its result. */
  readonly onDidEnd: Event<WatchedReview> = this.endEmitter.event;

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

  /** Oldest first. */
  get running(): Job[] {
    return [...this.jobs.values()];
  }

  /** The review that runs now or ended last; null before the first one. */
  get latest(): WatchedReview | null {
    return this.shown;
  }

  /** Takes the review that ended last in these repositories from disk, unless one has been seen since. */
  async restore(repositories: readonly string[]): Promise<void> {
    const lists = await Promise.all(repositories.map((repository) => this.source.list(repository)));
    const ended = lists.flat().filter((job) => isTerminal(job.state));
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
    const newest = this.running.at(-1) ?? job;
    this.show({ job: newest, result: null });
    if (isNew) this.startEmitter.fire(job);
  }

  private async ended(job: Job): Promise<void> {
    this.jobs.delete(job.id);
    const newest = this.running.at(-1);
    // What still runs goes first; then the one that ended last.
    this.show({ job: newest ?? job, result: null });
    const result = await this.source.result(job);
    if (this.shown?.job.id === job.id) this.show({ job, result });
    this.endEmitter.fire({ job, result });
  }

  private show(review: WatchedReview): void {
    this.shown = review;
    this.changeEmitter.fire();
  }
}
