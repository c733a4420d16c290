import * as vscode from 'vscode';
import type { App } from '../../app.ts';
import type { PluginSetup } from '../pluginSetup.ts';
import type { ReportDocuments } from '../reportDocuments.ts';

/** Checks what reviews need, and shows the report. */
export async function setUp(app: App, documents: ReportDocuments, plugin: PluginSetup): Promise<void> {
  app.requireTrust();
  const options = { location: vscode.ProgressLocation.Notification, title: 'Checking the set-up of Tandem' };
  const { markdown } = await vscode.window.withProgress(options, () => app.setup());
  await documents.showSetUp(markdown);
  await plugin.offer();
}
