import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { App } from '../app.ts';
import { worktreesFolder } from '../app/workplaces.ts';
import type { Approval } from '../protocol/approval.ts';
import { flagsOf } from '../protocol/approvalText.ts';
import { isWholeInNotification, notificationText } from './approvalTexts.ts';
import type { CommandId } from './contributions.ts';
import type { ErrorReporter } from './errorReporter.ts';

interface Button {
  label: string;
  command: CommandId;
}

const allow: Button = { label: 'Allow Once', command: 'tandem.approval.allow' };
const show: Button = { label: 'Show', command: 'tandem.approval.show' };
const answer: Button = { label: 'Answer…', command: 'tandem.approval.answer' };
const decline: Button = { label: 'Decline…', command: 'tandem.approval.decline' };

/** Tells the user of each question of Codex, wherever they are in the window. */
export function notifyOfApprovals(app: App, errors: ErrorReporter): Disposable {
  return app.approvals.onDidAsk((approval) => errors.run(() => notify(app, approval)));
}

async function notify(app: App, approval: Approval): Promise<void> {
  const job = app.jobs.activeJobs().find(({ id }) => id === approval.job);
  const buttons = buttonsOf(approval);
  const labels = buttons.map(({ label }) => label);
  const text = notificationText(approval, job, worktreesFolder(app.stateHome));
  const chosen = await vscode.window.showWarningMessage(text, ...labels);
  const button = buttons.find(({ label }) => label === chosen);
  if (button) await vscode.commands.executeCommand(button.command, approval);
}

/** What is not all to be read here can't be allowed here. */
function buttonsOf(approval: Approval): Button[] {
  if (flagsOf(approval).includes('answer')) return [answer, decline];
  return isWholeInNotification(approval) ? [allow, show, decline] : [show, decline];
}
