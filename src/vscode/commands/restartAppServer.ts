import * as vscode from 'vscode';
import type { App } from '../../app.ts';

/** Ends the App Server and starts it again, which shows at once whether it works. */
export async function restartAppServer(app: App): Promise<void> {
  app.requireTrust();
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: 'Restarting the Codex App Server',
  };
  const connection = await vscode.window.withProgress(options, async () => {
    await app.appServer.restart();
    return app.appServer.connect();
  });
  const version = connection.version === '' ? 'Codex' : `Codex ${connection.version}`;
  void vscode.window.showInformationMessage(`The App Server of ${version} is running.`);
}
