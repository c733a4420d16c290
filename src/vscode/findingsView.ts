import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { UserError } from '../base/errors.ts';
import type { FindingStore } from '../findings/findingStore.ts';
import { findingsSummary } from '../jobs/report.ts';
import {
  type HostMessage,
  type PageCommand,
  type PageMessage,
  type Snapshot,
  pageMessageSchema,
} from '../protocol/findingsPage.ts';
import { type CommandId, findingsViewId } from './contributions.ts';
import type { ErrorReporter } from './errorReporter.ts';
import { findingsPageHtml } from './findingsPageHtml.ts';
import { FindingOpener } from './openFinding.ts';
import { Throttle } from '../base/throttle.ts';

/** What the page may ask for; nothing else is run on its behalf. */
const commands: Readonly<Record<PageCommand, CommandId | 'workbench.trust.manage'>> = {
  review: 'tandem.reviewChanges',
  cancel: 'tandem.cancelReview',
  clear: 'tandem.clearFindings',
  showLog: 'tandem.showLog',
  showRaw: 'tandem.showRawAnswer',
  restart: 'tandem.restartAppServer',
  manageTrust: 'workbench.trust.manage',
};

/** Between two snapshots, so that a talkative reviewer does not keep the page busy. Milliseconds. */
const snapshotInterval = 33;

export interface FindingsViewParts {
  extensionUri: vscode.Uri;
  findings: FindingStore;
  errors: ErrorReporter;
  log: vscode.LogOutputChannel;
  snapshot(): Snapshot;
}

/** The page shows snapshots of the host's state and asks the host for everything else; hidden, it does not exist. */
export class FindingsView implements vscode.WebviewViewProvider, vscode.Disposable {
  private readonly opener = new FindingOpener();
  private readonly updates = new Throttle(snapshotInterval, () => this.postSnapshot());
  private view: vscode.WebviewView | null = null;
  /** The page has loaded and listens. */
  private ready = false;
  /** Id of a finding to reveal once the page is ready. */
  private wanted: string | null = null;

  constructor(private readonly parts: FindingsViewParts) {}

  resolveWebviewView(view: vscode.WebviewView): void {
    const { extensionUri } = this.parts;
    const dist = vscode.Uri.joinPath(extensionUri, 'dist');
    const { webview } = view;
    this.view = view;
    this.ready = false;
    webview.options = {
      enableScripts: true,
      localResourceRoots: [dist, vscode.Uri.joinPath(extensionUri, 'media')],
    };
    webview.onDidReceiveMessage((message: unknown) => this.receive(message));
    view.onDidChangeVisibility(() => {
      // The page is destroyed when it is hidden and says `ready` again when it is back.
      if (!view.visible) this.ready = false;
    });
    view.onDidDispose(() => {
      if (this.view === view) this.view = null;
    });
    webview.html = findingsPageHtml({
      script: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.js')).toString(),
      styles: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.css')).toString(),
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('hex'),
    });
    this.showBadge();
  }

  /** The state has changed: the page gets a new snapshot soon. */
  update(): void {
    this.updates.request();
  }

  /** Opens the view, and selects a finding in it. */
  async reveal(id?: string): Promise<void> {
    this.wanted = id ?? null;
    await vscode.commands.executeCommand(`${findingsViewId}.focus`);
    this.postWanted();
  }

  dispose(): void {
    this.updates.dispose();
  }

  private postSnapshot(): void {
    this.showBadge();
    if (this.ready) this.post({ type: 'snapshot', snapshot: this.parts.snapshot() });
  }

  private postWanted(): void {
    if (!this.ready || this.wanted === null) return;
    this.post({ type: 'reveal', id: this.wanted });
    this.wanted = null;
  }

  private post(message: HostMessage): void {
    void this.view?.webview.postMessage(message);
  }

  /** A view that has not been opened in this window has none (VS Code makes it then). */
  private showBadge(): void {
    if (!this.view) return;
    const findings = this.parts.findings.open();
    this.view.badge =
      findings.length === 0 ? undefined : { value: findings.length, tooltip: findingsSummary(findings) };
  }

  private receive(message: unknown): void {
    const parsed = z.safeParse(pageMessageSchema, message);
    if (parsed.success) this.parts.errors.run(() => this.follow(parsed.data));
    else this.parts.log.warn(`The findings view sent something unknown: ${parsed.error.message}`);
  }

  private async follow(message: PageMessage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.ready = true;
        this.postSnapshot();
        this.postWanted();
        return;
      case 'open': {
        const finding = this.parts.findings.find(message.id);
        if (!finding) throw new UserError('This finding is no longer there.');
        await this.opener.open(finding, message.preserveFocus);
        return;
      }
      case 'command':
        await vscode.commands.executeCommand(commands[message.command]);
        return;
      case 'link':
        if (!/^https?:\/\//i.test(message.href))
          throw new UserError('Only links to http and https are opened.');
        await vscode.env.openExternal(vscode.Uri.parse(message.href, true));
    }
  }
}
