import * as vscode from 'vscode';
import { CancelledError } from '../../base/errors.ts';
import { type Job, isTerminal } from '../../protocol/job.ts';
import { isOnlyThere, isPending } from '../../protocol/taskChange.ts';
import type { CommandParts } from '../commands.ts';
import { plainText } from '../errorMessage.ts';
import { jobSubject, leftOutText } from '../jobTexts.ts';
import { chooseJob } from './chooseJob.ts';

type Parts = Pick<CommandParts, 'app' | 'list'>;

/** Deletes a job that has ended; asks first where a result would go with it. */
export async function deleteJob(parts: Parts, from?: unknown): Promise<void> {
  const job = await chooseJob(parts, from, {
    placeholder: 'Delete which job?',
    fits: (listed) => isTerminal(listed.job.state),
    none: 'There is no job to delete: none has ended here yet.',
  });
  // From the disk: another host may have ended the task, or decided about its change.
  const change = await parts.app.changes.read(job);
  if (change && isPending(change))
    await confirm(
      plainText(`Delete “${jobSubject(job)}” with its changes, which are not in your working tree?`),
      'Delete',
    );
  else if (change && isOnlyThere(change))
    await confirm(
      plainText(`Delete “${jobSubject(job)}” with what is no part of its change? ${leftOutText(change)}`),
      'Delete',
    );
  else if (await parts.app.jobs.result(job))
    await confirm(plainText(`Delete “${jobSubject(job)}” and its result?`), 'Delete');
  await parts.app.jobs.remove(job.id);
}

/** Deletes all jobs that have ended. */
export async function clearFinishedJobs({ app, list }: Parts): Promise<void> {
  const finished: Job[] = [];
  for (const { job } of list.all()) if (await isDone(app, job)) finished.push(job);
  if (finished.length === 0) {
    void vscode.window.showInformationMessage('There are no finished jobs to clear.');
    return;
  }
  const jobs =
    finished.length === 1
      ? '1 finished job and its result'
      : `${finished.length} finished jobs and their results`;
  await confirm(`Delete ${jobs}?`, 'Delete');
  // Meanwhile one may have been taken back, and waits again.
  for (const job of finished) if (await isDone(app, job)) await app.jobs.remove(job.id);
}

/** What waits for a decision stays. */
async function isDone({ changes }: Parts['app'], job: Job): Promise<boolean> {
  return isTerminal(job.state) && !(await changes.isNeeded(job));
}

async function confirm(question: string, action: string): Promise<void> {
  const detail = 'Findings stay in the findings view. This cannot be undone.';
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, action);
  if (answer !== action) throw new CancelledError();
}
