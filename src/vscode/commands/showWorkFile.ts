import path from 'node:path';
import * as vscode from 'vscode';
import { UsageError } from '../../base/errors.ts';
import { isInside, realPathSync } from '../../base/paths.ts';
import type { TaskChange } from '../../protocol/taskChange.ts';
import type { CommandParts } from '../commands.ts';
import { taskChangeUri } from '../taskChangeDocuments.ts';
import type { WorkFile } from '../jobWork.ts';

/** Shows what a task has made of a file so far: what it was, beside what it is now. */
export async function showWorkFile({ app }: Pick<CommandParts, 'app'>, from: unknown): Promise<void> {
  if (!isWorkFile(from)) throw new UsageError('Choose a file below a running job in the jobs view.');
  const job = await app.jobs.find(from.job);
  const change = job && (await app.changes.read(job));
  if (!change) throw new UsageError('Where this task works cannot be looked into.', 'Wait for its result.');
  const before = taskChangeUri(change, from.name, 'before');
  const now =
    change.state === 'running' ? presentUri(change, from.name) : taskChangeUri(change, from.name, 'after');
  const title = `${path.posix.basename(from.name)} (task so far)`;
  await vscode.commands.executeCommand('vscode.diff', before, now, title, { preview: true });
}

/** The name is the agent's: it may lead anywhere, also through a link that the agent made. */
function presentUri(change: TaskChange, name: string): vscode.Uri {
  const folder = realPathSync(change.worktree ?? change.repository);
  const file = path.resolve(folder, name);
  if (!isInside(folder, file) || !isInside(folder, realPathSync(file)))
    throw new UsageError(`${name} is not inside of the folder in which the task works.`);
  return vscode.Uri.file(file);
}

function isWorkFile(value: unknown): value is WorkFile {
  if (typeof value !== 'object' || value === null || !('job' in value) || !('name' in value)) return false;
  return typeof value.job === 'string' && typeof value.name === 'string';
}
