import { randomBytes } from 'node:crypto';
import { Emitter, type Event } from 'vscode-jsonrpc/node';
import { type Deferred, deferred } from '../base/async.ts';
import { CancelledError, UserError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Failure } from '../protocol/job.ts';
import type { ReviewResult } from '../protocol/report.ts';
import { type Job, type Outcome, cancelling, ended, progressed, started, isTerminal } from './job.ts';
import type { JobStore } from './jobStore.ts';
import type { ReviewProgress } from './reviewer.ts';

/** What is known of a job before it starts. */
export type JobSpec = Pick<
  Job,
  'kind' | 'origin' | 'repository' | 'target' | 'reviewer' | 'model' | 'effort'
>;

/** What a job's work hands back: how it ended, and what it produced. */
export interface Finished {
  outcome: Outcome;
  result: ReviewResult;
}

/** The work of a job. Throws `CancelledError` once it stopped because of `signal`, `UserError` for a failure. */
export type Work = (
  job: Job,
  onProgress: (progress: ReviewProgress) => void,
  signal: AbortSignal,
) => Promise<Finished>;

interface ActiveJob {
  job: Job;
  readonly abort: AbortController;
  readonly end: Deferred<Job>;
}

/** The jobs of this host: durable before they start, and ended exactly once, whatever ends them. */
export class Jobs {
  private readonly changeEmitter = new Emitter<Job>();
  private readonly active = new Map<string, ActiveJob>();

  /** Fires for each change of a job of this host, also for progress that is not written to disk. */
  readonly onDidChange: Event<Job> = this.changeEmitter.event;

  constructor(
    private readonly store: JobStore,
    private readonly logger: Logger,
  ) {}

  /** Starts the work as soon as the job is on disk; resolves then, with the job. */
  async start(spec: JobSpec, work: Work): Promise<Job> {
    const job = newJob(spec);
    await this.store.save(job);
    const entry: ActiveJob = { job, abort: new AbortController(), end: deferred() };
    this.active.set(job.id, entry);
    this.changeEmitter.fire(job);
    void this.run(entry, work);
    return job;
  }

  activeCount(): number {
    return this.active.size;
  }

  /** The jobs that this host runs now, oldest first. */
  activeJobs(): Job[] {
    return [...this.active.values()].map(({ job }) => job);
  }

  /** All jobs of a repository, newest first; those of this host as they are now. */
  async list(repository: string): Promise<Job[]> {
    const jobs = await this.store.list(repository);
    return jobs.map((job) => this.active.get(job.id)?.job ?? job);
  }

  /** The job of that id, or whose id begins so and is the only one, of any host and repository. */
  async find(id: string): Promise<Job | null> {
    const running = this.active.get(id);
    if (running) return running.job;
    const job = await this.store.find(id);
    return job && (this.active.get(job.id)?.job ?? job);
  }

  result(job: Job): Promise<ReviewResult | null> {
    return this.store.result(job);
  }

  /**
   * Resolves with the job once it has ended, at once if it has.
   * @throws UserError if it runs in another host, or is unknown.
   */
  async wait(id: string): Promise<Job> {
    return this.active.get(id)?.end.promise ?? this.endedJob(id);
  }

  /** Asks the job to stop; resolves with it once it has ended, which may be in another way than cancelled. */
  async cancel(id: string): Promise<Job> {
    const entry = this.active.get(id);
    if (!entry) return this.endedJob(id);
    await this.become(entry, cancelling(entry.job));
    entry.abort.abort();
    return entry.end.promise;
  }

  /** Stops everything that runs, as `interrupted`. */
  async dispose(): Promise<void> {
    const entries = [...this.active.values()];
    for (const entry of entries) entry.abort.abort();
    await Promise.all(entries.map(({ end }) => end.promise));
    this.changeEmitter.dispose();
  }

  private async endedJob(id: string): Promise<Job> {
    const job = await this.store.find(id);
    if (job && isTerminal(job.state)) return job;
    throw new UserError(
      `Job ${id} does not run here.`,
      'It runs in another window or terminal: `status` tells.',
    );
  }

  private async run(entry: ActiveJob, work: Work): Promise<void> {
    const outcome = await this.outcomeOf(entry, work);
    entry.job = ended(entry.job, outcome, now());
    try {
      await this.store.save(entry.job);
    } catch (error) {
      this.logger.error(`The end of ${entry.job.id} could not be written: ${messageOf(error)}`);
    }
    this.active.delete(entry.job.id);
    this.changeEmitter.fire(entry.job);
    entry.end.resolve(entry.job);
  }

  /** Never rejects: whatever goes wrong is an outcome. */
  private async outcomeOf(entry: ActiveJob, work: Work): Promise<Outcome> {
    try {
      await this.become(entry, started(entry.job, now()));
      const { outcome, result } = await work(
        entry.job,
        (progress) => this.progress(entry, progress),
        entry.abort.signal,
      );
      await this.store.saveResult(entry.job, result);
      return outcome;
    } catch (error) {
      return this.failed(entry, error);
    }
  }

  private failed(entry: ActiveJob, error: unknown): Outcome {
    if (error instanceof CancelledError || entry.abort.signal.aborted) {
      return entry.job.state === 'cancelling'
        ? { state: 'cancelled', verdict: 'cancelled', structure: null, failure: null }
        : {
            state: 'interrupted',
            verdict: 'failed',
            structure: null,
            failure: { message: 'Tandem was closed while the review ran.' },
          };
    }
    if (!(error instanceof UserError))
      this.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return { state: 'failed', verdict: 'failed', structure: null, failure: failureOf(error) };
  }

  /** Phase and activity are only for watching; what identifies the run is written. */
  private progress(entry: ActiveJob, progress: ReviewProgress): void {
    const before = entry.job;
    entry.job = progressed(before, progress);
    if (entry.job === before) return;
    this.changeEmitter.fire(entry.job);
    if (entry.job.threadId !== before.threadId || entry.job.model !== before.model) {
      this.store.save(entry.job).catch((error: unknown) => this.logger.error(messageOf(error)));
    }
  }

  private async become(entry: ActiveJob, job: Job): Promise<void> {
    if (job === entry.job) return;
    entry.job = job;
    this.changeEmitter.fire(job);
    await this.store.save(job);
  }
}

function newJob(spec: JobSpec): Job {
  return {
    ...spec,
    id: `${spec.kind}-${randomBytes(4).toString('hex')}`,
    state: 'queued',
    phase: null,
    activity: null,
    provider: null,
    threadId: null,
    structure: null,
    verdict: null,
    failure: null,
    createdAt: now(),
    startedAt: null,
    endedAt: null,
  };
}

function failureOf(error: unknown): Failure {
  if (error instanceof UserError)
    return { message: error.message, ...(error.advice !== undefined && { advice: error.advice }) };
  return {
    message: `Something went wrong inside Tandem: ${messageOf(error)}`,
    advice: 'See `Tandem: Show Log`.',
  };
}

function now(): string {
  return new Date().toISOString();
}
