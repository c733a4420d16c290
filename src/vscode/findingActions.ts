import * as vscode from 'vscode';
import { internalCommandIds } from './contributions.ts';
import type { FindingDiagnostics } from './findingDiagnostics.ts';

const [showFinding] = internalCommandIds;
const title = 'Show in Findings View';

/** Quick fixes of our diagnostics. */
export class FindingActions implements vscode.CodeActionProvider {
  static readonly metadata: vscode.CodeActionProviderMetadata = {
    providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
  };

  constructor(private readonly marks: FindingDiagnostics) {}

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const marks = this.marks.at(document.uri, range);
    return marks.map(({ finding, diagnostic }) => {
      const name = marks.length === 1 ? title : `${title}: ${finding.title}`;
      const action = new vscode.CodeAction(name, vscode.CodeActionKind.QuickFix);
      action.diagnostics = [diagnostic];
      action.command = { command: showFinding, title, arguments: [finding.id] };
      return action;
    });
  }
}
