import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { type Job, isTerminal } from '../protocol/job.ts';
import type { TaskChange } from '../protocol/taskChange.ts';
import { type Completion, completion, problemsMessage } from './completion.ts';
import type { ErrorReporter } from './errorReporter.ts';
import { ExaminationNotifications } from './examinationNotifications.ts';
import { progressMessage, progressTitle } from './jobTexts.ts';
import type { JobWatch, WatchedJob } from './jobWatch.ts';
import { isToldInThread } from './threadTexts.ts';
import { runCompletion } from './runCompletion.ts';

/**
 * Tells of the jobs of this window: the progress of those that somebody waits for here, the end of all. Other windows and
 * terminals tell of theirs.
 */
export class JobNotifications implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable;
  /** Ids of the runs whose end was told. */
  private readonly toldRuns = new Set<string>();

  constructor(
    private readonly app: App,
    watch: JobWatch,
    private readonly errors: ErrorReporter,
    /** Whether somebody has the thread of a finding before them. */
    private readonly isInSight: (finding: string) => boolean,
  ) {
    const examinations = new ExaminationNotifications(app, errors, (ended) => this.showEnd(ended));
    this.subscriptions = vscode.Disposable.from(
      watch.onDidStart((job) => {
        if (job.kind === 'cross-examination') examinations.start(job, isWatched(job));
        else if (isWatched(job) && !this.isSeen(job)) errors.run(() => this.showProgress(job));
      }),
      watch.onDidEnd((ended) => {
        if (ended.job.kind === 'cross-examination') examinations.end(ended);
        else errors.run(() => this.showEnd(ended));
      }),
      app.changes.onDidCompare((change) => errors.run(() => this.showProblems(change))),
    );
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  /** What is answered in its thread is told there. */
  private isSeen({ kind, finding }: Job): boolean {
    return isToldInThread(kind) && finding !== undefined && this.isInSight(finding);
  }

  private showProgress(job: Job): Thenable<void> {
    const { jobs } = this.app;
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: progressTitle(job),
      cancellable: true,
    };
    return vscode.window.withProgress(options, async (progress, cancellation) => {
      // Every job begins in the queue; only where there is no room does it stay there.
      if (jobs.activeCount() > this.app.settings().maxConcurrentJobs)
        progress.report({ message: progressMessage(job) });
      const watching = vscode.Disposable.from(
        jobs.onDidChange((changed) => {
          if (changed.id === job.id) progress.report({ message: progressMessage(changed) });
        }),
        cancellation.onCancellationRequested(() => this.errors.run(() => this.app.cancelJob(job.id))),
      );
      try {
        await jobs.wait(job.id);
      } finally {
        watching.dispose();
      }
    });
  }

  /** What compilers and linters say since a change was applied, where that is something else than before. */
  private async showProblems({ job: id, problems }: TaskChange): Promise<void> {
    const job = await this.app.jobs.find(id);
    const message = job && problems ? problemsMessage(job, problems) : null;
    if (message !== null) await this.tell(message);
  }

  private async showEnd(ended: WatchedJob): Promise<void> {
    // Of a fix race both are told at once (raceNotifications.ts).
    if (this.isSeen(ended.job) || ended.job.race) return;
    const message = await this.messageOf(ended);
    if (message !== null) await this.tell(message);
  }

  private async tell(message: Completion): Promise<void> {
    const chosen = await show(
      message,
      message.actions.map(({ label }) => label),
    );
    const action = message.actions.find(({ label }) => label === chosen);
    if (!action) return;
    await vscode.commands.executeCommand(
      action.command,
      ...(action.about === undefined ? [] : [action.about]),
    );
  }

  private async messageOf(ended: WatchedJob): Promise<Completion | null> {
    const { jobs, findings, changes } = this.app;
    const { job } = ended;
    const partners = await jobs.partnersOf(job);
    if (!job.run || partners.length === 0) return completion(ended, findings.open(), changes.seen(job.id));
    // The one that ends last tells of both.
    if (partners.some(({ state }) => !isTerminal(state)) || this.toldRuns.has(job.run.id)) return null;
    this.toldRuns.add(job.run.id);
    const others = partners.map(async (partner) => ({ job: partner, result: await jobs.result(partner) }));
    return runCompletion([ended, ...(await Promise.all(others))], findings.open());
  }
}

/**
 * Whoever asked in Claude Code or a terminal watches there, but a gate holds Claude up, which its user should see. What
 * was started for edits on disk nobody waits for.
 */
function isWatched({ kind, origin, target }: Job): boolean {
  return kind === 'gate' || (origin === 'editor' && target?.kind !== 'turn');
}

function show({ level, text }: Completion, buttons: readonly string[]): Thenable<string | undefined> {
  switch (level) {
    case 'info':
      return vscode.window.showInformationMessage(text, ...buttons);
    case 'warning':
      return vscode.window.showWarningMessage(text, ...buttons);
    case 'error':
      return vscode.window.showErrorMessage(text, ...buttons);
  }
}
