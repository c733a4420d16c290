import { deferred, withDeadline } from '../../../src/base/async.ts';
import type { BridgeService } from '../../../src/bridge/bridgeService.ts';
import type { Progress, SetupParams, StartReviewParams, StatusParams } from '../../../src/protocol/bridge.ts';
import type { Report } from '../../../src/protocol/report.ts';
import { sampleJob, sampleReport } from './samples.ts';

/** A host's service whose one job ends when the test says so. */
export class FakeService implements BridgeService {
  readonly started: { params: StartReviewParams; origin: 'claude' | 'cli' }[] = [];
  readonly cancelled: string[] = [];
  readonly statusAsked: StatusParams[] = [];
  readonly setupAsked: SetupParams[] = [];
  /** Signals of the waits so far. */
  readonly waits: AbortSignal[] = [];
  /** Sent to every waiting companion. */
  progress: Progress[] = [];
  /** Thrown by `startReview`, `status` and `setup` if set. */
  failure: Error | undefined;
  /** What the job ends with; without it, it runs until it is cancelled or `end` is called. */
  report: Report | undefined = sampleReport();
  readonly markdown = { status: 'Reviews in shop, newest first:', setup: 'Tandem is ready.' };
  private readonly ended = deferred<Report>();
  private readonly firstCancelled = deferred<string>();

  startReview(params: StartReviewParams, origin: 'claude' | 'cli'): Promise<Report> {
    this.started.push({ params, origin });
    if (this.failure) return Promise.reject(this.failure);
    const job = { state: 'running', verdict: null, structure: null, endedAt: null } as const;
    return Promise.resolve({ ...sampleReport([], job), result: null, markdown: 'running' });
  }

  wait(_id: string, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<Report> {
    this.waits.push(signal);
    for (const progress of this.progress) onProgress(progress);
    return this.report ? Promise.resolve(this.report) : this.ended.promise;
  }

  cancel(id: string): Promise<Report> {
    this.cancelled.push(id);
    this.firstCancelled.resolve(id);
    const report = {
      ...sampleReport([], { state: 'cancelled', verdict: 'cancelled' }, 'Cancelled.'),
      result: null,
    };
    this.end(report);
    return Promise.resolve(report);
  }

  status(params: StatusParams) {
    this.statusAsked.push(params);
    if (this.failure) return Promise.reject(this.failure);
    return Promise.resolve({ jobs: [sampleJob()], markdown: this.markdown.status });
  }

  setup(params: SetupParams) {
    this.setupAsked.push(params);
    if (this.failure) return Promise.reject(this.failure);
    const checks = [{ id: 'codex', title: 'Codex', state: 'ok' as const, detail: '0.169.0' }];
    return Promise.resolve({ checks, markdown: this.markdown.setup });
  }

  end(report: Report): void {
    this.ended.resolve(report);
  }

  /** Resolves with the id of the first job that was cancelled; rejects after 10 s without one. */
  get firstCancel(): Promise<string> {
    return withDeadline(this.firstCancelled.promise, 10_000, 'A cancellation');
  }
}
