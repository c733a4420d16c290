import * as vscode from 'vscode';
import { Sequence } from '../base/async.ts';
import { UserError } from '../base/errors.ts';
import type { Finding } from '../protocol/finding.ts';
import { findingFile } from './findingFile.ts';
import { workspaceFolders } from './host.ts';
import { placeRange } from './placeRange.ts';

/** Shows the places of findings in the editor, one at a time; of those asked for meanwhile only the last. */
export class FindingOpener {
  private readonly sequence = new Sequence();
  private last = 0;

  /** @throws UserError if the place is not there (any more). */
  open(finding: Finding, preserveFocus: boolean): Promise<void> {
    this.last += 1;
    const turn = this.last;
    return this.sequence.run(async () => {
      if (turn === this.last) await openFinding(finding, preserveFocus);
    });
  }
}

async function openFinding(finding: Finding, preserveFocus: boolean): Promise<void> {
  const file = await findingFile(finding, workspaceFolders());
  if (file === null)
    throw new UserError(
      `${finding.file || 'The place of this finding'} cannot be opened: there is no such file in the repository now.`,
    );
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
  const lines = document.getText().split(/\r\n|\n|\r/);
  const { startLine, startColumn, endLine, endColumn } = placeRange(finding, lines);
  const selection = new vscode.Range(startLine, startColumn, endLine, endColumn);
  const editor = await vscode.window.showTextDocument(document, { selection, preserveFocus, preview: true });
  editor.revealRange(selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
