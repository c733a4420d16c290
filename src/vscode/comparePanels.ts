import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { App } from '../app.ts';
import { Sequence } from '../base/async.ts';
import { UserError, messageOf } from '../base/errors.ts';
import { Throttle } from '../base/throttle.ts';
import type { JobList } from '../jobs/jobList.ts';
import type { RunPart } from '../jobs/runReport.ts';
import {
  type CompareHostMessage,
  type CompareMessage,
  type Comparison,
  compareMessageSchema,
  compareStateSchema,
} from '../protocol/comparePage.ts';
import { type Job, isTerminal } from '../protocol/job.ts';
import type { JobResult } from '../protocol/report.ts';
import type { PlaceNow } from '../protocol/pageSlices.ts';
import { settleDispute } from './commands/finding/settleDispute.ts';
import { comparison } from './comparison.ts';
import { type CommandId, comparePanelType } from './contributions.ts';
import type { ErrorReporter } from './errorReporter.ts';
import { plainText } from './errorMessage.ts';
import { findingsPageHtml } from './findingsPageHtml.ts';
import { PageRequests } from './pageRequests.ts';
import type { AllPlaces } from './placesOfFindings.ts';

/** Between two times of sending. Milliseconds. */
const interval = 100;

const showFinding: CommandId = 'tandem.showFinding';

export interface ComparePanelsParts {
  readonly extensionUri: vscode.Uri;
  readonly app: Pick<App, 'findings' | 'jobs'>;
  readonly list: JobList;
  readonly places: Pick<AllPlaces, 'asItIsNow' | 'onDidChangePlaces'>;
  /** Where a finding is now; undefined where nothing but the record is known. */
  readonly placeOf: (id: string) => PlaceNow | undefined;
  readonly errors: ErrorReporter;
  readonly log: vscode.LogOutputChannel;
}

