import path from 'node:path';
import type { Event } from 'vscode-jsonrpc/node';
import { identityOf } from './base/childProcess.ts';
import { DisposableStore } from './base/disposable.ts';
import { UsageError, UserError, messageOf } from './base/errors.ts';
import { type Logger, tagged } from './base/logger.ts';
import { realPathSync } from './base/paths.ts';
import { BridgeServer } from './bridge/bridgeServer.ts';
import type { BridgeService } from './bridge/bridgeService.ts';
import { setupMarkdown } from './bridge/setupMarkdown.ts';
import { checkClaude } from './claude/doctor.ts';
import { AppServer } from './codex/appServer.ts';
import { checkCodex } from './codex/doctor.ts';
import { CodexReviewer } from './codex/reviewer.ts';
import { FindingStore } from './findings/findingStore.ts';
import { interpret } from './findings/interpret.ts';
import { readOutput } from './findings/readOutput.ts';
import { findRepositories, findRepositoryRoot } from './git/repository.ts';
import { listBranches, resolveTarget } from './git/targets.ts';
import { isTerminal, reviewOutcome } from './jobs/job.ts';
import { JobStore } from './jobs/jobStore.ts';
import { Jobs } from './jobs/jobs.ts';
import { jobMarkdown, jobsMarkdown } from './jobs/report.ts';
import { type ReviewOrder, Reviews } from './jobs/reviews.ts';
import type { SetupResult } from './protocol/bridge.ts';
import type { Job } from './protocol/job.ts';
import type { Report } from './protocol/report.ts';
import type { Target, TargetRequest } from './protocol/target.ts';

/** The settings that the core looks at; read anew each time, so that a change takes effect with the next review. */
export interface Settings {
  /** Path of the Codex executable; empty to look for it. */
  codexPath: string;
  /** Path of the Claude Code executable; empty to look for it. */
  claudePath: string;
  /** Model and effort of reviews; empty for Codex's own choice. */
  reviewModel: string;
  reviewEffort: string;
  /** Base of branch reviews; empty to detect it. */
  baseBranch: string;
}

/** What the core needs of the process it lives in: a VS Code window, or the headless host. */
export interface Host {
  readonly kind: 'window' | 'headless';
  readonly version: string;
  readonly logger: Logger;
  /** Folder of all state; see `stateHome`. */
  readonly stateHome: string;
  /** Folder of the built companion plugin, as shipped. */
  readonly pluginSource: string;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute paths of the workspace folders. */
  folders(): readonly string[];
  readonly onDidChangeFolders: Event<void>;
  /** False in Restricted Mode: then nothing is spawned. */
  trusted(): boolean;
  settings(): Settings;
  /** Deadline of every request to Codex; left out outside of tests. Milliseconds. */
  readonly requestTimeout?: number;
}

/** The whole product without its surface: what a window and the headless host have in common. */
export class App {
  readonly jobs: Jobs;
  readonly reviews: Reviews;
  readonly findings: FindingStore;
  readonly appServer: AppServer;
  readonly bridge: BridgeServer;
  private readonly store = new DisposableStore();

  constructor(private readonly host: Host) {
    const { stateHome, version, env, logger } = host;
    this.findings = new FindingStore(stateHome, tagged(logger, 'findings'));
    this.appServer = new AppServer({
      executable: () => host.settings().codexPath,
      version,
      env,
      folder: stateHome,
      logger: tagged(logger, 'codex'),
      ...(host.requestTimeout !== undefined && { requestTimeout: host.requestTimeout }),
    });
    const jobsLogger = tagged(logger, 'jobs');
    this.jobs = new Jobs(new JobStore(stateHome, identityOf(process.pid), jobsLogger), jobsLogger);
    this.reviews = new Reviews({
      jobs: this.jobs,
      reviewer: new CodexReviewer(this.appServer, readOutput, tagged(logger, 'codex')),
      resolveTarget: (cwd, target) =>
        resolveTarget(cwd, target, { env, baseBranch: host.settings().baseBranch }),
      interpret: async (answer, { id: job, reviewer, repository }) => {
        const { verdict, structure, reason, ...rest } = await interpret(answer, {
          repository,
          job,
          reviewer,
        });
        return { outcome: reviewOutcome(verdict, structure, reason), ...rest };
      },
      record: ({ repository, id, reviewer }, findings) =>
        this.findings.record(repository, id, reviewer, findings),
    });
    this.bridge = new BridgeServer({
      kind: host.kind,
      version,
      stateHome,
      logger,
      folders: () => host.folders(),
      service: this.service(),
    });
  }

