import path from 'node:path';
import * as vscode from 'vscode';
import type { App } from '../../app.ts';
import { CancelledError } from '../../base/errors.ts';
import type { CommandParts } from '../commands.ts';
import { plainText } from '../errorMessage.ts';
import { chooseRepository } from '../repositories.ts';

const open = 'Open File';

/** Shows what became of the findings of each reviewer in a repository. @throws CancelledError */
export async function showScoreCard({
  app,
  documents,
}: Pick<CommandParts, 'app' | 'documents'>): Promise<void> {
  await documents.showScoreCard(await chooseRepository(app));
}

/** Writes the same to a JSON file. @throws CancelledError if the user thinks better of it */
export async function exportScoreCard(app: App): Promise<void> {
  const repository = await chooseRepository(app);
  const name = `${path.basename(repository)}-score-card.json`;
  const file = await vscode.window.showSaveDialog({
    title: 'Export Score Card',
    defaultUri: vscode.Uri.file(path.join(repository, name)),
    filters: { JSON: ['json'] },
  });
  if (!file) throw new CancelledError();
  const { json } = await app.scoreCard(repository);
  await vscode.workspace.fs.writeFile(file, Buffer.from(json));
  const message = plainText(`The score card is in ${path.basename(file.fsPath)}.`);
  const answer = await vscode.window.showInformationMessage(message, open);
  if (answer === open) await vscode.window.showTextDocument(file);
}
