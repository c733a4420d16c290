import * as vscode from 'vscode';
import type { ChangedCheck } from '../app/host.ts';
import { voiceName } from '../protocol/finding.ts';
import { commandText } from '../protocol/fixCheck.ts';
import { plainText } from './errorMessage.ts';
import { taskChangeUri } from './taskChangeDocuments.ts';

const show = 'Show What It Does Now';
const run = 'Run';
const refuse = 'Don’t Run';

/** Nobody has seen yet what a check would do that the fix has changed: it runs only once the user has. */
export async function askCheck({ job, change, check, definedIn }: ChangedCheck): Promise<boolean> {
  const name = commandText(check.command);
  const whose = `${voiceName(job.reviewer)}’s fix`;
  const news = plainText(`${whose} changes ${definedIn}, which says what “${name}” does. ${job.title}.`);
  if ((await vscode.window.showWarningMessage(news, show, refuse)) !== show) return false;
  const [before, after] = [
    taskChangeUri(change, definedIn, 'before'),
    taskChangeUri(change, definedIn, 'after'),
  ];
  const title = plainText(`${whose}: ${definedIn}`);
  await vscode.commands.executeCommand('vscode.diff', before, after, title, { preview: true });
  const question = plainText(`Run “${name}” on ${whose} here, outside of any sandbox?`);
  return (await vscode.window.showWarningMessage(question, run, refuse)) === run;
}
