import * as vscode from 'vscode';
import { UserError } from '../../base/errors.ts';
import { isTerminal } from '../../protocol/job.ts';
import type { CommandParts } from '../commands.ts';
import { chooseJob } from './chooseJob.ts';
import { promptClaude } from './promptClaude.ts';

/** Has Claude Code go on with what a job of Codex was about. */
export async function continueInClaude(
  parts: Pick<CommandParts, 'app' | 'host' | 'leaving' | 'list'>,
  from?: unknown,
): Promise<void> {
  const { app } = parts;
  app.requireTrust();
  const job = await chooseJob(parts, from, {
    placeholder: 'Go on with which job in Claude Code?',
    fits: ({ job: { state, threadId } }) => isTerminal(state) && threadId !== null,
    none: 'There is no job to go on with: none that has ended has a thread of Codex.',
  });
  if (!isTerminal(job.state)) throw new UserError('This job still runs.', 'Cancel it first.');
  const options = { location: vscode.ProgressLocation.Window, title: 'Reading the thread of Codex' };
  const prompt = await vscode.window.withProgress(options, () => app.continuation(job));
  const { title: subject, repository } = job;
  await promptClaude(parts, { title: 'Continue in Claude Code', subject, repository, prompt });
}
