import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { waitFor } from '../engine/wait.ts';
import { resultFileVariable } from './resultFile.ts';

/** Runs inside the extension host: writes down what VS Code itself measured about the start of its extensions. */
export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension('tandem.tandem');
  if (!extension) throw new Error('The extension is not installed.');
  await waitFor('the extension to be activated by VS Code', () => extension.isActive);
  await vscode.commands.executeCommand('perfview.show');
  const text = await waitFor(
    'the report of VS Code',
    () =>
      vscode.workspace.textDocuments
        .find(({ uri }) => uri.scheme === 'perf')
        ?.getText()
        .match(/.*tandem\.tandem.*/)?.[0],
  );
  writeFileSync(process.env[resultFileVariable] ?? '', text);
}
