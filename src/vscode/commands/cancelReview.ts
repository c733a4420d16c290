import * as vscode from 'vscode';
import type { App } from '../../app.ts';
import { CancelledError, UsageError } from '../../base/errors.ts';
import type { Job } from '../../protocol/job.ts';
import { progressText, progressTitle } from '../reviewTexts.ts';

/** Stops the review that runs; where several do, the one that the user picks. */
export async function cancelReview(app: App): Promise<void> {
  const running = app.jobs.activeJobs();
  const [first] = running;
  if (!first) throw new UsageError('There is no review to cancel: none is running in this window.');
  const { id } = running.length === 1 ? first : await choose(running);
  // It may have ended while the user chose.
  if (app.jobs.activeJobs().some((job) => job.id === id)) await app.jobs.cancel(id);
}

async function choose(running: readonly Job[]): Promise<Job> {
  const items = running.map((job) => ({ label: progressTitle(job), description: progressText(job), job }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Cancel which review?' });
  if (!picked) throw new CancelledError();
  return picked.job;
}
