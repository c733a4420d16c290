import * as vscode from 'vscode';
import { App } from '../app.ts';
import { Throttle } from '../base/throttle.ts';
import { JobList } from '../jobs/jobList.ts';
import type { Evidence } from '../protocol/evidence.ts';
import { ApprovalDocuments, approvalScheme } from './approvalDocuments.ts';
import { notifyOfApprovals } from './approvalNotifications.ts';
import { ApprovalsView } from './approvalsView.ts';
import { type CommandParts, registerCommands } from './commands.ts';
import { ComparePanels } from './comparePanels.ts';
import { Context, comparePanelType, findingsViewId } from './contributions.ts';
import { EditsWatch } from './editsWatch.ts';
import { ErrorReporter } from './errorReporter.ts';
import { FindingActions } from './findingActions.ts';
import { FindingDiagnostics } from './findingDiagnostics.ts';
import { FindingFilesWatch } from './findingFilesWatch.ts';
import { FindingHover } from './findingHover.ts';
import { FindingPlaces } from './findingPlaces.ts';
import { FindingThreads } from './findingThreads.ts';
import { FindingsView } from './findingsView.ts';
import { GateKeys } from './gateKeys.ts';
import { createHost, workspaceFolders } from './host.ts';
import { JobNotifications } from './jobNotifications.ts';
import { JobWatch } from './jobWatch.ts';
import { JobsView } from './jobsView.ts';
import { setKeys } from './keys.ts';
import { LeavingQuestion } from './leavingQuestion.ts';
import { MovedPlaces } from './movedPlaces.ts';
import { FindingOpener } from './openFinding.ts';
import { placesOfFindings } from './placesOfFindings.ts';
import { PluginSetup } from './pluginSetup.ts';
import { notifyOfRaces } from './raceNotifications.ts';
import { ReportDocuments, reportScheme } from './reportDocuments.ts';
import { reviewedDocuments, reviewedScheme } from './reviewedDocuments.ts';
import { type SettingId, readSetting } from './settings.ts';
import { StatusBar, showDemoItem } from './statusBar.ts';
import { TerminalPairs } from './terminalPairs.ts';
import { TokenStore } from './tokenStore.ts';
import { taskChangeDocuments, taskChangeScheme } from './taskChangeDocuments.ts';
import { showWarnings } from './warnings.ts';
import { keepViewUpToDate, windowSlices } from './windowSlices.ts';

/** Between two updates of what follows from jobs and findings. Milliseconds. */
const updateInterval = 100;
const limit: SettingId = 'tandem.jobs.maxConcurrent';
const threadsSetting = 'tandem.editor.commentThreads' satisfies SettingId;

/** The parts of a window, joined with the core. Nothing of it starts a process. */
export interface Window extends CommandParts {
  keys: Context;
  edits: EditsWatch;
  findingPlaces: FindingPlaces;
  diagnostics: FindingDiagnostics;
}

export function createWindow(context: vscode.ExtensionContext): Window {
  const log = vscode.window.createOutputChannel('Tandem', { log: true });
  const errors = new ErrorReporter(log);
  const tokens = new TokenStore(context.secrets);
  const host = createHost(context, log, tokens);
  const app = new App(host);
  const report = (error: unknown) => errors.report(error);
  const watch = new JobWatch(app.jobs, report);
  const list = new JobList(app.jobs, report);
  const keys = new Context(vscode.commands);
  const demo = isDemo();
  const findingPlaces = new FindingPlaces({
    findings: app.findings,
    documents: vscode.workspace,
    folders: workspaceFolders,
    renamedTo: app.renamedTo,
    run: (work) => errors.run(work),
  });
  const moved = new MovedPlaces(findingPlaces);
  findingPlaces.onDidChangePlaces((paths) => moved.update(paths));
  const diagnostics = new FindingDiagnostics(findingPlaces);
  const places = placesOfFindings(findingPlaces);
  const { extensionUri } = context;
  const placeOf = (id: string) => findingPlaces.placeOf(id);
  const view = new FindingsView({
    extensionUri,
    app,
    errors,
    log,
    placeOf,
    slices: windowSlices({
      app,
      watch,
      list,
      demo,
      moved: () => moved.all(),
      unmarked: () => diagnostics.hidden,
    }),
  });
  const documents = new ReportDocuments(app, list);
  return {
    app,
    host,
    tokens,
    watch,
    list,
    view,
    comparePanels: new ComparePanels({ extensionUri, app, list, places, placeOf, errors, log }),
    findingPlaces,
    diagnostics,
    places,
    threads: createThreads(app, { diagnostics, findingPlaces }, watch),
    jobsView: new JobsView(list, app.changes, app.jobs),
    approvalsView: new ApprovalsView(app),
    approvalDocuments: new ApprovalDocuments(app),
    documents,
    leaving: new LeavingQuestion({ app, documents, memory: context.globalState, log }),
    pairs: new TerminalPairs(context.workspaceState),
    plugin: new PluginSetup(host, app, context.globalState),
    gateKeys: new GateKeys(app, keys),
    edits: new EditsWatch({ app, host, list, errors }),
    keys,
    errors,
    log,
  };
}

