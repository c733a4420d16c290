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
  const change = parts.app.changes.seen(job.id);
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
  // What waits for a decision stays.
  const isDone = ({ id, state }: Job) => {
    const change = app.changes.seen(id);
    return isTerminal(state) && !(change && isOnlyThere(change));
  };
  const finished = list.all().filter(({ job }) => isDone(job));
  if (finished.length === 0) {
    void vscode.window.showInformationMessage('There are no finished jobs to clear.');
    return;
  }
  const jobs =
    finished.length === 1
      ? '1 finished job and its result'
      : `${finished.length} finished jobs and their results`;
  await confirm(`Delete ${jobs}?`, 'Delete');
  for (const { job } of finished) await app.jobs.remove(job.id);
}

async function confirm(question: string, action: string): Promise<void> {
  const detail = 'Findings stay in the findings view. This cannot be undone.';
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, action);
  if (answer !== action) throw new CancelledError();
}
