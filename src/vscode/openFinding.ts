import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { Sequence } from '../base/async.ts';
import { UserError } from '../base/errors.ts';
import type { Finding } from '../protocol/finding.ts';
import { findingFile, namedFile } from './findingFile.ts';
import { workspaceFolders } from './host.ts';
import { placeRange } from './placeRange.ts';

/** Shows the places of findings in the editor, one at a time; of those asked for meanwhile only the last. */
export class FindingOpener {
  private readonly sequence = new Sequence();
  private last = 0;

  /** @param column of the editors; left out for the active one */
  constructor(private readonly column?: vscode.ViewColumn) {}

  /** @throws UserError if the place is not there (any more). */
  open(finding: Finding, preserveFocus: boolean): Promise<void> {
    this.last += 1;
    const turn = this.last;
    return this.sequence.run(async () => {
      if (turn === this.last) await openFinding(finding, { preserveFocus, ...lookIn(this.column) });
    });
  }
}

type Look = Pick<vscode.TextDocumentShowOptions, 'preserveFocus' | 'viewColumn'>;

async function openFinding(finding: Finding, look: Look): Promise<void> {
  const file = await findingFile(finding, workspaceFolders());
  if (file === null)
    throw new UserError(
      `${finding.file || 'The place of this finding'} cannot be opened: there is no such file in the repository now.`,
    );
  await showLines(file, finding, look);
}

/**
 * Shows a file that a model's text names, at a line of it.
 * @param line 1-based; null for the beginning
 * @param column of the editor; left out for the active one
 * @throws UserError where there is no such file inside the repository.
 */
export async function openRepositoryFile(
  repository: string,
  named: string,
  line: number | null,
  column?: vscode.ViewColumn,
): Promise<void> {
  const file = await namedFile(repository, named, workspaceFolders());
  if (file === null || !(await stat(file)).isFile())
    throw new UserError(`${named} cannot be opened: there is no such file in the repository now.`);
  const at = Math.max(1, line ?? 1);
  await showLines(file, { startLine: at, endLine: at }, lookIn(column));
}

function lookIn(column: vscode.ViewColumn | undefined): Look {
  return column === undefined ? {} : { viewColumn: column };
}

async function showLines(
  file: string,
  place: Pick<Finding, 'startLine' | 'endLine'>,
  look: Look,
): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
  const lines = document.getText().split(/\r\n|\n|\r/);
  const { startLine, startColumn, endLine, endColumn } = placeRange(place, lines);
  const selection = new vscode.Range(startLine, startColumn, endLine, endColumn);
  const editor = await vscode.window.showTextDocument(document, { selection, preview: true, ...look });
  editor.revealRange(selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
