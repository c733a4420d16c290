import * as vscode from 'vscode';
import { CancelledError, UserError } from '../../base/errors.ts';
import { isInside, realPathSync } from '../../base/paths.ts';

const save = 'Save All and Continue';
const leave = 'Continue Without Saving';

/**
 * Agents read files, not editors: what is not saved would be left out, and lines would not match.
 * @throws CancelledError if the user thinks better of it, UserError if a file cannot be saved
 */
export async function offerToSave(repositories: readonly string[]): Promise<void> {
  const unsaved = vscode.workspace.textDocuments.filter(({ isDirty, uri }) => {
    if (!isDirty || uri.scheme !== 'file') return false;
    const file = realPathSync(uri.fsPath);
    return repositories.some((repository) => isInside(repository, file));
  });
  if (unsaved.length === 0) return;
  const files = unsaved.length === 1 ? '1 file has' : `${unsaved.length} files have`;
  const detail = 'The agents read the files on disk and would not see them.';
  const options = { modal: true, detail };
  const answer = await vscode.window.showWarningMessage(`${files} unsaved changes.`, options, save, leave);
  if (answer === undefined) throw new CancelledError();
  if (answer === leave) return;
  for (const document of unsaved)
    if (!(await document.save())) throw new UserError(`${document.uri.fsPath} could not be saved.`);
}
