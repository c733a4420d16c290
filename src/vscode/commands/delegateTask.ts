import * as vscode from 'vscode';
import { CancelledError } from '../../base/errors.ts';
import type { Job } from '../../protocol/job.ts';
import type { CommandParts } from '../commands.ts';
import { chooseRepository } from '../repositories.ts';
import { offerToSave } from './offerToSave.ts';

const title = 'Delegate Task to Codex';

/** Asks what Codex is to do, and lets it do that. */
export async function delegateTask({ app }: Pick<CommandParts, 'app'>): Promise<void> {
  app.requireTrust();
  const repository = await chooseRepository(app);
  const prompt = await askPrompt();
  const write = await askAccess();
  const resumable = await app.orders.resumable(repository, null);
  const thread = resumable === null ? 'fresh' : await askThread(resumable);
  await offerToSave([repository]);
  await app.place(
    { kind: 'task', prompt, write, thread, model: '', effort: '' },
    { cwd: repository, origin: 'editor', session: null },
  );
}

async function askPrompt(): Promise<string> {
  const prompt = await vscode.window.showInputBox({
    title,
    prompt: 'What is Codex to do?',
    placeHolder: 'For example: find out why the tests of price.ts fail, and fix it',
    // Whoever looks something up in the meantime keeps the text.
    ignoreFocusOut: true,
  });
  if (prompt === undefined || prompt.trim() === '') throw new CancelledError();
  return prompt.trim();
}

async function askAccess(): Promise<boolean> {
  const write = { label: 'It may change files', description: 'inside this repository only' };
  const read = { label: 'Read only', description: 'it looks around and answers' };
  const picked = await vscode.window.showQuickPick([write, read], {
    title,
    placeHolder: 'What may Codex do?',
    ignoreFocusOut: true,
  });
  if (!picked) throw new CancelledError();
  return picked === write;
}

/** @returns `fresh`, or the id of the thread to go on with */
async function askThread({ title: former, threadId }: Job): Promise<string> {
  const fresh = { label: 'Start anew', description: 'Codex knows nothing of earlier tasks' };
  const resume = { label: 'Go on with the last task', description: former };
  const picked = await vscode.window.showQuickPick([fresh, resume], {
    title,
    placeHolder: 'In a new thread of Codex, or in the one of the last task?',
    ignoreFocusOut: true,
  });
  if (!picked) throw new CancelledError();
  return picked === resume && threadId !== null ? threadId : 'fresh';
}
