import * as vscode from 'vscode';
import { CancelledError, UsageError } from '../../../base/errors.ts';
import { answererOf } from '../../../jobs/findingOrders.ts';
import { isReview, isTerminal } from '../../../protocol/job.ts';
import type { KnownFinding } from '../../../protocol/knownFinding.ts';
import type { CommandParts } from '../../commands.ts';
import { plainText } from '../../errorMessage.ts';
import { chooseJob } from '../chooseJob.ts';
import { chosenFinding } from './chosenFindings.ts';

type Parts = Pick<CommandParts, 'app' | 'leaving' | 'list' | 'places' | 'threads' | 'view'>;

/** A question in the user's words to the reviewer of a finding. */
export async function askAboutFinding(parts: Parts, from?: unknown): Promise<void> {
  const finding = await chosenFinding(parts, from);
  const text = await vscode.window.showInputBox({
    title: 'Ask About This Finding',
    prompt: plainText(finding.title),
    placeHolder: 'For example: can this happen when the list is empty?',
    ignoreFocusOut: true,
  });
  if (text === undefined || text.trim() === '') throw new CancelledError();
  await confirmQuestion(parts, finding);
  await parts.app.conversations.ask(finding.id, text.trim());
  await parts.threads.reveal(finding.id);
}

/** The fixed question; the answer appears where the finding is discussed. */
export async function explainFinding(parts: Parts, from?: unknown): Promise<void> {
  const finding = await chosenFinding(parts, from);
  await confirmQuestion(parts, finding);
  await parts.app.conversations.explain(finding.id);
  await parts.threads.reveal(finding.id);
}

/** A reply in a comment thread, which VS Code hands over. */
export async function replyInThread(parts: Parts, from?: unknown): Promise<void> {
  const { app, threads } = parts;
  const reply = threads.replyOf(from);
  if (reply === undefined) throw new UsageError('This is for replies in the threads of findings.');
  if (reply.text.trim() === '') return;
  const finding = app.findings.find(reply.finding);
  if (finding) await confirmQuestion(parts, finding);
  await app.conversations.ask(reply.finding, reply.text.trim());
}

/** @throws CancelledError if the user thinks better of it */
async function confirmQuestion(
  { app, leaving }: Pick<Parts, 'app' | 'leaving'>,
  finding: KnownFinding,
): Promise<void> {
  const review = finding.job === '' ? null : await app.jobs.find(finding.job);
  await leaving.confirmWork('question', [answererOf(finding, review)], finding.repository);
}

/** Opens the thread of a finding; where it has none, the finding in its view. */
export async function discussFinding(parts: Parts, from?: unknown): Promise<void> {
  const { id } = await chosenFinding(parts, from);
  if (!(await parts.threads.reveal(id))) await parts.view.reveal(id);
}

/** Has the review of a finding go on. */
export async function lookForMoreOfFinding(parts: Parts, from?: unknown): Promise<void> {
  const { job } = await chosenFinding(parts, from);
  if (job === '')
    throw new UsageError('This finding was imported: there is no review of it that could go on.');
  await lookForMore(parts, job);
}

/**
 * Has a review go on.
 * @param from the review's id, or what the jobs view hands over
 */
export async function lookForMore({ app, leaving, list }: Parts, from?: unknown): Promise<void> {
  app.requireTrust();
  const job = await chooseJob({ app, list }, from, {
    placeholder: 'Look for more in which review?',
    fits: ({ job: { kind, state, target } }) => isReview(kind) && isTerminal(state) && target !== null,
    none: 'There is no review that could go on: none has ended here yet.',
  });
  await leaving.confirmWork('more', [job.reviewer], job.repository);
  await app.place({ kind: 'more', job: job.id }, { cwd: job.repository, origin: 'editor', session: null });
}
