import { explainQuestion } from '../prompts/review/question.ts';
import { Emitter, type Event } from 'vscode-jsonrpc/node';
import { Budgets } from './app/budgets.ts';
import { createAppServer, createJobs } from './app/appParts.ts';
import { cancelJob } from './app/cancelJob.ts';
import { type FoundCheck, findChecks } from './app/checkCommands.ts';
import { Consent } from './app/consent.ts';
import { continuationOf } from './app/continuation.ts';
import { Conversations } from './app/conversations.ts';
import { Fixes } from './app/fixes.ts';
import { gateParts } from './app/gateParts.ts';
import type { Host } from './app/host.ts';
import { orderParts, resolve } from './app/orderParts.ts';
import { changeStatesOf, reportOf } from './app/reports.ts';
import { type RecoveryParts, recover, takeUp } from './app/recovery.ts';
import { Races } from './app/races.ts';
import type { RunnerParts } from './app/runners.ts';
import { type ScoreCard, readScoreCard } from './app/scoreCard.ts';
import { HostService } from './app/service.ts';
import { SecondOpinions } from './app/secondOpinions.ts';
import type { Settings } from './app/settings.ts';
import { setup } from './app/setup.ts';
import { TaskChanges } from './app/taskChanges.ts';
import { TerminalQuestions } from './app/terminalQuestions.ts';
import { unwrittenText, withUnwritten } from './app/unwritten.ts';
import { type WhatLeaves, reviewersOf, whatLeaves } from './app/whatLeaves.ts';
import { worktreesFolder } from './app/workplaces.ts';
import { DisposableStore } from './base/disposable.ts';
import { UsageError, UserError, messageOf } from './base/errors.ts';
import { tagged } from './base/logger.ts';
import { thisOwner } from './base/owner.ts';
import { realPathSync } from './base/paths.ts';
import { BridgeServer } from './bridge/bridgeServer.ts';
import { HooksSeen } from './claude/hooksSeen.ts';
import { type AppServer } from './codex/appServer.ts';
import { Approvals } from './codex/approvals.ts';
import { exportFindings } from './findings/export/exportFindings.ts';
import { FindingStore } from './findings/findingStore.ts';
import { withPresentPlaces } from './findings/placeFindings.ts';
import { ReviewedTexts } from './findings/reviewedTexts.ts';
import { reviewBy } from './findings/statements.ts';
import { readTeamDismissals } from './findings/teamFile.ts';
import { Gate, type Stop } from './gate/gate.ts';
import { GateStore } from './gate/gateStore.ts';
import { listBranches } from './git/baseBranch.ts';
import { Renames } from './git/renames.ts';
import { findRepositories } from './git/repository.ts';
import { isTerminal } from './jobs/job.ts';
import { JobStore } from './jobs/jobStore.ts';
import { type Jobs } from './jobs/jobs.ts';
import { type Asker, Orders, type RaceOrder } from './jobs/orders.ts';
import { Permits } from './jobs/permits.ts';
import type { SetupResult, StopResult } from './protocol/bridge.ts';
import type { ExportFormat } from './protocol/exportFormat.ts';
import type { Job } from './protocol/job.ts';
import type { KnownFinding } from './protocol/knownFinding.ts';
import type { Order, ReviewOrder } from './protocol/order.ts';
import type { Report } from './protocol/report.ts';
import type { Target, TargetRequest } from './protocol/target.ts';
import type { ChangeState } from './protocol/taskChange.ts';

