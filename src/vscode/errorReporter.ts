import * as vscode from 'vscode';
import { errorMessage } from './errorMessage.ts';

const showLog = 'Show Log';
const manageTrust = 'Manage Workspace Trust';

/** The one place where a failure becomes something that the user sees. */
export class ErrorReporter {
  constructor(private readonly log: vscode.LogOutputChannel) {}

  report(error: unknown): void {
    const message = errorMessage(error);
    if (message === null) return;
    if (message.level === 'warning') this.log.warn(message.log);
    else this.log.error(message.log);
    const show =
      message.level === 'warning' ? vscode.window.showWarningMessage : vscode.window.showErrorMessage;
    const actions = vscode.workspace.isTrusted ? [showLog] : [manageTrust, showLog];
    void show(message.text, ...actions).then((action) => {
      if (action === showLog) this.log.show();
      else if (action === manageTrust) void vscode.commands.executeCommand('workbench.trust.manage');
    });
  }

  /** Runs work that nobody waits for. */
  run(work: () => unknown): void {
    void this.attempt(work);
  }

  /** Runs work to its end; its failure is reported, and the result is undefined then. */
  async attempt<T>(work: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.report(error);
      return undefined;
    }
  }
}
