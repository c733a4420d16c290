import path from 'node:path';
import * as vscode from 'vscode';
import type { App } from '../../app.ts';
import { CancelledError } from '../../base/errors.ts';
import type { ExportFormat } from '../../protocol/exportFormat.ts';
import { type KnownFinding, isOpen } from '../../protocol/knownFinding.ts';
import { plainText } from '../errorMessage.ts';
import { chooseRepository } from '../repositories.ts';

const title = 'Export Findings';
const open = 'Open File';

interface Choice extends vscode.QuickPickItem {
  format: ExportFormat;
  /** Of the file, without the dot. */
  extension: string;
}

const choices: readonly Choice[] = [
  {
    label: 'SARIF',
    description: 'for GitHub, SARIF viewers and other tools',
    format: 'sarif',
    extension: 'sarif',
  },
  { label: 'Markdown', description: 'a report to read', format: 'markdown', extension: 'md' },
  { label: 'JSON', description: 'for programs', format: 'json', extension: 'json' },
];

/**
 * Writes the findings of a repository to a file.
 * @throws CancelledError if the user thinks better of it
 */
export async function exportFindings(app: App): Promise<void> {
  const repository = await chooseRepository(app);
  const known = await app.findings.of(repository);
  const name = path.basename(repository);
  if (known.length === 0) {
    void vscode.window.showInformationMessage(plainText(`There are no findings in ${name} to export.`));
    return;
  }
  const picked = await vscode.window.showQuickPick(choices, { title, placeHolder: 'As what?' });
  if (!picked) throw new CancelledError();
  const all = await chooseScope(known);
  const file = await vscode.window.showSaveDialog({
    title,
    defaultUri: vscode.Uri.file(path.join(repository, `${name}-findings.${picked.extension}`)),
    filters: { [picked.label]: [picked.extension] },
  });
  if (!file) throw new CancelledError();
  const text = await app.exportFindings(repository, { format: picked.format, all });
  await vscode.workspace.fs.writeFile(file, Buffer.from(text));
  await offerToOpen(file);
}

/** True for all of them; asked only where that is a choice. */
async function chooseScope(known: readonly KnownFinding[]): Promise<boolean> {
  const count = known.filter(isOpen).length;
  if (count === known.length) return false;
  const items = [
    { label: 'Open findings', description: String(count), all: false },
    { label: 'All findings', description: `${known.length}, with those fixed or dismissed`, all: true },
  ];
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder: 'Which ones?' });
  if (!picked) throw new CancelledError();
  return picked.all;
}

async function offerToOpen(file: vscode.Uri): Promise<void> {
  const message = plainText(`The findings are in ${path.basename(file.fsPath)}.`);
  const answer = await vscode.window.showInformationMessage(message, open);
  if (answer === open) await vscode.window.showTextDocument(file);
}