/** The pages in the editor area that show the two reviews of a run side by side: one for each run. */
export class ComparePanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly panels = new Map<string, ComparePanel>();
  private readonly subscriptions: vscode.Disposable;

  constructor(private readonly parts: ComparePanelsParts) {
    const changed = () => {
      for (const panel of this.panels.values()) panel.changed();
    };
    this.subscriptions = vscode.Disposable.from(
      parts.app.findings.onDidChange(changed),
      parts.list.onDidChange(changed),
      parts.places.onDidChangePlaces(changed),
    );
  }

  open(run: string): void {
    const shown = this.panels.get(run);
    if (shown) {
      shown.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      comparePanelType,
      'Compare Reviews',
      vscode.ViewColumn.Active,
    );
    this.show(panel, run);
  }

  /** VS Code has kept the panel over a reload of the window. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const parsed = z.safeParse(compareStateSchema, state);
    // Without it nobody knows what the panel was about.
    if (parsed.success && !this.panels.has(parsed.data.run)) this.show(panel, parsed.data.run);
    else panel.dispose();
    return Promise.resolve();
  }

  dispose(): void {
    this.subscriptions.dispose();
    for (const panel of this.panels.values()) panel.dispose();
  }

  private show(panel: vscode.WebviewPanel, run: string): void {
    const shown = new ComparePanel(panel, run, this.parts);
    this.panels.set(run, shown);
    panel.onDidDispose(() => {
      this.panels.delete(run);
      shown.dispose();
    });
  }
}

/** One of them. Hidden, its page does not exist; back, it says `ready` again. */
class ComparePanel implements vscode.Disposable {
  private readonly requests: PageRequests;
  private readonly updates = new Throttle(interval, () => this.update());
  private readonly sequence = new Sequence();
  /** By id, what is kept of those that have ended: it does not change any more. */
  private readonly results = new Map<string, JobResult>();
  /** What the page has, as JSON; null while it has nothing. */
  private sent: string | null = null;
  private shown: Comparison | null = null;
  /** The page has loaded once. */
  private ready = false;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly run: string,
    private readonly parts: ComparePanelsParts,
  ) {
    const { extensionUri } = parts;
    // The page stays in sight. Nothing that it asks for is answered by a message.
    this.requests = new PageRequests({ ...parts, column: vscode.ViewColumn.Beside }, () => undefined);
    const dist = vscode.Uri.joinPath(extensionUri, 'dist');
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    webview.onDidReceiveMessage((message: unknown) => this.receive(message));
    panel.onDidChangeViewState(() => {
      // Usually the page was destroyed and says `ready` again; where it was not, it may have missed something.
      if (panel.visible) this.tellAgain();
    });
    webview.html = findingsPageHtml({
      title: 'Compare Reviews',
      script: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'compare.js')).toString(),
      styles: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'compare.css')).toString(),
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('hex'),
    });
  }

  reveal(): void {
    this.panel.reveal();
  }

  changed(): void {
    if (this.ready && this.panel.visible) this.updates.request();
  }

  private tellAgain(): void {
    this.sent = null;
    this.changed();
  }

  dispose(): void {
    this.ready = false;
    this.updates.dispose();
  }

  private update(): void {
    const { log } = this.parts;
    // It is tried again with the next change.
    this.sequence
      .run(() => this.send())
      .catch((error: unknown) => log.error(error instanceof Error ? error : messageOf(error)));
  }

  private async send(): Promise<void> {
    const parts = await this.runParts();
    if (!this.ready) return;
    const { app, places } = this.parts;
    const repository = parts[0]?.job.repository;
    const known = app.findings.all().filter((finding) => finding.repository === repository);
    const shown = comparison(
      this.run,
      parts,
      known.map((finding) => places.asItIsNow(finding)),
    );
    const message: CompareHostMessage = { type: 'comparison', comparison: shown };
    const json = JSON.stringify(message);
    if (json === this.sent) return;
    this.sent = json;
    this.shown = shown;
    if (shown) this.panel.title = plainText(`Compare: ${shown.title}`);
    void this.panel.webview.postMessage(message);
  }

  private async runParts(): Promise<RunPart[]> {
    return Promise.all((await this.jobs()).map(async (job) => ({ job, result: await this.resultOf(job) })));
  }

  /** What the window lists, or, before it lists anything, what is on disk. */
  private async jobs(): Promise<Job[]> {
    const isOfRun = ({ run }: Job) => run?.id === this.run;
    const listed = this.parts.list.all().map(({ job }) => job);
    const own = listed.filter(isOfRun);
    return own.length > 0 ? own : (await this.parts.app.jobs.listAll()).filter(isOfRun);
  }

  private async resultOf(job: Job): Promise<JobResult | null> {
    if (!isTerminal(job.state)) return null;
    const known = this.results.get(job.id);
    if (known !== undefined) return known;
    const result = await this.parts.app.jobs.result(job);
    if (result) this.results.set(job.id, result);
    return result;
  }

  private receive(message: unknown): void {
    const { errors, log } = this.parts;
    const parsed = z.safeParse(compareMessageSchema, message);
    if (!parsed.success) {
      log.warn(`The comparison sent something unknown: ${messageOf(parsed.error)}`);
      return;
    }
    errors.run(() => this.follow(parsed.data));
  }

  private async follow(message: CompareMessage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.ready = true;
        this.sent = null;
        this.update();
        return;
      case 'reveal':
        await vscode.commands.executeCommand(showFinding, message.id);
        return;
      case 'decide':
        return this.decide(message);
      default:
        return this.requests.follow(message);
    }
  }

  /** The page shows model text and is not trusted: it can decide what is a dispute, and nothing else. */
  private async decide(message: Extract<CompareMessage, { type: 'decide' }>): Promise<void> {
    const isDispute = this.shown?.rows.some(
      ({ codex, claude, decision }) =>
        decision !== null && codex?.id === message.codex && claude?.id === message.claude,
    );
    if (isDispute !== true) throw new UserError('These findings are no dispute of these reviews any more.');
    await settleDispute(this.parts, message);
  }
}
