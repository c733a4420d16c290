import * as vscode from 'vscode';
import { deferred } from '../../base/async.ts';
import { CancelledError, UserError } from '../../base/errors.ts';
import { findExecutables, usualFolders } from '../../base/executables.ts';

const name = 'Install Codex';
const advice = 'Install it in another way, for example as https://github.com/openai/codex describes.';

/**
 * Installs Codex with npm in a terminal, where the user sees what happens and can stop it. Resolves at its end.
 * @throws UserError if there is no npm, or if it fails; CancelledError if the user ends it
 */
export async function installCodex(env: NodeJS.ProcessEnv): Promise<void> {
  const [npm] = await findExecutables({ name: 'npm', setting: '', env, knownFolders: usualFolders });
  if (!npm) throw new UserError('npm was not found: it comes with Node.js.', advice);
  const process = new vscode.ProcessExecution(npm.file, ['install', '-g', '@openai/codex']);
  const task = new vscode.Task({ type: 'tandem' }, vscode.TaskScope.Workspace, name, 'Tandem', process);
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, focus: false, close: false };
  const code = await runTask(task);
  if (code === undefined) throw new CancelledError();
  if (code !== 0) throw new UserError(`npm could not install Codex (exit code ${code}).`, advice);
}

/** @returns its exit code; undefined if it was ended */
async function runTask(task: vscode.Task): Promise<number | undefined> {
  const end = deferred<number | undefined>();
  // It may end before the call that starts it has returned.
  const watching = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
    if (execution.task.name === task.name && execution.task.source === task.source) end.resolve(exitCode);
  });
  try {
    await vscode.tasks.executeTask(task);
    return await end.promise;
  } finally {
    watching.dispose();
  }
}
