import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { ChangeTexts } from '../app/changeTexts.ts';
import type { TaskChange } from '../protocol/taskChange.ts';

export const taskChangeScheme = 'tandem-change';

/** Of the editor that shows all of a change, for the `when` clauses of its buttons. */
export const taskChangesScheme = 'tandem-changes';

type Side = 'before' | 'after';

/**
 * Shows what a task changed in VS Code's own editor of several differences. The documented `vscode.changes` gives that editor
 * an address of its own, by which its buttons could not tell whose change it is; so this is how VS Code's own Git opens it.
 */
export async function showTaskChange(change: TaskChange, title: string): Promise<void> {
  const { job, files } = change;
  const multiDiffSourceUri = vscode.Uri.from({ scheme: taskChangesScheme, path: `/${job}` });
  const resources = files.map(({ file, kind }) => ({
    ...(kind !== 'add' && { originalUri: taskChangeUri(change, file, 'before') }),
    ...(kind !== 'delete' && { modifiedUri: taskChangeUri(change, file, 'after') }),
  }));
  await vscode.commands.executeCommand('_workbench.openMultiDiffEditor', {
    multiDiffSourceUri,
    title,
    resources,
  });
}

/** The job whose change is in the editor with this address; null for any other address. */
export function jobOfChanges(uri: vscode.Uri): string | null {
  return uri.scheme === taskChangesScheme ? uri.path.slice(1) : null;
}

/**
 * Shows two changes of the same commit side by side: what the one made of each file, and what the other one made of it; where
 * that is the same, what both made of the original.
 */
export async function showSideBySide(
  left: TaskChange,
  right: TaskChange,
  { title, same }: { title: string; same: ReadonlySet<string> },
): Promise<void> {
  const files = [...new Set([left, right].flatMap((change) => change.files.map(({ file }) => file)))].sort();
  const changes = files.map((file) => [
    vscode.Uri.joinPath(vscode.Uri.file(left.repository), file),
    same.has(file) ? taskChangeUri(left, file, 'before') : sideOf(left, right, file),
    sideOf(right, left, file),
  ]);
  await vscode.commands.executeCommand('vscode.changes', title, changes);
}

/** Where it left the file alone, it has what the other one started from. */
function sideOf(own: TaskChange, other: TaskChange, file: string): vscode.Uri {
  const isChanged = own.files.some((one) => one.file === file);
  return isChanged ? taskChangeUri(own, file, 'after') : taskChangeUri(other, file, 'before');
}

/** The files of tasks' changes, before and after, as read-only documents. The path gives each its name and language. */
export function taskChangeDocuments(app: App): vscode.TextDocumentContentProvider {
  const texts = new ChangeTexts(app.changes);
  return {
    // VS Code asks again after a reload, when it restores the editors.
    provideTextDocumentContent: async ({ query }) => {
      const given = new URLSearchParams(query);
      const repository = given.get('repository') ?? '';
      // The query is of whoever opens the document: only what is known as a repository here is looked into.
      if (!app.repositories().includes(repository)) return 'This change is of no repository that is open.\n';
      const sides = await texts.sides(given.get('job') ?? '', repository, given.get('file') ?? '');
      if (!sides) return 'This change is no longer known.\n';
      return ((given.get('side') === 'before' ? sides.before : sides.after) ?? '').toString();
    },
  };
}

/** A file of a change as a read-only document of `taskChangeDocuments`. */
export function taskChangeUri({ job, repository }: TaskChange, file: string, side: Side): vscode.Uri {
  const query = new URLSearchParams({ job, repository, file, side }).toString();
  const { path } = vscode.Uri.joinPath(vscode.Uri.file(repository), file);
  return vscode.Uri.from({ scheme: taskChangeScheme, path, query });
}
