import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Emitter, type Event } from 'vscode-jsonrpc/node';
import { Sequence } from '../base/async.ts';
import type { Disposable } from '../base/disposable.ts';
import { UserError, messageOf } from '../base/errors.ts';
import { readJson, writeJson } from '../base/files.ts';
import type { Logger } from '../base/logger.ts';
import { watchFolder } from '../base/watchFolder.ts';
import type { AppServer } from '../codex/appServer.ts';
import { readRateLimits, windowsOf } from '../codex/rateLimits.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { type Budget, type LimitWindow, budgetFile, budgetSchema, withTold } from '../protocol/budget.ts';
import { type ReviewerId, reviewers } from '../protocol/finding.ts';
import { isReview, isTerminal } from '../protocol/job.ts';
import type { Budgets as Known } from './budgetTexts.ts';

/** What has not changed is written again no sooner, so that its age is known all the same. Milliseconds. */
const writeInterval = 60_000;

/**
 * What is used up of the limits of both accounts, as the agents told it last. It is kept on disk (`<state>/budgets`), so that
 * the next window knows it too; whichever host was told last has written it.
 */
export class Budgets implements Disposable {
  private readonly changeEmitter = new Emitter<void>();
  private readonly sequence = new Sequence();
  private readonly budgets = new Map<ReviewerId, Budget>();
  /** When each was written, in milliseconds since the epoch. */
  private readonly written = new Map<ReviewerId, number>();

  /** Fires when more is known. */
  readonly onDidChange: Event<void> = this.changeEmitter.event;

  constructor(
    private readonly stateHome: string,
    private readonly logger: Logger,
  ) {}

  all(): Known {
    return { codex: this.budgets.get('codex') ?? null, claude: this.budgets.get('claude') ?? null };
  }

  /** Reads what other hosts have been told; what is newer here stays. */
  load(): Promise<void> {
    return this.sequence.run(async () => {
      for (const agent of reviewers) {
        const read = await readJson(this.file(agent), budgetSchema, this.logger);
        const known = this.budgets.get(agent);
        if (read?.agent === agent && (!known || known.observedAt < read.observedAt)) this.put(read);
      }
    });
  }

  /** The same, and from now on whenever another host, or the user's status line, has been told something. */
  async watch(): Promise<Disposable> {
    await this.load();
    const reload = () => void this.load().catch((error: unknown) => this.logger.error(messageOf(error)));
    return watchFolder(path.dirname(this.file('claude')), reload, this.logger);
  }

  /**
   * An agent has told of limits. Nothing is to be told of an account without any.
   */
  observed(agent: ReviewerId, told: readonly LimitWindow[]): void {
    if (told.length === 0) return;
    const now = Date.now();
    const before = this.budgets.get(agent) ?? null;
    const budget = withTold(before, agent, told, now);
    const isNews = JSON.stringify(budget.windows) !== JSON.stringify(before?.windows);
    this.put(budget);
    if (isNews || now - (this.written.get(agent) ?? 0) >= writeInterval) this.write(budget, now);
  }

  /** Notes what the App Server tells after every answer of the model. */
  follow(appServer: Pick<AppServer, 'onNotification'>): Disposable {
    return appServer.onNotification(({ method, params }) => {
      if (method === 'account/rateLimits/updated') this.observed('codex', windowsOf(params.rateLimits));
      // What the former account had used says nothing of this one.
      if (method === 'account/updated') this.forget('codex');
    });
  }

  /** Codex tells nothing during its own reviews (measured, 0.130 and 0.169): it is asked after each. */
  followReviews(jobs: Pick<Jobs, 'onDidChange'>, appServer: Pick<AppServer, 'use' | 'state'>): Disposable {
    return jobs.onDidChange(({ kind, reviewer, state }) => {
      if (reviewer !== 'codex' || !isReview(kind) || !isTerminal(state)) return;
      if (appServer.state.kind !== 'running') return;
      this.askCodex(appServer).catch((error: unknown) => this.logger.error(messageOf(error)));
    });
  }

  /** Asks Codex, which is started if need be. Where that fails, what was known stays, and the log has why. */
  async askCodex(appServer: Pick<AppServer, 'use'>): Promise<void> {
    try {
      this.observed('codex', await appServer.use((connection) => readRateLimits(connection)));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.logger.info(`Codex was not asked for its limits: ${messageOf(error)}`);
    }
  }

  /** Resolves once what was told is on disk. */
  settled(): Promise<void> {
    return this.sequence.run(() => Promise.resolve());
  }

  dispose(): void {
    this.changeEmitter.dispose();
  }

  private forget(agent: ReviewerId): void {
    if (!this.budgets.delete(agent)) return;
    this.changeEmitter.fire();
    this.toDisk(agent, () => rm(this.file(agent), { force: true }));
  }

  private put(budget: Budget): void {
    this.budgets.set(budget.agent, budget);
    this.changeEmitter.fire();
  }

  private write(budget: Budget, now: number): void {
    this.written.set(budget.agent, now);
    this.toDisk(budget.agent, () => writeJson(this.file(budget.agent), budget));
  }

  private toDisk(agent: ReviewerId, work: () => Promise<void>): void {
    this.sequence
      .run(work)
      .catch((error: unknown) =>
        this.logger.warn(`The limits of ${agent} could not be kept: ${messageOf(error)}`),
      );
  }

  private file(agent: ReviewerId): string {
    return budgetFile(this.stateHome, agent);
  }
}
