import path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../base/errors.ts';
import { locateCodex } from '../../codex/locate.ts';
import { type Job, isTerminal } from '../../protocol/job.ts';
import type { CommandParts } from '../commands.ts';
import { plainText } from '../errorMessage.ts';
import { chooseJob } from './chooseJob.ts';

/** Goes on with a job's thread in Codex's own program, in an integrated terminal. */
export async function resumeInTerminal(
  parts: Pick<CommandParts, 'app' | 'host' | 'list'>,
  from?: unknown,
): Promise<void> {
  parts.app.requireTrust();
  const job = await chooseJob(parts, from, {
    placeholder: 'Go on with the thread of which job?',
    fits: ({ job: { state, threadId } }) => isTerminal(state) && threadId !== null,
    none: 'There is no job to go on with: none that has ended has a thread of Codex.',
  });
  const { file, args, env, pathFolders } = await locateCodex(parts.host.settings().codexPath, parts.host.env);
  const terminal = vscode.window.createTerminal({
    name: plainText(`Codex: ${job.title}`).slice(0, 60),
    shellPath: file,
    shellArgs: [...args, 'resume', threadOf(job)],
    cwd: job.repository,
    env: {
      ...env,
      PATH: [...pathFolders, parts.host.env['PATH'] ?? ''].filter(Boolean).join(path.delimiter),
    },
    iconPath: new vscode.ThemeIcon('debug-continue'),
  });
  terminal.show();
}

/** An id that Codex gave; it becomes an argument, and must not be an option. */
function threadOf({ threadId, state }: Job): string {
  if (!isTerminal(state))
    throw new UserError('This job still runs: its thread cannot be used twice.', 'Cancel it first.');
  if (threadId === null || !/^\w[\w-]*$/.test(threadId))
    throw new UserError('This job has no thread of Codex to go on with.');
  return threadId;
}
