import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { CommandId } from './contributions.ts';
import { plainText } from './errorMessage.ts';
import type { ErrorReporter } from './errorReporter.ts';

const showLog = 'Show Log';
const restart = 'Restart';
const restartCommand: CommandId = 'tandem.restartAppServer';

/** Tells of trouble that nobody here asked about: a gate that could not run, an App Server that has been given up. */
export function showWarnings(
  app: App,
  errors: ErrorReporter,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  return vscode.Disposable.from(
    app.onDidWarn((warning) => {
      log.warn(warning);
      errors.run(async () => {
        const answer = await vscode.window.showWarningMessage(plainText(warning), showLog);
        if (answer === showLog) log.show();
      });
    }),
    app.appServer.onDidChangeState((state) => {
      if (state.kind === 'failing') errors.run(() => offerRestart(state.reason, log));
    }),
  );
}

async function offerRestart(reason: string, log: vscode.LogOutputChannel): Promise<void> {
  const answer = await vscode.window.showErrorMessage(plainText(reason), restart, showLog);
  if (answer === showLog) log.show();
  else if (answer === restart) await vscode.commands.executeCommand(restartCommand);
}