/** Shows the window's parts to VS Code; what it returns ends with the extension. */
export function registerWindow(window: Window): vscode.Disposable {
  const { app, watch, list, view, threads, jobsView, documents, plugin, edits, errors, log } = window;
  const { findingPlaces, places, diagnostics, approvalsView, approvalDocuments, comparePanels } = window;
  const files = { scheme: 'file' };
  return vscode.Disposable.from(
    log,
    watch,
    list,
    findingPlaces,
    diagnostics,
    new FindingFilesWatch(findingPlaces, (repository) =>
      errors.run(() => app.findings.teamChanged(repository)),
    ),
    threads,
    documents,
    view,
    comparePanels,
    jobsView,
    approvalsView,
    notifyOfApprovals(app, errors),
    edits,
    ...(isDemo() ? [showDemoItem()] : []),
    new JobNotifications(app, watch, errors, (finding) => threads.isInSight(finding)),
    notifyOfRaces(window),
    showWarnings(app, errors, log),
    keepUpToDate(window),
    keepViewUpToDate(view, window),
    findingPlaces.onDidChangePlaces(() => view.changed('places')),
    diagnostics.onDidChangeHidden(() => view.changed('run')),
    watch.onDidEnd(() => errors.run(() => plugin.offer())),
    registerCommands(window),
    vscode.window.registerWebviewViewProvider(findingsViewId, view),
    vscode.window.registerWebviewPanelSerializer(comparePanelType, comparePanels),
    vscode.workspace.registerTextDocumentContentProvider(reportScheme, documents),
    vscode.workspace.registerTextDocumentContentProvider(taskChangeScheme, taskChangeDocuments(app)),
    approvalDocuments,
    vscode.workspace.registerTextDocumentContentProvider(approvalScheme, approvalDocuments),
    vscode.languages.registerCodeLensProvider({ scheme: approvalScheme }, approvalDocuments),
    vscode.workspace.registerTextDocumentContentProvider(
      reviewedScheme,
      reviewedDocuments((repository, key) => app.reviewedText(repository, key)),
    ),
    vscode.languages.registerHoverProvider(files, new FindingHover(places, (job) => evidenceOf(app, job))),
    vscode.languages.registerCodeActionsProvider(
      files,
      new FindingActions(diagnostics),
      FindingActions.metadata,
    ),
  );
}

/** What the reviewer of a job was seen looking at; null where that is not known (any more). */
async function evidenceOf({ jobs }: App, id: string): Promise<Evidence | null> {
  const job = id === '' ? null : await jobs.find(id);
  return (job && (await jobs.result(job))?.evidence) ?? null;
}

function createThreads(
  app: App,
  { diagnostics, findingPlaces }: Pick<Window, 'diagnostics' | 'findingPlaces'>,
  watch: JobWatch,
): FindingThreads {
  const opener = new FindingOpener();
  return new FindingThreads({
    findings: app.findings,
    places: diagnostics,
    watch,
    enabled: () => readSetting(vscode.workspace, threadsSetting),
    open: (finding) => opener.open(findingPlaces.asItIsNow(finding), false),
  });
}

/** In the demo no model answers, and every window says so. */
function isDemo(): boolean {
  return Boolean(process.env['TANDEM_DEMO']);
}

function keepUpToDate(window: Window): vscode.Disposable {
  const { app, watch, list, threads, gateKeys, keys, diagnostics, errors } = window;
  const status = new StatusBar(app.findings, watch, diagnostics, app.appServer, app.budgets);
  const updates = new Throttle(updateInterval, () => {
    status.update();
    setKeys(keys, { watch, list, findings: app.findings, approvals: app.approvals, changes: app.changes });
  });
  const update = () => updates.request();
  update();
  return vscode.Disposable.from(
    status,
    updates,
    watch.onDidChange(update),
    list.onDidChange(update),
    app.approvals.onDidChange(update),
    app.changes.onDidChange(update),
    app.findings.onDidChange(update),
    app.appServer.onDidChangeState(update),
    app.budgets.onDidChange(update),
    diagnostics.onDidChangeHidden(update),
    vscode.workspace.onDidChangeWorkspaceFolders(() => errors.run(() => showRepositories(window))),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(limit)) app.jobs.limitChanged();
      if (event.affectsConfiguration(threadsSetting)) threads.update();
    }),
    // A slash command may have switched the gate meanwhile.
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) errors.run(() => gateKeys.update());
    }),
  );
}

/** What is known of the repositories that are open now. */
export async function showRepositories({ app, list, gateKeys, keys }: Window): Promise<void> {
  await list.show(app.repositories());
  keys.set('tandem.jobsKnown', true);
  await gateKeys.update();
}
