import * as vscode from 'vscode';
import { CancelledError } from '../../base/errors.ts';
import { oneLine } from '../../base/printable.ts';
import type { CommandParts } from '../commands.ts';
import { chooseJob } from './chooseJob.ts';

/** Says something to Codex while it works on a task; it reads it before its next step. */
export async function steerJob(parts: Pick<CommandParts, 'app' | 'list'>, from: unknown): Promise<void> {
  const { id, title } = await chooseJob(parts, from, {
    placeholder: 'Tell Codex something about which task?',
    fits: ({ job, elsewhere }) =>
      job.kind === 'task' && job.reviewer === 'codex' && !elsewhere && isAtWork(job.state),
    none: 'Codex works on no task in this window.',
  });
  const text = await vscode.window.showInputBox({
    title: `Tell Codex: ${oneLine(title, 60)}`,
    prompt: 'What should it know, or do otherwise? It reads this before its next step.',
    ignoreFocusOut: true,
  });
  if (text === undefined || text.trim() === '') throw new CancelledError();
  await parts.app.jobs.steer(id, text.trim());
}

function isAtWork(state: string): boolean {
  return state === 'running' || state === 'waiting';
}
