import path from 'node:path';
import * as vscode from 'vscode';
import { CancelledError, UsageError, messageOf } from '../../base/errors.ts';
import { findRepositoryRoot } from '../../git/repository.ts';
import { type TargetRequest, targetLabel } from '../../protocol/target.ts';
import type { CommandParts } from '../commands.ts';
import { lowerFirst } from '../jobTexts.ts';
import { selectedLines } from '../selectedLines.ts';
import { chooseBase } from './chooseBase.ts';
import { chooseCommit } from './chooseCommit.ts';
import { choosePlan } from './choosePlan.ts';
import { chooseFiles } from './reviewFiles.ts';

/** What the target is to be asked for. */
export interface TargetQuestion {
  title: string;
  /** One at least. Of several, only what each of them may have is offered. */
  repositories: readonly string[];
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
  const [repository, ...others] = question.repositories;
  if (repository === undefined) throw new Error('There is no repository to ask about.');
  const choices = others.length > 0 ? everywhere : here(parts, repository, question);
  const picked = await vscode.window.showQuickPick(choices, {
    title: question.title,
    placeHolder: 'What is to be reviewed?',
  });
  if (!picked) throw new CancelledError();
  return picked.target();
}

/** What any repository may have. */
const everywhere: readonly Choice[] = [
  {
    label: 'Automatic',
    detail: 'Of each its uncommitted changes if there are any, else what its branch changes',
    target: () => ({ scope: 'auto' }),
  },
  { label: 'Working tree', target: () => ({ scope: 'working-tree' }) },
  { label: 'Staged changes', target: () => ({ scope: 'staged' }) },
  { label: 'Branch', description: 'against its own base', target: () => ({ scope: 'branch' }) },
];

async function here(
  { app, host }: Pick<CommandParts, 'app' | 'host'>,
  repository: string,
  { withPlan }: TargetQuestion,
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
    ...openFile(repository),
    {
      label: 'Files or folders…',
      description: 'as they are now, changed or not',
      target: async () => ({ scope: 'files', files: await chooseFiles(repository) }),
    },
    ...(withPlan ? [plan] : []),
  ];
}

/** What is open in the editor, if it is of the repository: the file, and what is selected in it. */
function openFile(repository: string): Choice[] {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.uri.scheme !== 'file') return [];
  const file = editor.document.uri.fsPath;
  if (findRepositoryRoot(path.dirname(file)) !== repository) return [];
  const name = path.basename(file);
  const whole: Choice = {
    label: 'This file',
    description: `${name}, as it is now`,
    target: () => ({ scope: 'files', files: [file] }),
  };
  if (editor.selection.isEmpty) return [whole];
  const lines = selectedLines(editor.selection);
  const selection: Choice = {
    label: 'Selection',
    description: `lines ${lines} of ${name}`,
    target: () => ({ scope: 'selection', files: [file], lines }),
  };
  return [whole, selection];
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
    return { isThere: true, text: targetLabel(await app.previews.target(repository, target)) };
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
