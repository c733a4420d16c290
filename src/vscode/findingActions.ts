import * as vscode from 'vscode';
import type { FindingDiagnostics } from './findingDiagnostics.ts';
import { quickFixes } from './quickFixes.ts';

/** Quick fixes of our diagnostics. */
export class FindingActions implements vscode.CodeActionProvider {
  static readonly metadata: vscode.CodeActionProviderMetadata = {
    providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
  };

  constructor(private readonly marks: FindingDiagnostics) {}

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const marks = this.marks.at(document.uri, range);
    const diagnostics = new Map(marks.map(({ finding, diagnostic }) => [finding.id, diagnostic]));
    return quickFixes(marks.map(({ finding }) => finding)).map(({ title, command, finding }) => {
      const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
      const diagnostic = diagnostics.get(finding);
      action.diagnostics = diagnostic ? [diagnostic] : [];
      action.command = { command, title, arguments: [finding] };
      return action;
    });
  }
}
