import * as vscode from 'vscode';
import { CancelledError, UsageError, messageOf } from '../../base/errors.ts';
import { type TargetRequest, targetLabel } from '../../protocol/target.ts';
import type { CommandParts } from '../commands.ts';
import { lowerFirst } from '../jobTexts.ts';
import { chooseBase } from './chooseBase.ts';
import { chooseCommit } from './chooseCommit.ts';
import { choosePlan } from './choosePlan.ts';

/** What the target is to be asked for. */
export interface TargetQuestion {
  title: string;
  repository: string;
  /** May a document be reviewed too? */
  withPlan: boolean;
}

interface Choice extends vscode.QuickPickItem {
  target(): TargetRequest | Promise<TargetRequest>;
}

/**
 * Asks what to review, and says beforehand what that would be.
 * @throws CancelledError if the user thinks better of it
 */
export async function chooseTarget(
  parts: Pick<CommandParts, 'app' | 'host'>,
  question: TargetQuestion,
): Promise<TargetRequest> {
  const picked = await vscode.window.showQuickPick(choices(parts, question), {
    title: question.title,
    placeHolder: 'What is to be reviewed?',
  });
  if (!picked) throw new CancelledError();
  return picked.target();
}

async function choices(
  { app, host }: Pick<CommandParts, 'app' | 'host'>,
  { repository, withPlan }: TargetQuestion,
): Promise<Choice[]> {
  const look = (target: TargetRequest) => preview(app, repository, target);
  const [workingTree, staged, branch] = await Promise.all([
    look({ scope: 'working-tree' }),
    look({ scope: 'staged' }),
    look({ scope: 'branch' }),
  ]);
  const auto = workingTree.isThere ? workingTree : branch;
  const plan: Choice = {
    label: 'Plan…',
    description: 'a document, before there is code',
    target: async () => ({ scope: 'plan', plan: await choosePlan(repository) }),
  };
  return [
    {
      label: `Automatic: ${auto.isThere ? auto.text : 'nothing to review'}`,
      detail: 'Uncommitted changes if there are any, else what the branch changes',
      target: () => ({ scope: 'auto' }),
    },
    { label: 'Working tree', description: workingTree.text, target: () => ({ scope: 'working-tree' }) },
    { label: 'Staged changes', description: staged.text, target: () => ({ scope: 'staged' }) },
    {
      label: 'Branch…',
      description: branch.text,
      target: async () => ({ scope: 'branch', base: await chooseBase(app, repository) }),
    },
    {
      label: 'Commit…',
      description: 'one of the newest, or any other',
      target: async () => ({ scope: 'commit', commit: await chooseCommit(repository, host.env) }),
    },
    {
      label: 'Range…',
      description: 'what differs between two commits',
      target: async () => ({ scope: 'range', range: await askRange() }),
    },
    ...(withPlan ? [plan] : []),
  ];
}

interface Preview {
  isThere: boolean;
  /** What it is, or why there is nothing to review. */
  text: string;
}

async function preview(
  app: CommandParts['app'],
  repository: string,
  target: TargetRequest,
): Promise<Preview> {
  try {
    return { isThere: true, text: targetLabel(await app.preview(repository, target)) };
  } catch (error) {
    if (error instanceof UsageError) return { isThere: false, text: lowerFirst(messageOf(error)) };
    throw error;
  }
}

async function askRange(): Promise<string> {
  const range = await vscode.window.showInputBox({
    title: 'Review Range',
    prompt: 'A..B is what differs between both; A...B is what B changed since it left A.',
    placeHolder: 'For example main..HEAD or v1.2...v1.3',
    validateInput: (text) =>
      text.trim() === '' || text.includes('..') ? undefined : 'Two or three dots belong between both ends.',
  });
  if (range === undefined || range.trim() === '') throw new CancelledError();
  return range.trim();
}
