import * as vscode from 'vscode';
import { CancelledError, UserError } from '../../base/errors.ts';
import { groupBy } from '../../base/groupBy.ts';
import { type Job, isTerminal } from '../../protocol/job.ts';
import type { CommandParts } from '../commands.ts';
import { plainText } from '../errorMessage.ts';
import { jobSubject } from '../jobTexts.ts';

/** A thread of Codex that can go on in a terminal. */
export interface Thread {
  readonly threadId: string;
  /** Of the terminal. */
  readonly name: string;
}

/** Only the newest are offered. */
const maxOffered = 10;

/**
 * Lets the user say which thread of the repository Codex goes on with; null for a new one, and where there is none.
 * @throws CancelledError
 */
export async function chooseThread(
  { list }: Pick<CommandParts, 'list'>,
  repository: string,
): Promise<Thread | null> {
  const jobs = list
    .all()
    .map(({ job }) => job)
    .filter((job) => job.repository === repository && hasThread(job));
  if (jobs.length === 0) return null;
  const newest = [...groupBy(jobs, ({ threadId }) => threadId)].flatMap(([, [job]]) => job ?? []);
  const items: (vscode.QuickPickItem & { job: Job | null })[] = [
    { label: 'A new conversation', job: null },
    ...newest.slice(0, maxOffered).map((job) => ({ label: plainText(jobSubject(job)), job })),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Open Codex',
    placeHolder: 'What does Codex go on with?',
  });
  if (!picked) throw new CancelledError();
  return picked.job && threadOf(picked.job);
}

/** @throws UserError where it cannot go on */
export function threadOf(job: Job): Thread {
  const { threadId, state, title } = job;
  if (!isTerminal(state))
    throw new UserError('This job still runs: its thread cannot be used twice.', 'Cancel it first.');
  if (threadId === null || !hasThread(job))
    throw new UserError('This job has no thread of Codex to go on with.');
  return { threadId, name: plainText(`Codex: ${title}`).slice(0, 60) };
}

/** Its id is one that Codex gave; it becomes an argument, and must not be an option. */
function hasThread({ threadId, state }: Job): boolean {
  return isTerminal(state) && threadId !== null && /^\w[\w-]*$/.test(threadId);
}
