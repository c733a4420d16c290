import * as vscode from 'vscode';
import { CancelledError, UsageError } from '../../base/errors.ts';
import { oneLine } from '../../base/printable.ts';
import { type Approval, subjectText } from '../../protocol/approval.ts';
import { flagsOf } from '../../protocol/approvalText.ts';
import { questionOf } from '../approvalDocuments.ts';
import { askerText } from '../approvalTexts.ts';
import type { CommandParts } from '../commands.ts';
import { askFields } from './askFields.ts';

type Parts = Pick<CommandParts, 'app' | 'approvalDocuments'>;

/** Shows what is asked. */
export async function showApproval({ app, approvalDocuments }: Parts, from: unknown): Promise<void> {
  await approvalDocuments.show(await chooseApproval(app, from));
}

export async function allowApproval({ app }: Parts, from: unknown, session: boolean): Promise<void> {
  const { id } = await chooseApproval(app, from);
  await app.approvals.decide(id, { kind: 'allow', session });
}

/** With a reason, which reaches Codex; empty for none. */
export async function declineApproval({ app }: Parts, from: unknown): Promise<void> {
  const { id, subject } = await chooseApproval(app, from);
  const reason = await vscode.window.showInputBox({
    title: `Decline: ${oneLine(subjectText(subject), 80)}`,
    prompt: 'Why? Codex reads it and goes on. Leave it empty to give no reason.',
    ignoreFocusOut: true,
  });
  if (reason === undefined) throw new CancelledError();
  await app.approvals.decide(id, { kind: 'decline', reason: reason.trim() });
}

export async function cancelAsker({ app }: Parts, from: unknown): Promise<void> {
  const { id } = await chooseApproval(app, from);
  await app.approvals.decide(id, { kind: 'cancel' });
}

/** Asks for what Codex, or an MCP server, wants to know. */
export async function answerFields({ app }: Parts, from: unknown): Promise<void> {
  const { id, subject } = await chooseApproval(app, from);
  if (subject.kind === 'mcp' && subject.url !== null) {
    await openPage(subject.url);
    await app.approvals.decide(id, { kind: 'allow', session: false });
    return;
  }
  if (subject.kind !== 'questions' && subject.kind !== 'mcp')
    throw new UsageError('Codex asks for yes or no here.', 'Allow it, or decline it.');
  const title = subject.kind === 'mcp' ? `${subject.server}: ${subject.message}` : 'Codex asks';
  const values = await askFields(subject.fields, oneLine(title, 80));
  await app.approvals.decide(id, { kind: 'answer', values });
}

/** Shows the question, and offers every answer there is: for the keyboard. */
export async function answerApproval(parts: Parts, from: unknown): Promise<void> {
  const approval = await chooseApproval(parts.app, from);
  await parts.approvalDocuments.show(approval);
  const flags = flagsOf(approval);
  const choices: Choice[] = [
    ...(flags.includes('answer') ? [{ label: '$(edit) Answer…', run: answerFields }] : []),
    ...(flags.includes('allow') ? [allowChoice('$(check) Allow Once', false)] : []),
    ...(flags.includes('session') ? [allowChoice('$(check-all) Allow for This Session', true)] : []),
    { label: '$(close) Decline…', description: 'the task goes on without it', run: declineApproval },
    { label: '$(circle-slash) Cancel the Task', run: cancelAsker },
  ];
  const picked = await vscode.window.showQuickPick(choices, {
    title: `Codex asks to: ${oneLine(subjectText(approval.subject), 120)}`,
    placeHolder: 'What may it do?',
    ignoreFocusOut: true,
  });
  if (!picked) throw new CancelledError();
  await picked.run(parts, approval);
}

interface Choice extends vscode.QuickPickItem {
  run(parts: Parts, approval: Approval): Promise<void>;
}

function allowChoice(label: string, session: boolean): Choice {
  const description = session ? 'the same is not asked again in this thread while Codex runs' : '';
  return { label, description, run: (parts, approval) => allowApproval(parts, approval, session) };
}

/**
 * The question that is meant: the given one (by the view, a notification, or the jobs view), else the only one, else the
 * one that the user picks.
 */
async function chooseApproval(app: CommandParts['app'], from: unknown): Promise<Approval> {
  const given = idOf(from);
  const { pending } = app.approvals;
  if (given !== null) {
    const found = pending.find(({ id, job }) => id === given || job === given);
    if (!found)
      throw new UsageError('Codex no longer asks this: it was answered, timed out, or its task has ended.');
    return found;
  }
  const [only] = pending;
  if (!only) throw new UsageError('Codex asks nothing now.');
  return pending.length === 1 ? only : pick(app, pending);
}

async function pick(app: CommandParts['app'], pending: readonly Approval[]): Promise<Approval> {
  const jobs = app.jobs.activeJobs();
  const items = pending.map((approval) => ({
    label: oneLine(subjectText(approval.subject), 120),
    description: askerText(jobs.find(({ id }) => id === approval.job)),
    approval,
  }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Answer which question?' });
  if (!picked) throw new CancelledError();
  return picked.approval;
}

/** Of an approval, of the editor that shows one, or of the job of a node of the jobs view. */
function idOf(from: unknown): string | null {
  if (from instanceof vscode.Uri) return questionOf(from);
  if (typeof from !== 'object' || from === null) return null;
  if ('subject' in from && 'id' in from && typeof from.id === 'string') return from.id;
  const job = 'job' in from ? from.job : null;
  return typeof job === 'object' && job !== null && 'id' in job && typeof job.id === 'string' ? job.id : null;
}

/** VS Code asks before it opens a page of a host that the user does not trust. */
async function openPage(address: string): Promise<void> {
  const uri = vscode.Uri.parse(address, true);
  if (uri.scheme !== 'https' && uri.scheme !== 'http')
    throw new UsageError('Only pages of the web are opened.', `Decline this: ${oneLine(address, 120)}`);
  if (!(await vscode.env.openExternal(uri))) throw new CancelledError();
}
