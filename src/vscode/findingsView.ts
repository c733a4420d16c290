import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { App } from '../app.ts';
import { messageOf } from '../base/errors.ts';
import { findingsSummary } from '../jobs/report.ts';
import { type HostMessage, pageMessageSchema } from '../protocol/findingsPage.ts';
import type { PlaceNow } from '../protocol/pageSlices.ts';
import { findingsViewId } from './contributions.ts';
import type { ErrorReporter } from './errorReporter.ts';
import { findingsPageHtml } from './findingsPageHtml.ts';
import { PageRequests } from './pageRequests.ts';
import { PageSlices, type SliceName, type SliceSource } from './pageSlices.ts';

export interface FindingsViewParts {
  extensionUri: vscode.Uri;
  app: Pick<App, 'findings' | 'jobs'>;
  errors: ErrorReporter;
  log: vscode.LogOutputChannel;
  /** Where a finding is now; undefined where nothing but the record is known. */
  placeOf: (id: string) => PlaceNow | undefined;
  slices: SliceSource;
}

/** The page shows slices of the host's state and asks the host for everything else; hidden, it does not exist. */
export class FindingsView implements vscode.WebviewViewProvider, vscode.Disposable {
  private readonly slices: PageSlices;
  private readonly requests: PageRequests;
  private view: vscode.WebviewView | null = null;
  /** The page has loaded and listens. */
  private ready = false;
  /** Id of a finding to reveal once the page is ready. */
  private wanted: string | null = null;

  constructor(private readonly parts: FindingsViewParts) {
    const post = (message: HostMessage) => this.post(message);
    this.slices = new PageSlices(parts.slices, post, (error) =>
      parts.log.error(error instanceof Error ? error : messageOf(error)),
    );
    this.requests = new PageRequests(parts, post);
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { extensionUri } = this.parts;
    const dist = vscode.Uri.joinPath(extensionUri, 'dist');
    const { webview } = view;
    this.view = view;
    this.setReady(false);
    webview.options = {
      enableScripts: true,
      localResourceRoots: [dist, vscode.Uri.joinPath(extensionUri, 'media')],
    };
    webview.onDidReceiveMessage((message: unknown) => this.receive(message));
    view.onDidChangeVisibility(() => {
      // The page is destroyed when it is hidden and says `ready` again when it is back.
      if (!view.visible) this.setReady(false);
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

  /** These slices of the state may have changed: the page gets them soon. */
  changed(...names: readonly SliceName[]): void {
    this.slices.changed(...names);
    if (names.includes('findings')) this.showBadge();
  }

  /** Opens the view, and selects a finding in it. */
  async reveal(id?: string): Promise<void> {
    this.wanted = id ?? null;
    await vscode.commands.executeCommand(`${findingsViewId}.focus`);
    this.postWanted();
  }

  dispose(): void {
    this.slices.dispose();
  }

  private setReady(ready: boolean): void {
    this.ready = ready;
    if (ready) this.slices.start();
    else this.slices.stop();
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
    const open = this.parts.app.findings.open();
    this.view.badge = open.length === 0 ? undefined : { value: open.length, tooltip: findingsSummary(open) };
  }

  private receive(message: unknown): void {
    const { errors, log } = this.parts;
    const parsed = z.safeParse(pageMessageSchema, message);
    if (!parsed.success) {
      log.warn(`The findings view sent something unknown: ${parsed.error.message}`);
      return;
    }
    const { data } = parsed;
    errors.run(async () => {
      if (data.type !== 'ready') return this.requests.follow(data);
      this.setReady(true);
      this.postWanted();
    });
  }
}
