import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { Job } from '../protocol/job.ts';
import type { ErrorReporter } from './errorReporter.ts';
import { type Completion, completion, progressText, progressTitle } from './reviewTexts.ts';
import type { ReviewWatch, WatchedReview } from './reviewWatch.ts';

/** Tells of reviews: progress of those that were asked for in the editor, the end of all. */
export class ReviewNotifications implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly app: App,
    watch: ReviewWatch,
    private readonly errors: ErrorReporter,
  ) {
    this.subscriptions = vscode.Disposable.from(
      watch.onDidStart((job) => {
        // Whoever asked elsewhere watches there.
        if (job.origin === 'editor') errors.run(() => this.showProgress(job));
      }),
      watch.onDidEnd((review) => errors.run(() => this.showEnd(review))),
    );
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private showProgress(job: Job): Thenable<void> {
    const { jobs } = this.app;
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: progressTitle(job),
      cancellable: true,
    };
    return vscode.window.withProgress(options, async (progress, cancellation) => {
      progress.report({ message: progressText(job) });
      const watching = vscode.Disposable.from(
        jobs.onDidChange((changed) => {
          if (changed.id === job.id) progress.report({ message: progressText(changed) });
        }),
        cancellation.onCancellationRequested(() => this.errors.run(() => this.cancel(job))),
      );
      try {
        await jobs.wait(job.id);
      } finally {
        watching.dispose();
      }
    });
  }

  private async cancel({ id }: Job): Promise<void> {
    // It may have ended while the user reached for the button.
    if (this.app.jobs.activeJobs().some((job) => job.id === id)) await this.app.jobs.cancel(id);
  }

  private async showEnd(review: WatchedReview): Promise<void> {
    const message = completion(review, this.app.findings.all());
    if (message === null) return;
    const chosen = await show(
      message,
      message.actions.map(({ label }) => label),
    );
    const action = message.actions.find(({ label }) => label === chosen);
    if (action) await vscode.commands.executeCommand(action.command);
  }
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