  /** Restores what is known, and opens the socket for companions. Starts no other process. */
  async start(): Promise<void> {
    this.store.add(
      this.host.onDidChangeFolders(() => {
        this.foldersChanged().catch((error: unknown) => this.host.logger.error(messageOf(error)));
      }),
    );
    await this.showFindings();
    await this.bridge.listen();
  }

  /** Ends everything: jobs as interrupted, then the App Server, then the socket. */
  async dispose(): Promise<void> {
    this.store.dispose();
    await this.jobs.dispose();
    await this.appServer.dispose();
    await this.bridge.close();
  }

  /**
   * Starts a review with the model and effort of the settings where the order names none.
   * @throws UsageError if there is nothing to review, UserError in an untrusted workspace.
   */
  startReview(order: ReviewOrder): Promise<Job> {
    this.requireTrust();
    const { reviewModel, reviewEffort } = this.host.settings();
    return this.reviews.start({
      ...order,
      model: order.model || reviewModel,
      effort: order.effort || reviewEffort,
    });
  }

  /**
   * What a review would be about, without starting it.
   * @throws as `startReview`
   */
  async preview(cwd: string, target: TargetRequest): Promise<Target> {
    this.requireTrust();
    const { baseBranch } = this.host.settings();
    return (await resolveTarget(cwd, target, { env: this.host.env, baseBranch })).target;
  }

  /** Branches to compare with, most recently used first. */
  branches(repository: string): Promise<string[]> {
    this.requireTrust();
    return listBranches(repository, { env: this.host.env });
  }

  /** @throws UserError in an untrusted workspace. */
  requireTrust(): void {
    if (!this.host.trusted())
      throw new UserError('Nothing is run in an untrusted workspace.', 'Trust the workspace first.');
  }

  async report(job: Job): Promise<Report> {
    const result = isTerminal(job.state) ? await this.jobs.result(job) : null;
    return { job, result, markdown: jobMarkdown(job, result) };
  }

  /** Looks at everything that reviews and slash commands need, and says what is missing and what to do. */
  async setup(): Promise<SetupResult> {
    this.requireTrust();
    const { env, stateHome, version, pluginSource: source, logger } = this.host;
    const [codex, claude] = await Promise.all([
      checkCodex(this.appServer),
      checkClaude({
        setting: this.host.settings().claudePath,
        env,
        cwd: this.host.folders()[0] ?? stateHome,
        stateHome,
        source,
        version,
        logger: tagged(logger, 'claude'),
      }),
    ]);
    const checks = [...codex, ...claude];
    return { checks, markdown: setupMarkdown(checks) };
  }

  /** Repositories of the window's folders. */
  repositories(): string[] {
    return [...new Set(this.host.folders().flatMap(findRepositories))];
  }

  private async foldersChanged(): Promise<void> {
    await this.showFindings();
    await this.bridge.updateFolders();
  }

  private showFindings(): Promise<void> {
    return this.findings.show(this.repositories(), this.host.folders().map(realPathSync));
  }

  /** What companions may ask for. */
  private service(): BridgeService {
    return {
      startReview: async ({ cwd, target, model = '', effort = '' }, origin) =>
        this.report(await this.startReview({ cwd, target, model, effort, origin })),
      wait: async (id, onProgress, signal) => {
        const job = await this.require(id);
        if (isTerminal(job.state)) return this.report(job);
        const watching = this.jobs.onDidChange((changed) => {
          if (changed.id === job.id && !signal.aborted)
            onProgress({ id: job.id, phase: changed.phase, activity: changed.activity });
        });
        try {
          return await this.report(await this.jobs.wait(job.id));
        } finally {
          watching.dispose();
        }
      },
      cancel: async (id) => {
        const job = await this.require(id);
        return this.report(isTerminal(job.state) ? job : await this.jobs.cancel(job.id));
      },
      status: async ({ cwd, id }) => {
        if (id !== undefined) {
          const { job, markdown } = await this.report(await this.require(id));
          return { jobs: [job], markdown };
        }
        const repository = findRepositoryRoot(cwd);
        if (repository === null) throw new UsageError(`${cwd} is not inside a git repository.`);
        const jobs = await this.jobs.list(repository);
        return { jobs, markdown: jobsMarkdown(jobs, path.basename(repository)) };
      },
      setup: () => this.setup(),
    };
  }

  /** @throws UsageError for an id that is unknown or not unique. */
  private async require(id: string): Promise<Job> {
    const job = await this.jobs.find(id);
    if (!job) throw new UsageError(`There is no job ${id}.`, '`status` lists the jobs.');
    return job;
  }
}
