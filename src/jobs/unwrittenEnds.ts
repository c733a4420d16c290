import { Emitter, type Event } from 'vscode-jsonrpc/node';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { JobResult } from '../protocol/report.ts';
import type { Job } from './job.ts';

/** How a job ended, and with what; null where nothing came of it. */
export interface JobEnd {
  job: Job;
  result: JobResult | null;
}

/** How long the first, second … attempt more to write them waits; the last one holds for all further ones. Milliseconds. */
const defaultBackoff: readonly number[] = [1_000, 2_000, 5_000, 15_000, 30_000, 60_000];

/** Ends of jobs that the disk did not take: kept here, and tried again until it does. */
export class UnwrittenEnds {
  private readonly ends = new Map<string, JobEnd & { reason: string }>();
  private readonly failEmitter = new Emitter<{ job: Job; reason: string }>();
  private attempts = 0;
  private timer: NodeJS.Timeout | undefined;
  private trying: Promise<void> | null = null;
  private isOver = false;

  /** Fires with the first end that the disk does not take, until it has taken all again. */
  readonly onDidFail: Event<{ job: Job; reason: string }> = this.failEmitter.event;

  constructor(
    private readonly write: (end: JobEnd) => Promise<void>,
    private readonly logger: Logger,
    private readonly backoff: readonly number[] = defaultBackoff,
  ) {}

  /** With what the disk said first; undefined where there is nothing to write. */
  get(id: string): (JobEnd & { readonly reason: string }) | undefined {
    return this.ends.get(id);
  }

  /** Writes it, now or later. */
  async put(end: JobEnd): Promise<void> {
    try {
      await this.write(end);
    } catch (error) {
      const { job } = end;
      const reason = messageOf(error);
      const isFirst = this.ends.size === 0;
      this.ends.set(job.id, { ...end, reason });
      this.logger.error(`The end of ${job.id} could not be written: ${reason}`);
      if (isFirst) this.failEmitter.fire({ job, reason });
      this.wait();
    }
  }

  /** It was deleted: there is nothing to write any more. */
  forget(id: string): void {
    this.ends.delete(id);
  }

  /** Tries again at once: the disk has taken something else. */
  retry(): Promise<void> {
    if (this.ends.size === 0) return Promise.resolve();
    clearTimeout(this.timer);
    this.trying ??= this.writeAll().finally(() => {
      this.trying = null;
      this.wait();
    });
    return this.trying;
  }

  /** Tries once more, and then no more. */
  async dispose(): Promise<void> {
    this.isOver = true;
    await this.retry();
    clearTimeout(this.timer);
    this.failEmitter.dispose();
  }

  private async writeAll(): Promise<void> {
    for (const [id, end] of this.ends) {
      try {
        await this.write(end);
      } catch (error) {
        this.attempts += 1;
        this.logger.warn(`The end of ${id} could still not be written: ${messageOf(error)}`);
        return;
      }
      this.ends.delete(id);
      this.attempts = 0;
      this.logger.info(`The end of ${id} has been written now.`);
    }
  }

  private wait(): void {
    clearTimeout(this.timer);
    if (this.isOver || this.ends.size === 0) return;
    const pause = this.backoff[this.attempts] ?? this.backoff.at(-1);
    this.timer = setTimeout(() => void this.retry(), pause);
  }
}
