import { Emitter, type Event } from 'vscode-jsonrpc/node';
import {
  createAppServer,
  createApprovals,
  createConsent,
  createConversations,
  createFindings,
  createFixes,
  createJobs,
  createPreviews,
  createRenames,
  createSecondOpinions,
  createTaskChanges,
} from './app/appParts.ts';
import { Budgets } from './app/budgets.ts';
import { cancelJob } from './app/cancelJob.ts';
import type { Consent } from './app/consent.ts';
import { continuationOf } from './app/continuation.ts';
import type { Conversations } from './app/conversations.ts';
import type { Fixes } from './app/fixes.ts';
import { gateParts } from './app/gateParts.ts';
import type { Host } from './app/host.ts';
import { orderParts } from './app/orderParts.ts';
import { changeStatesOf, reportOf } from './app/reports.ts';
import { type RecoveryParts, recover, takeUp } from './app/recovery.ts';
import { Races } from './app/races.ts';
import type { ReviewPreviews } from './app/reviewPreviews.ts';
import type { RunnerParts } from './app/runners.ts';
import { type ScoreCard, readScoreCard } from './app/scoreCard.ts';
import { HostService } from './app/service.ts';
import type { SecondOpinions } from './app/secondOpinions.ts';
import type { Settings } from './app/settings.ts';
import { setup } from './app/setup.ts';
import type { TaskChanges } from './app/taskChanges.ts';
import { TerminalQuestions } from './app/terminalQuestions.ts';
import { unwrittenText, withUnwritten } from './app/unwritten.ts';
import { DisposableStore } from './base/disposable.ts';
import { UsageError, UserError, messageOf } from './base/errors.ts';
import { tagged } from './base/logger.ts';
import { thisOwner } from './base/owner.ts';
import { realPathSync } from './base/paths.ts';
import { BridgeServer } from './bridge/bridgeServer.ts';
import { HooksSeen } from './claude/hooksSeen.ts';
import { type AppServer } from './codex/appServer.ts';
import type { Approvals } from './codex/approvals.ts';
import { exportFindings } from './findings/export/exportFindings.ts';
import type { FindingStore } from './findings/findingStore.ts';
import { ReviewedTexts } from './findings/reviewedTexts.ts';
import { Gate, type Stop } from './gate/gate.ts';
import { GateStore } from './gate/gateStore.ts';
import { findRepositories } from './git/repository.ts';
import { JobStore } from './jobs/jobStore.ts';
import { type Jobs } from './jobs/jobs.ts';
import { Orders, type RaceOrder } from './jobs/orders.ts';
import type { Asker } from './jobs/orderSpec.ts';
import { Permits } from './jobs/permits.ts';
import type { SetupResult, StopResult } from './protocol/bridge.ts';
import type { ExportFormat } from './protocol/exportFormat.ts';
import type { Job } from './protocol/job.ts';
import type { Order } from './protocol/order.ts';
import type { Report } from './protocol/report.ts';
import type { ChangeState } from './protocol/taskChange.ts';

/** The whole product without its surface: what a window and the headless host have in common. */
export class App {
  readonly jobs: Jobs;
  readonly orders: Orders;
  readonly findings: FindingStore;
  readonly appServer: AppServer;
  readonly bridge: BridgeServer;
  readonly gate: Gate;
  readonly gates: GateStore;
  /** What delegated tasks changed. */
  readonly changes: TaskChanges;
  readonly races: Races;
  /** What is said about findings. */
  readonly conversations: Conversations;
  /** What can be known of a review before it starts. */
  readonly previews: ReviewPreviews;
  /** The present name of a file that is gone; null if none is known. */
  readonly renamedTo: (repository: string, file: string) => Promise<string | null>;
  private readonly jobStore: JobStore;
  /** What Codex asks now. */
  readonly approvals: Approvals;
  /** Terminals that are asked it, where there is no window. */
  readonly terminals: TerminalQuestions;
  readonly permits: Permits;
  readonly hooksSeen: HooksSeen;
  /** What is used up of the limits of both accounts. */
  readonly budgets: Budgets;
  private readonly consent: Consent;
  private readonly fixes: Fixes;
  private readonly secondOpinions: SecondOpinions;
  private readonly warningEmitter = new Emitter<string>();
  private readonly store = new DisposableStore();
  private recovery: Promise<void> = Promise.resolve();

  /** Fires with something that the user should know though nobody here asked for it. */
  readonly onDidWarn: Event<string> = this.warningEmitter.event;

