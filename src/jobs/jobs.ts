import { Emitter, type Event } from 'vscode-jsonrpc/node';
import { Sequence } from '../base/async.ts';
import type { ProcessIdentity } from '../base/childProcess.ts';
import type { Disposable } from '../base/disposable.ts';
import { UserError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { isGone } from '../base/owner.ts';
import { reviewers } from '../protocol/finding.ts';
import type { JobKind } from '../protocol/job.ts';
import type { Order } from '../protocol/order.ts';
import type { JobResult } from '../protocol/report.ts';
import type { WorkSoFar } from './agent.ts';
import { interruptedByHost } from './hostGone.ts';
import { type Job, canGoOn, isTerminal, takenUp } from './job.ts';
import { JobRun, type Runner } from './jobRun.ts';
import type { JobStore } from './jobStore.ts';
import { type JobSpec, newJob } from './newJob.ts';
import { Queue } from './queue.ts';
import { type Retention, expired } from './retention.ts';

export interface JobsOptions {
  store: JobStore;
  logger: Logger;
  runners: Readonly<Record<JobKind, Runner>>;
  /**
   * How many jobs run at once; the others wait, and so does one whose thread another one works on. Gates and transfers
   * do not count: somebody waits for them.
   */
  limit: () => number;
  retention: () => Retention;
  /** A job that must not be deleted without being asked for: its change waits for a decision. */
  isNeeded?: (job: Job) => Promise<boolean>;
  /** Takes away what else belongs to a job that is about to be deleted. What goes wrong is logged: the job is deleted. */
  beforeRemove?: (job: Job) => Promise<void>;
  /** Awaited before jobs of a host that has gone are taken up. */
  beforeAdopt?: () => Promise<void>;
}

/** The jobs of this host: durable before they start, and ended exactly once, whatever ends them. */
export class Jobs {
  private readonly changeEmitter = new Emitter<Job>();
  private readonly removeEmitter = new Emitter<Job>();
  private readonly workEmitter = new Emitter<Job>();
  private readonly active = new Map<string, JobRun>();
  private readonly queue: Queue<JobRun>;
  private readonly adoptions = new Sequence();
  private disposed = false;

  /** Fires for each change of a job of this host, also for progress that is not written to disk. */
  readonly onDidChange: Event<Job> = this.changeEmitter.event;
  /** Fires when this host has deleted a job. */
  readonly onDidRemove: Event<Job> = this.removeEmitter.event;
  /** Fires whenever there is more of `work`. */
  readonly onDidWork: Event<Job> = this.workEmitter.event;

  constructor(private readonly options: JobsOptions) {
    this.queue = new Queue(() => options.limit());
  }

  /** Starts the work as soon as the job is on disk and there is room; resolves with the job once it is on disk. */
  async start(spec: JobSpec, order: Order | null): Promise<Job> {
    if (this.disposed) throw new UserError('Tandem is shutting down.');
    const job = newJob(spec);
    const { store } = this.options;
    if (order) await store.saveOrder(job, order);
    await store.save(job);
    if (!this.isDisposed()) this.enter(job, order);
    else await store.saveEnd(interruptedByHost(job), null);
    return job;
  }

  activeCount(): number {
    return this.active.size;
  }

  /** The jobs that this host runs now or will run, oldest first. */
  activeJobs(): Job[] {
    return [...this.active.values()].map(({ job }) => job);
  }

  /** The plan and the changes so far of a job that this host runs; null where there is nothing of the kind. */
  work(id: string): WorkSoFar | null {
    return this.active.get(id)?.work ?? null;
  }

  /** All jobs of a repository, newest first; those of this host as they are now. */
  async list(repository: string): Promise<Job[]> {
    const jobs = await this.options.store.list(repository);
    return jobs.map((job) => this.active.get(job.id)?.job ?? job);
  }

  /** All jobs of all repositories, newest first. */
  async listAll(): Promise<Job[]> {
    const jobs = await this.options.store.listAll();
    return jobs.map((job) => this.active.get(job.id)?.job ?? job);
  }

  /** The job of that id, or whose id begins so and is the only one, of any host and repository. */
  async find(id: string): Promise<Job | null> {
    return (await this.locate(id))?.job ?? null;
  }

  /**
   * The same with the process that runs it; null for a job of this host, and for one that has ended. One whose host has
   * gone is taken up first.
   */
  async locate(id: string): Promise<{ job: Job; elsewhere: ProcessIdentity | null } | null> {
    const running = this.active.get(id);
    if (running) return { job: running.job, elsewhere: null };
    let found = await this.options.store.find(id);
    if (!found) return null;
    if (!isTerminal(found.job.state) && isGone(found.owner)) {
      await this.adopt(found.job.repository);
      found = (await this.options.store.find(found.job.id)) ?? found;
    }
    const own = this.active.get(found.job.id);
    if (own) return { job: own.job, elsewhere: null };
    return { job: found.job, elsewhere: isTerminal(found.job.state) ? null : found.owner };
  }

  /** The other jobs of a review by both reviewers, of whichever host; empty for any other job. */
  async partnersOf({ id, repository, run }: Job): Promise<Job[]> {
    if (!run) return [];
    return (await this.list(repository)).filter((job) => job.id !== id && job.run?.id === run.id);
  }

  /** The second opinion on what a review by both found; null where there is none. */
  async opinionOn({ repository, run }: Job): Promise<Job | null> {
    if (!run) return null;
    return (await this.list(repository)).find(({ opinionOn }) => opinionOn === run.id) ?? null;
  }

  /** The tasks of both agents of a fix race, Codex's first, of whichever host; empty for any other job. */
  async racersOf({ repository, race }: Job): Promise<Job[]> {
    if (!race) return [];
    const racers = (await this.list(repository)).filter((job) => job.race?.id === race.id);
    return racers.sort((a, b) => reviewers.indexOf(a.reviewer) - reviewers.indexOf(b.reviewer));
  }

  result(job: Job): Promise<JobResult | null> {
    return this.options.store.result(job);
  }

  order(job: Job): Promise<Order | null> {
    return this.options.store.order(job);
  }

  /**
   * Resolves with the job once it has ended and every host can read that, at once if that is so. A run's own state says so a
   * little earlier.
   * @throws UserError if it runs in another host, or is unknown.
   */
  async wait(id: string): Promise<Job> {
    return this.active.get(id)?.ended ?? this.endedJob(id);
  }

  /** Asks the job to stop; resolves with it once it has ended, which may be in another way than cancelled. */
  async cancel(id: string): Promise<Job> {
    const run = this.active.get(id);
    if (!run) return this.endedJob(id);
    await run.cancel();
    if (this.queue.remove(run)) await run.endUnstarted();
    return run.ended;
  }

  /**
   * Says something to the agent of a running job.
   * @throws UserError if it does not run here, or does not listen
   */
  async steer(id: string, text: string): Promise<void> {
    const run = this.active.get(id);
    if (!run)
      throw new UserError(
        `Job ${id} does not run here.`,
        'It has ended, or runs in another window or terminal.',
      );
    await run.steer(text);
  }

  /**
   * Deletes a job that has ended, and its result.
   * @throws UserError if it has not ended.
   */
  async remove(id: string): Promise<void> {
    await this.removeEnded(await this.endedJob(id));
  }

  /**
   * Takes up the jobs of a repository whose host has gone: those that were alive lately go on, the others end as
   * interrupted. Of several hosts that try, one gets each job.
   */
  adopt(repository: string): Promise<void> {
    return this.adoptions.run(async () => {
      const { store, logger, beforeAdopt } = this.options;
      const orphans = await store.orphans(repository);
      if (orphans.length > 0) await beforeAdopt?.();
      for (const orphan of orphans) {
        try {
          await this.takeUp(orphan);
        } catch (error) {
          logger.error(`Job ${orphan.id} could not be taken up: ${messageOf(error)}`);
        }
      }
    });
  }

  private async takeUp(orphan: Job): Promise<void> {
    const { store, logger } = this.options;
    if (this.disposed || !(await store.claim(orphan))) return;
    const left = await store.leftEnd(orphan);
    const order = await store.order(orphan);
    if (left || order === null || !canGoOn(orphan, Date.now())) {
      const job = left ?? interruptedByHost(orphan);
      logger.info(`Job ${job.id} ends as ${job.state}: its host has gone.`);
      await store.saveEnd(job, null);
      this.changeEmitter.fire(job);
      return;
    }
    // The claim stays: the next host follows it to this one, and finds that it has gone.
    if (this.isDisposed()) return;
    const job = takenUp(orphan);
    await store.save(job);
    if (this.isDisposed()) {
      await store.save(orphan);
      return;
    }
    logger.info(`Job ${job.id} is taken up again: its host has gone.`);
    this.enter(job, order);
  }

  /** Looked at anew after each wait. */
  private isDisposed(): boolean {
    return this.disposed;
  }

  /** Deletes what the retention no longer keeps. */
  async prune(repository: string): Promise<void> {
    const { store, retention, isNeeded } = this.options;
    for (const job of expired(await store.list(repository), retention(), Date.now()))
      if (!(await isNeeded?.(job))) await this.removeEnded(job);
  }

  private async removeEnded(job: Job): Promise<void> {
    const { store, logger, beforeRemove } = this.options;
    await beforeRemove?.(job).catch((error: unknown) => logger.warn(messageOf(error)));
    await store.remove(job);
    this.removeEmitter.fire(job);
  }

  /** Calls the listener with a job's id whenever its file has changed, whichever host wrote it. */
  watch(repository: string, listener: (id: string) => void): Promise<Disposable> {
    return this.options.store.watch(repository, listener);
  }

  /** The limit may have become larger. */
  limitChanged(): void {
    this.queue.advance();
  }

  /** Stops everything that runs, as `interrupted`. */
  async dispose(): Promise<void> {
    this.disposed = true;
    const runs = [...this.active.values()];
    for (const run of runs) {
      run.interrupt();
      if (this.queue.remove(run)) await run.endUnstarted();
    }
    await Promise.all(runs.map(({ ended }) => ended));
    await this.adoptions.run(() => Promise.resolve());
    await this.options.store.dispose();
    this.changeEmitter.dispose();
    this.removeEmitter.dispose();
    this.workEmitter.dispose();
  }

  private enter(job: Job, order: Order | null): void {
    const { store, logger, runners } = this.options;
    const run = new JobRun(job, {
      store,
      logger,
      order,
      runner: runners[job.kind],
      onChange: (changed) => void this.changeEmitter.fire(changed),
      onWork: (working) => void this.workEmitter.fire(working),
    });
    this.active.set(job.id, run);
    this.changeEmitter.fire(job);
    void run.ended.then((ended) => this.ended(ended));
    if (job.kind === 'gate' || job.kind === 'transfer') void run.run();
    else this.queue.add(run, job.threadId, () => run.run());
  }

  private async ended(job: Job): Promise<void> {
    this.active.delete(job.id);
    this.changeEmitter.fire(job);
    try {
      await this.prune(job.repository);
    } catch (error) {
      this.options.logger.warn(`Old jobs could not be deleted: ${messageOf(error)}`);
    }
  }

  private async endedJob(id: string): Promise<Job> {
    const found = await this.options.store.find(id);
    if (found && isTerminal(found.job.state)) return found.job;
    throw new UserError(
      `Job ${id} does not run here.`,
      'It runs in another window or terminal: `status` tells.',
    );
  }
}
