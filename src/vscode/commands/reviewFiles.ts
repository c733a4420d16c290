import { statSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { CancelledError, UsageError } from '../../base/errors.ts';
import { findRepositoryRoot } from '../../git/repository.ts';
import { selectedLines } from '../selectedLines.ts';
import { type ReviewParts, startReviews } from './startReviews.ts';

/**
 * Reviews what is selected in the Explorer, as it is now: one review for each repository that it lies in.
 * @param from what the menu was opened on; @param all what is selected with it
 */
export async function reviewFiles(parts: ReviewParts, from?: unknown, all?: unknown): Promise<void> {
  parts.app.requireTrust();
  const files = filesOf(Array.isArray(all) && all.length > 0 ? all : [from]);
  if (files.length === 0)
    throw new UsageError('No file is chosen.', 'Choose files or folders in the Explorer.');
  for (const [repository, chosen] of byRepository(files))
    await startReviews(parts, [repository], { target: { scope: 'files', files: chosen } });
}

/** @param from the file that the menu was opened on, else that of the active editor */
export async function reviewFile(parts: ReviewParts, from?: unknown): Promise<void> {
  const [file] = filesOf([from]);
  await reviewFiles(parts, vscode.Uri.file(file ?? activeFile().file));
}

export async function reviewSelection(parts: ReviewParts): Promise<void> {
  parts.app.requireTrust();
  const { file, editor } = activeFile();
  if (editor.selection.isEmpty) throw new UsageError('Nothing is selected.', 'Select the lines to review.');
  const lines = selectedLines(editor.selection);
  await startReviews(parts, [path.dirname(file)], { target: { scope: 'selection', files: [file], lines } });
}

/** The file in the active editor. @throws UsageError if there is none on this machine's disk */
function activeFile(): { file: string; editor: vscode.TextEditor } {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.uri.scheme !== 'file')
    throw new UsageError('No file is open in the editor.', 'Reviewers read files on disk: open or save one.');
  return { file: editor.document.uri.fsPath, editor };
}

/** Asks for files or folders of the repository. @throws CancelledError if none is picked */
export async function chooseFiles(repository: string): Promise<string[]> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Review Files',
    openLabel: 'Review',
    canSelectFiles: true,
    canSelectFolders: true,
    canSelectMany: true,
    defaultUri: vscode.Uri.file(repository),
  });
  if (!chosen || chosen.length === 0) throw new CancelledError();
  return filesOf(chosen);
}

function filesOf(values: readonly unknown[]): string[] {
  return values.flatMap((value) =>
    value instanceof vscode.Uri && value.scheme === 'file' ? [value.fsPath] : [],
  );
}

/** What lies in no repository stands for itself: there it is said so. */
function byRepository(files: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const file of files) {
    const folder = statSync(file, { throwIfNoEntry: false })?.isDirectory() ? file : path.dirname(file);
    const repository = findRepositoryRoot(folder) ?? folder;
    groups.set(repository, [...(groups.get(repository) ?? []), file]);
  }
  return groups;
}