  constructor(private readonly host: Host) {
    const { stateHome, version, logger } = host;
    const { store } = this;
    const log = tagged(logger, 'jobs');
    this.renamedTo = createRenames(host);
    this.findings = createFindings(host, this);
    this.permits = new Permits(stateHome);
    this.hooksSeen = new HooksSeen(stateHome, log);
    this.gates = new GateStore(stateHome, tagged(logger, 'gate'));
    this.consent = createConsent(host, this.permits);
    this.terminals = new TerminalQuestions(host.kind === 'window');
    this.approvals = createApprovals(host, this);
    store.add(this.approvals.onDidChange(() => this.terminals.tell(this.approvals.pending)));
    this.jobStore = new JobStore(stateHome, thisOwner(), log);
    store.add(
      this.jobStore.onDidNotWrite((end) => {
        this.warningEmitter.fire(unwrittenText(end, host));
      }),
    );
    this.changes = createTaskChanges(host, this.jobStore);
    this.appServer = createAppServer(host, this.approvals);
    this.budgets = new Budgets(stateHome, log);
    store.add(this.budgets.follow(this.appServer));
    this.conversations = createConversations(host, this);
    this.fixes = createFixes(host, this);
    this.jobs = createJobs(this.jobStore, { host, ...this.runnerParts() });
    store.add(this.budgets.followReviews(this.jobs, this.appServer));
    this.secondOpinions = createSecondOpinions(host, this);
    store.add(this.secondOpinions.follow());
    this.races = new Races({ jobs: this.jobs, changes: this.changes, git: () => ({ env: host.env }) });
    store.add(this.conversations.follow(this.jobs));
    store.add(this.fixes.follow(this.changes));
    this.orders = new Orders(orderParts(this, host));
    this.gate = new Gate(gateParts(this, host));
    this.previews = createPreviews(host, this);
    this.bridge = new BridgeServer({
      kind: host.kind,
      version,
      stateHome,
      logger,
      folders: () => host.folders(),
      service: new HostService(this),
    });
  }

  get stateHome(): string {
    return this.host.stateHome;
  }

  settings(): Settings {
    return this.host.settings();
  }

  /** Restores what is known, and opens the socket for callers; what killed hosts left is looked after meanwhile. */
  async start(): Promise<void> {
    const { host, store } = this;
    const changed = host.onDidChangeFolders(() => {
      this.foldersChanged().catch((error: unknown) => host.logger.error(messageOf(error)));
    });
    store.add(changed);
    await this.showKnown();
    store.add(await this.budgets.watch());
    await this.bridge.listen();
    this.recovery = recover(this.recoveryParts(), this.repositories()).catch((error: unknown) =>
      host.logger.error(messageOf(error)),
    );
  }

  /** Ends everything: jobs as interrupted, then the App Server, then the socket. */
  async dispose(): Promise<void> {
    this.store.dispose();
    await this.bridge.retire();
    await this.secondOpinions.settled();
    await this.jobs.dispose();
    this.changes.dispose();
    await this.conversations.settled();
    await this.fixes.settled();
    await this.recovery;
    await this.appServer.dispose();
    await this.bridge.close();
    this.findings.dispose();
    await this.budgets.settled();
    this.budgets.dispose();
    this.warningEmitter.dispose();
  }

  /**
   * Starts what was ordered, with the model and effort of the settings where the order names none.
   * @throws UsageError if what it is about is not there, or where Claude is to change files and tasks may not do so unasked;
   * UserError in an untrusted workspace
   */
  async place(order: Order, asker: Asker): Promise<Job> {
    this.requireTrust();
    if (order.kind === 'task' && order.agent === 'claude' && order.write) this.requireUnaskedChanges();
    return this.orders.place(order, asker);
  }

  /**
   * Has both agents fix the same, each in a worktree of its own.
   * @throws as `place`, and UsageError where tasks may not change files unasked
   */
  async race(order: RaceOrder, asker: Asker): Promise<Job> {
    this.requireTrust();
    this.requireUnaskedChanges();
    return this.orders.placeRace(order, asker);
  }

  /** Claude cannot ask in a task, and a race is no race while one waits for an answer. */
  private requireUnaskedChanges(): void {
    if (this.settings().taskSandbox !== 'read-only') return;
    throw new UsageError(
      'Tasks may not change files without asking, and Claude cannot ask.',
      'The setting “tandem.task.sandbox” decides about that; Codex asks for each change.',
    );
  }