const minute = 60_000;

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
  private readonly renames: Renames;
  private readonly conversations: Conversations;
  private readonly fixes: Fixes;
  private readonly secondOpinions: SecondOpinions;
  private readonly warningEmitter = new Emitter<string>();
  private readonly store = new DisposableStore();
  private recovery: Promise<void> = Promise.resolve();

  /** Fires with something that the user should know though nobody here asked for it. */
  readonly onDidWarn: Event<string> = this.warningEmitter.event;

  constructor(private readonly host: Host) {
    const { stateHome, version, logger } = host;
    const log = tagged(logger, 'jobs');
    this.findings = new FindingStore({
      stateHome,
      owner: thisOwner(),
      logger: tagged(logger, 'findings'),
      place: (_, findings) => withPresentPlaces(findings, this),
      team: (repository) => readTeamDismissals(repository, tagged(logger, 'findings')),
    });
    this.permits = new Permits(stateHome);
    this.hooksSeen = new HooksSeen(stateHome, log);
    this.renames = new Renames({ env: host.env });
    this.gates = new GateStore(stateHome, tagged(logger, 'gate'));
    this.consent = new Consent({
      permits: this.permits,
      policy: () => host.settings().modelMayReview,
      reviewer: () => host.settings().reviewers,
      ...(host.askConsent && { ask: (what: string) => host.askConsent?.(what) ?? Promise.resolve(false) }),
    });
    this.approvals = new Approvals({
      logger: tagged(logger, 'codex'),
      whyUnasked: (job, subject) => this.terminals.whyUnasked(job, subject),
      timeout: () => host.settings().approvalMinutes * minute,
      cancelJob: (id) => this.jobs.cancel(id),
    });
    this.terminals = new TerminalQuestions(host.kind === 'window');
    this.store.add(this.approvals.onDidChange(() => this.terminals.tell(this.approvals.pending)));
    this.jobStore = new JobStore(stateHome, thisOwner(), log);
    const warned = this.jobStore.onDidNotWrite((end) => {
      this.warningEmitter.fire(unwrittenText(end, host));
    });
    this.store.add(warned);
    this.changes = new TaskChanges({
      store: this.jobStore,
      folder: worktreesFolder(stateHome),
      logger: log,
      git: () => ({ env: host.env }),
      ...(host.problems && { problems: host.problems }),
    });
    this.appServer = createAppServer(host, this.approvals);
    this.budgets = new Budgets(stateHome, log);
    this.store.add(this.budgets.follow(this.appServer));
    this.conversations = new Conversations(this.findings, log);
    this.fixes = new Fixes({
      findings: this.findings,
      findJob: (id) => this.jobs.find(id),
      place: (order, repository) => this.place(order, { cwd: repository, origin: 'editor', session: null }),
      prove: () => host.settings().proveFixes,
      logger: log,
    });
    this.jobs = createJobs(this.jobStore, { host, ...this.runnerParts() });
    this.store.add(this.budgets.followReviews(this.jobs, this.appServer));
    this.secondOpinions = new SecondOpinions({
      jobs: this.jobs,
      findings: this.findings,
      place: (order, asker) => this.place(order, asker),
      agent: () => host.settings().secondOpinion,
      logger: log,
    });
    this.store.add(this.secondOpinions.follow());
    this.races = new Races({ jobs: this.jobs, changes: this.changes, git: () => ({ env: host.env }) });
    this.store.add(this.conversations.follow(this.jobs));
    this.store.add(this.fixes.follow(this.changes));
    this.store.add(this.jobs.onDidRemove((job) => this.forgetChange(job)));
    this.orders = new Orders(orderParts(this, host));
    this.gate = new Gate(gateParts(this, host));
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
    await this.showFindings();
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

  /**
   * The commands that a fix could be checked with, the user's own first. Nothing runs for that.
   * @throws UserError in an untrusted workspace
   */
  async checksFor({ repository, file }: Pick<KnownFinding, 'repository' | 'file'>): Promise<FoundCheck[]> {
    this.requireTrust();
    const command = [...this.settings().fixCheck];
    const own = { command, folder: '', source: 'the setting “tandem.fix.check”', means: '' };
    return [...(command.length > 0 ? [own] : []), ...(await findChecks(repository, file))];
  }

  /**
   * Asks the reviewer of a finding; what is said becomes comments of the finding, also where the question can't be placed.
   * @throws as `place`
   */
  async ask(finding: string, text: string): Promise<Job> {
    const known = this.findings.find(finding);
    if (!known) throw new UsageError('This finding is no longer there.');
    const { repository, job } = known;
    try {
      const asker = { cwd: repository, origin: 'editor', session: null } as const;
      return await this.place({ kind: 'question', finding, job, text }, asker);
    } catch (error) {
      await this.conversations.refused(finding, text, error);
      throw error;
    }
  }

  /** The thread of the one review of Codex that raised all of these findings, where nothing works on it; else `fresh`. */
  async threadOfReview(findings: readonly KnownFinding[]): Promise<string> {
    const [job, ...others] = [...new Set(findings.map((finding) => reviewBy(finding, 'codex')))];
    const review = job === undefined || job === '' || others.length > 0 ? null : await this.jobs.find(job);
    const thread = review?.threadId ?? null;
    if (review === null || thread === null || !isTerminal(review.state)) return 'fresh';
    const active = (await this.jobs.listAll()).filter(({ state }) => !isTerminal(state));
    return active.some(({ threadId }) => threadId === thread) ? 'fresh' : thread;
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

  /** Asks the reviewer of a finding to explain it. */
  explain(finding: string): Promise<Job> {
    return this.ask(finding, explainQuestion);
  }

  /**
   * What a review would be about, without starting it.
   * @throws as `place`
   */
  async preview(cwd: string, target: TargetRequest): Promise<Target> {
    this.requireTrust();
    return (await resolve(this.host, cwd, target)).target;
  }

  /**
   * What a review would hand over to whom, without starting it.
   * @throws as `place`
   */
  async whatLeaves(cwd: string, order: ReviewOrder): Promise<WhatLeaves> {
    this.requireTrust();
    const { repository, target } = await resolve(this.host, cwd, order.target);
    const { reviewers, reviewExclude: exclude, secondOpinion } = this.settings();
    const { env, logger } = this.host;
    const agents = reviewersOf(order.reviewer ?? reviewers);
    const what = await whatLeaves({ ...order, repository, target }, agents, {
      ...{ env, exclude, logger: tagged(logger, 'git') },
      known: () => this.findings.of(repository),
      jobs: () => this.jobs.list(repository),
    });
    return agents.length > 1 && secondOpinion !== 'off' ? { ...what, secondOpinion } : what;
  }

  /** Branches to compare with, most recently used first. */
  branches(repository: string): Promise<string[]> {
    this.requireTrust();
    return listBranches(repository, { env: this.host.env });
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

  /**
   * The present name of a file that is gone, relative to the repository like the former one; null if git knows of none, in
   * Restricted Mode, and where git fails, which is logged.
   */
  readonly renamedTo = async (repository: string, file: string): Promise<string | null> => {
    const { logger } = this.host;
    if (!this.host.trusted()) return null;
    try {
      return await this.renames.renamedTo(repository, file);
    } catch (error) {
      tagged(logger, 'findings').warn(`No new name of ${file} could be looked for: ${messageOf(error)}`);
      return null;
    }
  };

  private runnerParts(): Omit<RunnerParts, 'host'> {
    const { appServer, approvals, findings, conversations, changes, fixes, budgets } = this;
    return { appServer, approvals, findings, conversations, changes, fixes, budgets };
  }

  private async foldersChanged(): Promise<void> {
    await this.showFindings();
    await this.bridge.updateFolders();
    await takeUp(this.recoveryParts(), this.repositories());
  }

  private recoveryParts(): RecoveryParts {
    const { host, jobs, changes, findings, gates } = this;
    const { stateHome, env, logger } = host;
    return { stateHome, env, logger, jobs, changes, findings, gates };
  }

  private forgetChange(job: Job): void {
    this.changes.forget(job).catch((error: unknown) => this.host.logger.warn(messageOf(error)));
  }

  private reviewedTexts(repository: string): ReviewedTexts {
    return new ReviewedTexts(this.host.stateHome, repository, tagged(this.host.logger, 'findings'));
  }

  private showFindings(): Promise<void> {
    return this.findings.show(this.repositories(), this.host.folders().map(realPathSync));
  }
}
