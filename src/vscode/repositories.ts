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
  requireFolder();
  const given = rootOf(from) ?? activeRepository();
  if (given !== null) return given;
  const repositories = requireRepositories(app);
  const [only, ...others] = repositories;
  return only !== undefined && others.length === 0 ? only : pick(repositories.map(choiceOf));
}

/**
 * The repositories that are to be reviewed: that of the source control it was started from, the only one, or what the user
 * picks, also all of them; that of the active editor is the first to choose.
 * @throws as `chooseRepository`
 */
export async function chooseRepositories(app: App, from?: unknown): Promise<string[]> {
  requireFolder();
  const given = rootOf(from);
  if (given !== null) return [given];
  const active = activeRepository();
  // A submodule, or another repository in a repository, is none of the window's own.
  const all = active === null ? requireRepositories(app) : [...new Set([active, ...app.repositories()])];
  if (all.length === 1) return all;
  const choices = all.map((repository) => ({ ...choiceOf(repository), value: [repository] }));
  return pick([...choices, { label: `All repositories (${all.length})`, value: all }]);
}

interface Choice<T> extends vscode.QuickPickItem {
  value: T;
}

function choiceOf(repository: string): Choice<string> {
  return { label: path.basename(repository), description: repository, value: repository };
}

/** @throws CancelledError if none is picked */
async function pick<T>(choices: readonly Choice<T>[]): Promise<T> {
  const picked = await vscode.window.showQuickPick(choices, { placeHolder: 'Which repository?' });
  if (!picked) throw new CancelledError();
  return picked.value;
}

/** The first folder of the window. @throws UsageError if none is open */
function requireFolder(): string {
  const [first] = workspaceFolders();
  if (first === undefined) throw new UsageError('No folder is open.', 'Open the folder of a git repository.');
  return first;
}

/** @throws UsageError if no folder is in a repository */
function requireRepositories(app: App): string[] {
  const repositories = app.repositories();
  if (repositories.length > 0) return repositories;
  throw new UsageError(
    `${requireFolder()} is not inside a git repository.`,
    'Open a folder of a repository, or run `git init`.',
  );
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
