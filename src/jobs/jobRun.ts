import { type Deferred, deferred } from '../base/async.ts';
import { CancelledError, LimitReached, UserError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { voiceName } from '../protocol/finding.ts';
import { type Failure, isReview } from '../protocol/job.ts';
import type { Order } from '../protocol/order.ts';
import type { JobResult } from '../protocol/report.ts';
import type { AgentContext, AgentControl, AgentProgress, WorkSoFar } from './agent.ts';
import { type Job, type Outcome, cancelling, ended, isTerminal, progressed, started } from './job.ts';
import type { JobStore } from './jobStore.ts';

/** What a job's work hands back: how it ended, and what it produced. */
export interface Finished {
  outcome: Outcome;
  result: JobResult;
}

/** The same of whatever ended it; null where nothing came of it. */
type End = Omit<Finished, 'result'> & { result: JobResult | null };

export interface RunContext extends AgentContext {
  /** What there is so far; it becomes the result if the job does not get to its end. */
  readonly keep: (partial: JobResult) => void;
}

/**
 * The work of one kind of job; a thread on the job means that it is to go on there. `order` is what was asked for.
 * Throws `CancelledError` once it stopped because of `signal`, `UserError` for a failure.
 */
export type Runner = (job: Job, order: Order | null, context: RunContext) => Promise<Finished>;

export interface JobRunOptions {
  store: JobStore;
  logger: Logger;
  runner: Runner;
  order: Order | null;
  onChange(job: Job): void;
  /** There is more to be seen of the work. */
  onWork(job: Job): void;
}

/** Others see the progress of a job on disk, at most this often. Milliseconds. */
const saveInterval = 2_000;

/** One job of this host, from the queue to its end, which comes exactly once. */
export class JobRun {
  private readonly abort = new AbortController();
  private readonly end: Deferred<Job> = deferred();
  private partial: JobResult | null = null;
  private partialIsNew = false;
  private lastSaved = Date.now();
  private control: AgentControl | null = null;
  /** What it has come to while it runs; null before there is anything. Gone with the run. */
  work: WorkSoFar | null = null;

  /** Resolves with the job once its end is on disk, or is kept by the store because the disk does not take it. */
  readonly ended: Promise<Job> = this.end.promise;

  constructor(
    private current: Job,
    private readonly options: JobRunOptions,
  ) {}

  get job(): Job {
    return this.current;
  }

  /** Does the work. Never rejects: whatever goes wrong is an outcome. */
  async run(): Promise<void> {
    await this.finish(await this.outcome());
  }

  /** Asks the work to stop because the user wants it; the job is `cancelling` until that is confirmed. */
  async cancel(): Promise<void> {
    const saved = this.become(cancelling(this.current));
    // Whether or not that reaches the disk, the work is stopped.
    this.abort.abort();
    await saved.catch((error: unknown) => this.options.logger.error(messageOf(error)));
  }

  /**
   * Says something to the agent while it works.
   * @throws UserError where it does not listen
   */
  async steer(text: string): Promise<void> {
    if (!this.control)
      throw new UserError(
        `${voiceName(this.current.reviewer)} does not listen while it does this.`,
        'Wait for the end of the job.',
      );
    await this.control.steer(text);
  }

  /** Asks the work to stop because the host ends. */
  interrupt(): void {
    this.abort.abort();
  }

  /** Ends a job that has been asked to stop before its work began. */
  endUnstarted(): Promise<void> {
    return this.finish({ outcome: this.stopped(), result: null });
  }

  private async finish({ outcome, result }: End): Promise<void> {
    if (isTerminal(this.current.state)) return;
    this.current = ended(this.current, outcome, now());
    await this.options.store.saveEnd(this.current, result);
    this.end.resolve(this.current);
  }

  private async outcome(): Promise<End> {
    const { runner, order } = this.options;
    const context: RunContext = {
      onProgress: (progress) => this.progress(progress),
      signal: this.abort.signal,
      onControl: (control) => (this.control = control),
      onWork: (work) => {
        this.work = work;
        this.options.onWork(this.current);
      },
      keep: (partial) => {
        this.partial = partial;
        this.partialIsNew = true;
      },
    };
    try {
      await this.become(started(this.current, now()));
      return await runner(this.current, order, context);
    } catch (error) {
      return { outcome: this.failed(error), result: this.partial };
    }
  }

  private async keepPartial(): Promise<void> {
    if (!this.partial) return;
    const { store, logger } = this.options;
    try {
      await store.saveResult(this.current, this.partial);
    } catch (error) {
      logger.error(`What there was of ${this.current.id} could not be written: ${messageOf(error)}`);
    }
  }

  private failed(error: unknown): Outcome {
    if (error instanceof CancelledError || this.abort.signal.aborted) return this.stopped();
    if (!(error instanceof UserError))
      this.options.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return this.unsuccessful('failed', failureOf(error));
  }

  private stopped(): Outcome {
    if (this.current.state === 'cancelling') return this.unsuccessful('cancelled', null);
    return this.unsuccessful('interrupted', { message: 'Tandem was closed before this had ended.' });
  }

  private unsuccessful(state: 'failed' | 'cancelled' | 'interrupted', failure: Failure | null): Outcome {
    const verdict = state === 'cancelled' ? 'cancelled' : 'failed';
    return {
      state,
      verdict: isReview(this.current.kind) ? verdict : null,
      structure: null,
      summary: null,
      failure,
    };
  }

  /** Phase and activity are for watching, and reach the disk now and then; what identifies the run is written at once. */
  private progress(progress: AgentProgress): void {
    const before = this.current;
    this.current = progressed(before, progress);
    if (this.current === before) return;
    this.options.onChange(this.current);
    if (!isNews(before, this.current) && Date.now() - this.lastSaved < saveInterval) return;
    this.lastSaved = Date.now();
    const { store, logger } = this.options;
    store.save(this.current).catch((error: unknown) => logger.error(messageOf(error)));
    // Should this host be killed, there is still what there was.
    if (this.partialIsNew) void this.keepPartial();
    this.partialIsNew = false;
  }

  private async become(job: Job): Promise<void> {
    if (job === this.current) return;
    this.current = job;
    this.options.onChange(job);
    await this.options.store.save(job);
  }
}

function isNews(before: Job, after: Job): boolean {
  return (['threadId', 'model', 'state', 'notes'] as const).some((key) => before[key] !== after[key]);
}

/** In words for the user. */
export function failureOf(error: unknown): Failure {
  if (error instanceof UserError)
    return {
      message: error.message,
      ...(error.advice !== undefined && { advice: error.advice }),
      ...(error instanceof LimitReached && { limitResetsAt: error.resetsAt }),
    };
  return {
    message: `Something went wrong inside Tandem: ${messageOf(error)}`,
    advice: 'See `Tandem: Show Log`.',
  };
}

function now(): string {
  return new Date().toISOString();
}
