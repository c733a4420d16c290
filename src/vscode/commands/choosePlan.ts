import path from 'node:path';
import * as vscode from 'vscode';
import { CancelledError } from '../../base/errors.ts';
import { isInside, realPathSync } from '../../base/paths.ts';

const texts = new Set(['markdown', 'plaintext', 'restructuredtext', 'asciidoc']);

/**
 * Asks for the document to review: the text that is open in the editor, or any other file.
 * @returns its absolute path
 * @throws CancelledError if none is picked
 */
export async function choosePlan(repository: string): Promise<string> {
  const open = openTexts(repository);
  if (open.length === 0) return chooseFile(repository);
  const another: vscode.QuickPickItem = { label: 'Another file…' };
  const items = [...open.map(({ item }) => item), another];
  const options = { title: 'Review Plan', placeHolder: 'Which document?' };
  const picked = await vscode.window.showQuickPick(items, options);
  if (!picked) throw new CancelledError();
  return open.find(({ item }) => item === picked)?.file ?? chooseFile(repository);
}

/** Those in tabs, the active one first. */
function openTexts(repository: string): { item: vscode.QuickPickItem; file: string }[] {
  const active = vscode.window.activeTextEditor?.document;
  const documents = [...(active ? [active] : []), ...vscode.workspace.textDocuments];
  const files = documents
    .filter(({ uri, languageId }) => uri.scheme === 'file' && texts.has(languageId))
    .map(({ uri }) => uri.fsPath);
  return [...new Set(files)].map((file) => ({
    file,
    item: { label: path.basename(file), description: folderText(repository, file) },
  }));
}

function folderText(repository: string, file: string): string {
  const folder = realPathSync(path.dirname(file));
  return isInside(repository, folder) ? path.relative(repository, folder) : folder;
}

async function chooseFile(repository: string): Promise<string> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: 'Review Plan',
      openLabel: 'Review',
      canSelectMany: false,
      defaultUri: vscode.Uri.file(repository),
    })) ?? [];
  if (!file) throw new CancelledError();
  return file.fsPath;
}
