import * as vscode from 'vscode';
import { CancelledError, UsageError } from '../../base/errors.ts';
import type { ListedJob } from '../../jobs/jobList.ts';
import type { Job } from '../../protocol/job.ts';
import type { CommandParts } from '../commands.ts';
import { jobsTree } from '../jobsTree.ts';
import { jobOfChanges } from '../taskChangeDocuments.ts';

export interface JobQuestion {
  placeholder: string;
  /** Which jobs it can be about. */
  fits(listed: ListedJob): boolean;
  /** Said where there is none. */
  none: string;
}

/**
 * The job that a command is about: the one that it is given (by the jobs view, or by its id), else the only one that it
 * can be about, else the one that the user picks.
 * @throws UsageError if there is none, CancelledError if none is picked
 */
export async function chooseJob(
  { app, list }: Pick<CommandParts, 'app' | 'list'>,
  from: unknown,
  question: JobQuestion,
): Promise<Job> {
  const given = idOf(from);
  if (given !== null) {
    const job = await app.jobs.find(given);
    if (!job) throw new UsageError('This job is no longer there.');
    return job;
  }
  const fitting = list.all().filter((listed) => question.fits(listed));
  const [only] = fitting;
  if (!only) throw new UsageError(question.none);
  return fitting.length === 1 ? only.job : pick(fitting, question.placeholder);
}

/** What the jobs view, a notification's button, the editor of a change, or a user's keybinding hands over. */
function idOf(from: unknown): string | null {
  if (typeof from === 'string') return from;
  if (from instanceof vscode.Uri) return jobOfChanges(from);
  if (typeof from !== 'object' || from === null || !('job' in from)) return null;
  const { job } = from;
  return typeof job === 'object' && job !== null && 'id' in job && typeof job.id === 'string' ? job.id : null;
}

async function pick(jobs: readonly ListedJob[], placeholder: string): Promise<Job> {
  const nodes = jobsTree(jobs, Date.now()).flatMap((section) => section.jobs);
  const items = nodes.map(({ label, description, icon, job }) => ({
    label,
    description,
    iconPath: new vscode.ThemeIcon(icon.name),
    job,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: placeholder,
    matchOnDescription: true,
  });
  if (!picked) throw new CancelledError();
  return picked.job;
}
