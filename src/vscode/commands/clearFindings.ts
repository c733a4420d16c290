import * as vscode from 'vscode';
import type { App } from '../../app.ts';
import { findingsSummary } from '../../jobs/report.ts';

const clear = 'Clear';

/** Clears all findings, what is fixed or dismissed among them, after a question: they cannot be brought back. */
export async function clearFindings(app: App): Promise<void> {
  const findings = app.findings.open();
  if (findings.length === 0) {
    void vscode.window.showInformationMessage('There are no findings to clear.');
    return;
  }
  const message = `Clear ${findingsSummary(findings)}?`;
  const detail =
    'They go from the findings view, the Problems panel and the editor. So does what is fixed or dismissed, with the reasons: a review may report it again. This cannot be undone.';
  const answer = await vscode.window.showWarningMessage(message, { modal: true, detail }, clear);
  if (answer === clear) await app.findings.clear();
}
