import { deferred, withDeadline } from '../../../src/base/async.ts';
import type { BridgeService, Call } from '../../../src/bridge/bridgeService.ts';
import type {
  CancelParams,
  Client,
  DecideParams,
  FindingsParams,
  PrepareTaskParams,
  Progress,
  Questions,
  ResultParams,
  SessionParams,
  SetupParams,
  StartJobParams,
  StatusParams,
  StopParams,
  StopResult,
} from '../../../src/protocol/bridge.ts';
import type { Job } from '../../../src/protocol/job.ts';
import type { Report } from '../../../src/protocol/report.ts';
import { sampleFinding, sampleJob, sampleReport } from './samples.ts';

/** A host's service whose one job ends when the test says so. */
export class FakeService implements BridgeService {
  readonly greetedClients: Client[] = [];
  readonly started: { params: StartJobParams; client: Client }[] = [];
  readonly cancelled: CancelParams[] = [];
  readonly decided: DecideParams[] = [];
  /** Put to whoever starts a job. */
  questions: Questions | undefined;
  readonly statusAsked: StatusParams[] = [];
  readonly resultAsked: ResultParams[] = [];
  readonly setupAsked: SetupParams[] = [];
  readonly prepared: { params: PrepareTaskParams; client: Client }[] = [];
  readonly stops: { params: StopParams; client: Client }[] = [];
  readonly sessions: { event: 'start' | 'end'; params: SessionParams; client: Client }[] = [];
  /** Signals of the waits so far. */
  readonly waits: AbortSignal[] = [];
  /** Sent to every waiting companion. */
  progress: Progress[] = [];
  /** Thrown by everything that answers at once, if set. */
  failure: Error | undefined;
  /** What the job ends with; without it, it runs until it is cancelled or `end` is called. */
  report: Report | undefined = sampleReport();
  /** The host's answer where the caller leaves it to the host whether to wait. */
  autoWait = true;
  resumable: Job | null = null;
  /** False for a host of a version that knew no exports. */
  exports = true;
  stopResult: StopResult = { decision: 'allow' };
  readonly markdown = {
    status: 'Finished in shop:',
    setup: 'Tandem is ready.',
    findings: 'Open findings in shop:',
  };
  private readonly ended = deferred<Report>();
  private readonly firstCancelled = deferred<string>();

  greeted(client: Client): void {
    this.greetedClients.push(client);
  }

  decide(params: DecideParams): Promise<null> {
    this.decided.push(params);
    return this.answer(null);
  }

  startJob(params: StartJobParams, call: Call) {
    const { client } = call;
    this.started.push({ params, client });
    if (this.questions) call.onQuestions(this.questions);
    const wait = params.mode === 'auto' ? this.autoWait : params.mode === 'wait';
    const kind = params.order.kind === 'more' ? 'review' : params.order.kind;
    const job = { kind, state: 'running', verdict: null, structure: null, endedAt: null } as const;
    return this.answer({ report: { ...sampleReport([], job), result: null, markdown: 'running' }, wait });
  }

  wait(_params: { id: string }, call: Call): Promise<Report> {
    this.waits.push(call.signal);
    for (const progress of this.progress) call.onProgress(progress);
    return this.report ? Promise.resolve(this.report) : this.ended.promise;
  }

  cancel(params: CancelParams): Promise<Report> {
    this.cancelled.push(params);
    this.firstCancelled.resolve(params.id ?? '');
    const report = {
      ...sampleReport([], { state: 'cancelled', verdict: 'cancelled' }, 'Cancelled.'),
      result: null,
    };
    this.end(report);
    return this.answer(report);
  }

  result(params: ResultParams): Promise<Report> {
    this.resultAsked.push(params);
    return this.answer(this.report ?? sampleReport());
  }

  status(params: StatusParams) {
    this.statusAsked.push(params);
    return this.answer({ jobs: [this.report?.job ?? sampleJob()], markdown: this.markdown.status });
  }

  setup(params: SetupParams) {
    this.setupAsked.push(params);
    const checks = [{ id: 'codex', title: 'Codex', state: 'ok' as const, detail: '0.169.0' }];
    return this.answer({ checks, markdown: this.markdown.setup });
  }

  score() {
    return this.answer({ markdown: '# Score card of shop', json: '{}' });
  }

  findings({ export: options }: FindingsParams) {
    const exported = options &&
      this.exports && { exported: `${options.format} of ${options.all ? 'all' : 'open ones'}\n` };
    return this.answer({ findings: [sampleFinding()], markdown: this.markdown.findings, ...exported });
  }

  prepareTask(params: PrepareTaskParams, { client }: Call) {
    this.prepared.push({ params, client });
    return this.answer({ resumable: this.resumable });
  }

  stop(params: StopParams, { client }: Call): Promise<StopResult> {
    this.stops.push({ params, client });
    return this.answer(this.stopResult);
  }

  sessionStart(params: SessionParams, { client }: Call): Promise<null> {
    this.sessions.push({ event: 'start', params, client });
    return this.answer(null);
  }

  sessionEnd(params: SessionParams, { client }: Call): Promise<null> {
    this.sessions.push({ event: 'end', params, client });
    return this.answer(null);
  }

  end(report: Report): void {
    this.ended.resolve(report);
  }

  /** Resolves with the id of the first job that was cancelled; rejects after 10 s without one. */
  get firstCancel(): Promise<string> {
    return withDeadline(this.firstCancelled.promise, 10_000, 'A cancellation');
  }

  private answer<T>(value: T): Promise<T> {
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(value);
  }
}
