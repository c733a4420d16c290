import * as vscode from 'vscode';
import type { App } from './app.ts';
import { announceHost } from './vscode/terminals.ts';
import { type Window, createWindow, registerWindow, showRepositories } from './vscode/window.ts';

let running: App | undefined;

/** Joins the core with the window. Starts no process: the App Server comes with the first job. */
export function activate(context: vscode.ExtensionContext): void {
  const window = createWindow(context);
  running = window.app;
  context.subscriptions.push(registerWindow(window));
  const start = () => {
    window.view.changed('run');
    window.errors.run(() => startApp(window, context));
  };
  if (vscode.workspace.isTrusted) start();
  else context.subscriptions.push(vscode.workspace.onDidGrantWorkspaceTrust(start));
}

/** Findings and jobs of earlier windows come back, and the socket for Claude Code and terminals is opened. */
async function startApp(window: Window, context: vscode.ExtensionContext): Promise<void> {
  const { app, watch, edits } = window;
  try {
    await app.start();
    const { discoveryFile } = app.bridge;
    if (discoveryFile !== undefined)
      context.subscriptions.push(announceHost(context.environmentVariableCollection, discoveryFile));
  } finally {
    await watch.restore(app.repositories());
    await showRepositories(window);
    edits.start();
  }
}

/** VS Code waits for this, 5 seconds at most. */
export async function deactivate(): Promise<void> {
  const app = running;
  running = undefined;
  await app?.dispose();
}
