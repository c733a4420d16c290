import * as vscode from 'vscode';
import type { App } from '../../app.ts';
import { CancelledError, UsageError, messageOf } from '../../base/errors.ts';
import { type TargetRequest, targetLabel } from '../../protocol/target.ts';
import { chooseRepository } from '../repositories.ts';
import { chooseBase } from './chooseBase.ts';
import { offerToSave } from './offerToSave.ts';

/** Asks what to review, and says beforehand what that would be. */
export async function reviewChanges(app: App, from?: unknown): Promise<void> {
  app.requireTrust();
  const repository = await chooseRepository(app, from);
  const picked = await vscode.window.showQuickPick(choices(app, repository), {
    title: 'Review Changes',
    placeHolder: 'What is to be reviewed?',
  });
  if (!picked) throw new CancelledError();
  const target = picked.target ?? { scope: 'branch', base: await chooseBase(app, repository) };
  await startReview(app, repository, target);
}

export async function reviewWorkingTree(app: App): Promise<void> {
  app.requireTrust();
  await startReview(app, await chooseRepository(app), { scope: 'working-tree' });
}

export async function reviewBranch(app: App): Promise<void> {
  app.requireTrust();
  const repository = await chooseRepository(app);
  await startReview(app, repository, { scope: 'branch', base: await chooseBase(app, repository) });
}

async function startReview(app: App, cwd: string, target: TargetRequest): Promise<void> {
  await offerToSave(cwd);
  await app.startReview({ cwd, target, model: '', effort: '', origin: 'editor' });
}

interface Choice extends vscode.QuickPickItem {
  /** Undefined: the base is to be asked for. */
  target?: TargetRequest;
}

async function choices(app: App, repository: string): Promise<Choice[]> {
  const [workingTree, branch] = await Promise.all([
    preview(app, repository, { scope: 'working-tree' }),
    preview(app, repository, { scope: 'branch' }),
  ]);
  const auto = workingTree.isThere ? workingTree : branch;
  return [
    {
      label: `Automatic: ${auto.isThere ? auto.text : 'nothing to review'}`,
      detail: 'Uncommitted changes if there are any, else what the branch changes',
      target: { scope: 'auto' },
    },
    { label: 'Working tree', description: workingTree.text, target: { scope: 'working-tree' } },
    { label: 'Branch…', description: branch.text },
  ];
}

interface Preview {
  isThere: boolean;
  /** What it is, or why there is nothing to review. */
  text: string;
}

async function preview(app: App, repository: string, target: TargetRequest): Promise<Preview> {
  try {
    return { isThere: true, text: targetLabel(await app.preview(repository, target)) };
  } catch (error) {
    if (error instanceof UsageError) return { isThere: false, text: lowerFirst(messageOf(error)) };
    throw error;
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
