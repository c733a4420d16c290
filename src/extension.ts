import * as vscode from 'vscode';
import { App } from './app.ts';
import { registerCommands } from './vscode/commands.ts';
import { Context, findingsViewId } from './vscode/contributions.ts';
import { ErrorReporter } from './vscode/errorReporter.ts';
import { FindingActions } from './vscode/findingActions.ts';
import { FindingHover } from './vscode/findingHover.ts';
import { FindingMarks } from './vscode/findingMarks.ts';
import { FindingsView } from './vscode/findingsView.ts';
import { createHost } from './vscode/host.ts';
import { ReviewNotifications } from './vscode/notifications.ts';
import { PluginSetup } from './vscode/pluginSetup.ts';
import { ReportDocuments, reportScheme } from './vscode/reportDocuments.ts';
import { ReviewWatch } from './vscode/reviewWatch.ts';
import { snapshotOf } from './vscode/snapshot.ts';
import { StatusBar, showDemoItem } from './vscode/statusBar.ts';
import { announceHost } from './vscode/terminals.ts';

let running: App | undefined;

/** Joins the core with the window. Starts no process: the App Server comes with the first review. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Tandem', { log: true });
  const errors = new ErrorReporter(log);
  const host = createHost(context, log);
  const app = new App(host);
  running = app;
  const demo = Boolean(process.env['TANDEM_DEMO']);
  const watch = new ReviewWatch(app.jobs, (error) => errors.report(error));
  const marks = new FindingMarks(app.findings, errors);
  const documents = new ReportDocuments(app.jobs);
  const plugin = new PluginSetup(host, app, context.globalState);
  const status = new StatusBar(app.findings, watch);
  const view = new FindingsView({
    extensionUri: context.extensionUri,
    findings: app.findings,
    errors,
    log,
    snapshot: () =>
      snapshotOf(app.findings.all(), watch.latest, { demo, trusted: vscode.workspace.isTrusted }),
  });
  const keys = new Context(vscode.commands);
  const update = () => {
    status.update();
    view.update();
    keys.set('tandem.reviewRunning', watch.running.length > 0);
    keys.set('tandem.hasFindings', app.findings.all().length > 0);
  };
  const files = { scheme: 'file' };
  context.subscriptions.push(
    log,
    watch,
    marks,
    documents,
    status,
    view,
    ...(demo ? [showDemoItem()] : []),
    new ReviewNotifications(app, watch, errors),
    watch.onDidChange(update),
    app.findings.onDidChange(update),
    watch.onDidEnd(() => errors.run(() => plugin.offer())),
    registerCommands({ app, watch, view, documents, plugin, errors, log }),
    vscode.window.registerWebviewViewProvider(findingsViewId, view),
    vscode.workspace.registerTextDocumentContentProvider(reportScheme, documents),
    vscode.languages.registerHoverProvider(files, new FindingHover(marks)),
    vscode.languages.registerCodeActionsProvider(files, new FindingActions(marks), FindingActions.metadata),
  );
  const start = () => {
    view.update();
    errors.run(() => startApp(app, watch, context));
  };
  if (vscode.workspace.isTrusted) start();
  else context.subscriptions.push(vscode.workspace.onDidGrantWorkspaceTrust(start));
}

/** Findings of earlier windows come back, and the socket for Claude Code and terminals is opened. */
async function startApp(app: App, watch: ReviewWatch, context: vscode.ExtensionContext): Promise<void> {
  try {
    await app.start();
    const { discoveryFile } = app.bridge;
    if (discoveryFile !== undefined)
      context.subscriptions.push(announceHost(context.environmentVariableCollection, discoveryFile));
  } finally {
    await watch.restore(app.repositories());
  }
}

/** VS Code waits for this, 5 seconds at most. */
export async function deactivate(): Promise<void> {
  const app = running;
  running = undefined;
  await app?.dispose();
}
