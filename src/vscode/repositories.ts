import path from 'node:path';
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { CancelledError, UsageError } from '../base/errors.ts';
import { findRepositoryRoot } from '../git/repository.ts';
import { workspaceFolders } from './host.ts';

/**
 * The repository that a command is about: that of the source control it was started from, of the active editor, the only
 * one, or the one that the user picks.
 * @param from what a menu hands over
 * @throws UsageError if no folder is open or none is in a repository, CancelledError if none is picked
 */
export async function chooseRepository(app: App, from?: unknown): Promise<string> {
  const folders = workspaceFolders();
  const [first] = folders;
  if (first === undefined) throw new UsageError('No folder is open.', 'Open the folder of a git repository.');
  const given = rootOf(from) ?? activeRepository();
  if (given !== null) return given;
  const repositories = app.repositories();
  const [only] = repositories;
  if (only === undefined)
    throw new UsageError(
      `${first} is not inside a git repository.`,
      'Open a folder of a repository, or run `git init`.',
    );
  if (repositories.length === 1) return only;
  const items = repositories.map((repository) => ({
    label: path.basename(repository),
    description: repository,
    repository,
  }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Which repository?' });
  if (!picked) throw new CancelledError();
  return picked.repository;
}

/** VS Code hands the source control over to commands in its title. */
function rootOf(from: unknown): string | null {
  if (typeof from !== 'object' || from === null || !('rootUri' in from)) return null;
  const { rootUri } = from;
  return rootUri instanceof vscode.Uri && rootUri.scheme === 'file' ? rootUri.fsPath : null;
}

/** A file outside the workspace says nothing about what to review. */
function activeRepository(): string | null {
  const uri = vscode.window.activeTextEditor?.document.uri;
  if (uri?.scheme !== 'file' || !vscode.workspace.getWorkspaceFolder(uri)) return null;
  return findRepositoryRoot(path.dirname(uri.fsPath));
}