  /** The text of a file as it was reviewed; null where it is not kept. */
  reviewedText(repository: string, key: string): Promise<string | null> {
    return this.reviewedTexts(repository).read(key);
  }

  /**
   * What another agent is told that is to go on with a job of Codex.
   * @throws UserError as `continuationOf`, and in an untrusted workspace
   */
  continuation(job: Job): Promise<string> {
    this.requireTrust();
    const { appServer, findings, changes, host } = this;
    const git = () => ({ env: host.env, exclude: host.settings().reviewExclude });
    return continuationOf({ appServer, findings, changes, git }, job);
  }

  /** The findings of a repository as the text of a file; `all` with what is fixed or dismissed. */
  async exportFindings(repository: string, options: { format: ExportFormat; all: boolean }): Promise<string> {
    const { version } = this.host;
    return exportFindings(await this.findings.of(repository), { ...options, repository, version });
  }

  /** What became of the findings of each reviewer in a repository. */
  scoreCard(repository: string): Promise<ScoreCard> {
    return readScoreCard(this, repository);
  }

  /** @throws UserError in an untrusted workspace. */
  requireTrust(): void {
    if (!this.host.trusted())
      throw new UserError('Nothing is run in an untrusted workspace.', 'Trust the workspace first.');
  }

  /**
   * What Claude's model may start, in the words that the user typed for it.
   * @throws UserError where the user does not want it
   */
  requireConsent(order: Order, session: string | null): Promise<Order> {
    return this.consent.require(order, session);
  }

  /**
   * Asks a job of any host to stop; resolves with it once it has ended.
   * @throws UsageError if there is no such job, UserError if its host does not answer
   */
  cancelJob(id: string): Promise<Job> {
    return cancelJob(this, this.host.version, id);
  }

  /** The second opinion on what a review by both found, once its reviews have ended; null where nobody is asked. */
  async opinionOn(job: Job): Promise<Job | null> {
    await this.followedUp();
    return this.jobs.opinionOn(job);
  }

  /** Resolves once the jobs are placed that follow from those which have ended so far. */
  followedUp(): Promise<void> {
    return this.secondOpinions.settled();
  }

  /** A job with what came of it; of a review by both, the other one too. */
  report(job: Job, full = false): Promise<Report> {
    const { jobs, findings, jobStore: store, host } = this;
    const isHeadless = host.kind === 'headless';
    return reportOf(withUnwritten(job, store, host), { jobs, findings, store, isHeadless, full });
  }

  /** What became of the tasks' changes, by job; left out where nothing is known of one. */
  changeStates(jobs: readonly Job[]): Promise<Record<string, ChangeState>> {
    return changeStatesOf(jobs, this.jobStore);
  }

  /** Claude is about to stop. */
  async stop(stop: Stop): Promise<StopResult> {
    this.requireTrust();
    const result = await this.gate.stop(stop);
    if (result.warning !== undefined) this.warningEmitter.fire(result.warning);
    return result;
  }

  /** Looks at everything that reviews and slash commands need, and says what is missing and what to do. */
  setup(request: {
    cwd: string;
    session: string | null;
    gate?: boolean;
    test?: boolean;
  }): Promise<SetupResult> {
    this.requireTrust();
    return setup(this, this.host, request);
  }

  /** Repositories of the window's folders. */
  repositories(): string[] {
    return [...new Set(this.host.folders().flatMap(findRepositories))];
  }

  private runnerParts(): Omit<RunnerParts, 'host'> {
    const { appServer, approvals, findings, conversations, changes, fixes, budgets } = this;
    return { appServer, approvals, findings, conversations, changes, fixes, budgets };
  }

  private async foldersChanged(): Promise<void> {
    await this.showKnown();
    await this.bridge.updateFolders();
    await takeUp(this.recoveryParts(), this.repositories());
  }

  private recoveryParts(): RecoveryParts {
    const { host, jobs, changes, findings, gates } = this;
    const { stateHome, env, logger } = host;
    return { stateHome, env, logger, jobs, changes, findings, gates };
  }

  private reviewedTexts(repository: string): ReviewedTexts {
    return new ReviewedTexts(this.host.stateHome, repository, tagged(this.host.logger, 'findings'));
  }

  private async showKnown(): Promise<void> {
    const repositories = this.repositories();
    await this.findings.show(repositories, this.host.folders().map(realPathSync));
    await this.changes.show(repositories);
  }
}
