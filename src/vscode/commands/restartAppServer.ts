import * as vscode from 'vscode';
import type { App } from '../../app.ts';

/** Ends the App Server and starts it again, which shows at once whether it works. To one elsewhere it connects anew. */
export async function restartAppServer(app: App): Promise<void> {
  app.requireTrust();
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: app.appServer.isRemote ? 'Connecting to the Codex App Server' : 'Restarting the Codex App Server',
  };
  const version = await vscode.window.withProgress(options, async () => {
    await app.appServer.restart('The user asked for it.');
    return app.appServer.use((connection) => Promise.resolve(connection.version));
  });
  const codex = version === '' ? 'Codex' : `Codex ${version}`;
  void vscode.window.showInformationMessage(`The App Server of ${codex} is running.`);
}
