import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { type Deferred, deferred } from '../base/async.ts';
import type { Job } from '../protocol/job.ts';
import type { ErrorReporter } from './errorReporter.ts';
import { examinationsText } from './jobTexts.ts';
import type { WatchedJob } from './jobWatch.ts';

interface Shown {
  readonly end: Deferred<void>;
  /** Null until VS Code shows it: a job may end before. */
  progress: vscode.Progress<{ message: string }> | null;
}

/** The progress of cross-examinations and their end: of many at once there is one notification, not as many. */
export class ExaminationNotifications {
  private readonly running = new Set<string>();
  private readonly ended: WatchedJob[] = [];
  private shown: Shown | null = null;

  constructor(
    private readonly app: Pick<App, 'cancelJob'>,
    private readonly errors: ErrorReporter,
    /** Tells of the end of a single one. */
    private readonly showEnd: (ended: WatchedJob) => Promise<void>,
  ) {}

  /** @param isWatched somebody waits for it here */
  start({ id }: Job, isWatched: boolean): void {
    this.running.add(id);
    if (this.shown) this.report();
    else if (isWatched) this.errors.run(() => this.showProgress());
  }

  end(ended: WatchedJob): void {
    this.running.delete(ended.job.id);
    this.ended.push(ended);
    this.report();
    if (this.running.size > 0) return;
    this.shown?.end.resolve();
    this.shown = null;
    const all = this.ended.splice(0);
    this.errors.run(() => (all.length === 1 ? this.showEnd(ended) : tell(all)));
  }

  private showProgress(): Thenable<void> {
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: 'Cross-examination',
      cancellable: true,
    };
    const shown: Shown = { end: deferred(), progress: null };
    this.shown = shown;
    return vscode.window.withProgress(options, (progress, cancellation) => {
      shown.progress = progress;
      this.report();
      cancellation.onCancellationRequested(() => this.cancel());
      return shown.end.promise;
    });
  }

  private report(): void {
    const count = this.ended.length + this.running.size;
    const message = count === 1 ? '1 finding' : `${this.ended.length} of ${count} findings done`;
    this.shown?.progress?.report({ message });
  }

  private cancel(): void {
    for (const id of this.running) this.errors.run(() => this.app.cancelJob(id));
  }
}

async function tell(ended: readonly WatchedJob[]): Promise<void> {
  const show = 'Show';
  const chosen = await vscode.window.showInformationMessage(
    examinationsText(ended.map(({ job }) => job)),
    show,
  );
  if (chosen === show) await vscode.commands.executeCommand('tandem.showFindings');
}
