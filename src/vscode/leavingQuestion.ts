import path from 'node:path';
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { budgetAdvice, budgetLines } from '../app/budgetTexts.ts';
import { type WhatLeaves, reviewersOf } from '../app/whatLeaves.ts';
import { type Work, leavingMarkdown, leavingText, workOfOrder, workText } from '../app/whatLeavesTexts.ts';
import { settlesWithin } from '../base/async.ts';
import { CancelledError, UserError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { findRepositoryRoot } from '../git/repository.ts';
import { estimateOfWork, workEstimateText } from '../jobs/estimate.ts';
import { isNearlyUsed } from '../protocol/budget.ts';
import { type ReviewerId, reviewers, voiceName } from '../protocol/finding.ts';
import type { Job, JobKind } from '../protocol/job.ts';
import type { Order, ReviewOrder } from '../protocol/order.ts';
import type { Target } from '../protocol/target.ts';
import { plainText } from './errorMessage.ts';
import type { ReportDocuments } from './reportDocuments.ts';
import { type SettingId, readSetting } from './settings.ts';

const start = 'Start Review';
const goOn = 'Continue';
const showFiles = 'Show Files';

const setting = 'tandem.review.showWhatLeaves' satisfies SettingId;
/** In the machine's memory of this extension: `AGENT REPOSITORY` of those of which it has been shown. */
const shownKey = 'leaving.shown';
/** The oldest of more are forgotten, and shown again. */
const maxShown = 1_000;

/** Before a review of so many lines or files it is shown in any case what it will take. */
const bigLines = 1_000;
const bigFiles = 50;

/** Codex is asked anew for limits that are older. Milliseconds. */
const freshFor = 5 * 60_000;
/** So long its answer is waited for. Milliseconds. */
const patience = 3_000;

export interface LeavingParts {
  app: App;
  documents: Pick<ReportDocuments, 'showLeaving'>;
  memory: vscode.Memento;
  log: Logger;
}

/** Shows what leaves the machine before it does, as often as the user wants it. */
export class LeavingQuestion {
  constructor(private readonly parts: LeavingParts) {}

  /**
   * Returns where the review is to start. What is wrong with the order is left to its placing to say.
   * @throws CancelledError if the user thinks better of it
   */
  async confirm(cwd: string, order: ReviewOrder): Promise<void> {
    const what = await this.due(cwd, order);
    if (what === null) return;
    await this.renewBudgets(what.agents.map(({ agent }) => agent));
    await this.ask(what, order);
    await this.remember(
      what.agents.map(({ agent }) => agent),
      what.repository,
    );
  }

  /**
   * The same before other work of agents whose vendors have had nothing of the repository yet.
   * @param repository its root
   * @throws CancelledError if the user thinks better of it
   */
  async confirmWork(work: Work, agents: readonly ReviewerId[], repository: string): Promise<void> {
    await this.askAboutWork(work, await this.dueForWork(new Set(agents), repository), repository);
  }

  /**
   * Before a fix race: in any case where an agent is near a limit, with what is known of both.
   * @throws CancelledError if the user thinks better of it
   */
  async confirmRace(repository: string): Promise<void> {
    const { budgets } = this.parts.app;
    await budgets.load();
    const isNear = reviewers.some((agent) => isNearlyUsed(budgets.all()[agent], Date.now()));
    const due = isNear ? [...reviewers] : await this.dueForWork(new Set(reviewers), repository);
    if (due.length === 0) return;
    await this.askAboutWork('task', due, repository, await this.budgetText(repository, 'task', reviewers));
  }

  /** What jobs of these agents will probably take, and what is used of the limits: a line for each. */
  async budgetText(repository: string, kind: JobKind, agents: readonly ReviewerId[]): Promise<string> {
    const { app } = this.parts;
    await app.budgets.load();
    await this.renewBudgets(agents);
    const jobs = await app.jobs.list(repository);
    const estimates = agents.map(
      (reviewer) =>
        `${voiceName(reviewer)} will take: ${workEstimateText(estimateOfWork(jobs, { kind, reviewer }))}.`,
    );
    const limits = budgetLines(app.budgets.all(), Date.now()).map((line) => `${line}.`);
    return plainLines([...estimates, ...limits].join('\n'));
  }

  private async askAboutWork(
    work: Work,
    due: readonly ReviewerId[],
    repository: string,
    budgets?: string,
  ): Promise<void> {
    if (due.length === 0) return;
    const names = due.map(voiceName).join(' and ');
    const question = plainText(`Work of ${names} in ${path.basename(repository)}: this leaves your machine`);
    const told = workText(work, due, this.parts.app.appServer.isRemote);
    const detail = plainLines([told, ...(budgets === undefined ? [] : [budgets]), settingHint].join('\n\n'));
    const answer = await vscode.window.showInformationMessage(question, { modal: true, detail }, goOn);
    if (answer !== goOn) throw new CancelledError();
    await this.remember(due, repository);
  }

  /**
   * The same before what was ordered before is done again.
   * @param job of the former order
   * @throws CancelledError if the user thinks better of it
   */
  async confirmAgain(
    order: Order,
    { repository, reviewer }: Pick<Job, 'repository' | 'reviewer'>,
  ): Promise<void> {
    if (order.kind === 'review' || order.kind === 'adversarial-review')
      return this.confirm(repository, order);
    const work = workOfOrder(order);
    if (work !== null) await this.confirmWork(work, [reviewer], repository);
  }

  private async dueForWork(agents: ReadonlySet<ReviewerId>, repository: string): Promise<ReviewerId[]> {
    const wanted = readSetting(vscode.workspace, setting);
    if (wanted === 'always') return [...agents];
    const unknown = [...agents].filter((agent) => !this.isShown(agent, repository));
    if (wanted !== 'first-time' || unknown.length === 0) return [];
    // What was started elsewhere, where nobody could be asked, cannot be taken back.
    const begun = (await this.parts.app.jobs.list(repository)).filter(
      ({ kind, startedAt }) => kind !== 'transfer' && startedAt !== null,
    );
    return unknown.filter((agent) => begun.every(({ reviewer }) => reviewer !== agent));
  }

  /** Null where there is nothing to show. */
  private async due(cwd: string, order: ReviewOrder): Promise<WhatLeaves | null> {
    const { app, log } = this.parts;
    try {
      const isDue = await this.isDue(cwd, order);
      if (!isDue && readSetting(vscode.workspace, setting) !== 'held-back') return null;
      const what = await app.previews.whatLeaves(cwd, order);
      return isDue || what.secrets.length > 0 ? what : null;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      log.debug(`What leaves the machine is not shown: ${messageOf(error)}`);
      return null;
    }
  }

  private async isDue(cwd: string, order: ReviewOrder): Promise<boolean> {
    const { app } = this.parts;
    // Another window may have been told since.
    await app.budgets.load();
    const agents = reviewersOf(choiceOf(app, order));
    const wanted = readSetting(vscode.workspace, setting);
    if (wanted === 'always') return true;
    if (
      wanted === 'first-time' &&
      agents.some((agent) => !this.isShown(agent, findRepositoryRoot(cwd) ?? cwd))
    )
      return true;
    if (budgetAdvice(choiceOf(app, order), app.budgets.all(), Date.now()) !== null) return true;
    return isBig(await app.previews.target(cwd, order.target));
  }

  /** Codex is asked what it tells now; where that takes long, it is shown as it is known. */
  private async renewBudgets(agents: readonly ReviewerId[]): Promise<void> {
    const { budgets, appServer } = this.parts.app;
    const { codex } = budgets.all();
    const isFresh = codex !== null && Date.now() - Date.parse(codex.observedAt) < freshFor;
    if (isFresh || !agents.includes('codex')) return;
    const asking = budgets.askCodex(appServer);
    asking.catch((error: unknown) => this.parts.log.error(messageOf(error)));
    await settlesWithin(asking, patience);
  }

  private async ask(what: WhatLeaves, order: ReviewOrder): Promise<void> {
    const { app, documents } = this.parts;
    const names = what.agents.map(({ agent }) => voiceName(agent)).join(' and ');
    const question = plainText(`Review of ${what.title} by ${names}: this leaves your machine`);
    const known = app.budgets.all();
    const now = Date.now();
    const advice = budgetAdvice(choiceOf(app, order), known, now);
    const isRemote = app.appServer.isRemote;
    const detail = [
      leavingText(what, isRemote),
      [...budgetLines(known, now).map((line) => `${line}.`), ...(advice === null ? [] : [advice])].join('\n'),
      settingHint,
    ].join('\n\n');
    const options = { modal: true, detail: plainLines(detail) };
    const answer = await vscode.window.showInformationMessage(question, options, start, showFiles);
    if (answer === start) return;
    if (answer !== showFiles) throw new CancelledError();
    await documents.showLeaving(leavingMarkdown(what, isRemote));
    const again = plainText(`Start the review of ${what.title} by ${names}?`);
    if ((await vscode.window.showInformationMessage(again, start, 'Cancel')) !== start)
      throw new CancelledError();
  }

  private isShown(agent: ReviewerId, repository: string): boolean {
    return this.shown().includes(`${agent} ${repository}`);
  }

  private async remember(agents: readonly ReviewerId[], repository: string): Promise<void> {
    const now = agents.map((agent) => `${agent} ${repository}`);
    const kept = this.shown().filter((one) => !now.includes(one));
    await this.parts.memory.update(shownKey, [...kept, ...now].slice(-maxShown));
  }

  private shown(): string[] {
    return this.parts.memory.get<string[]>(shownKey, []);
  }
}

function choiceOf(app: App, { reviewer }: ReviewOrder) {
  return reviewer ?? app.settings().reviewers;
}

const settingHint = 'The setting “Tandem › Review: Show What Leaves” says when this is shown.';

function plainLines(text: string): string {
  return text.split('\n').map(plainText).join('\n');
}

function isBig(target: Target): boolean {
  return (target.lines ?? 0) >= bigLines || ('files' in target && target.files >= bigFiles);
}
