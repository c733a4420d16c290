import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { isInside } from '../base/paths.ts';
import { Throttle } from '../base/throttle.ts';
import type { JobList } from '../jobs/jobList.ts';
import type { Job } from '../protocol/job.ts';
import { workspaceFolders } from './host.ts';
import { inertLinks } from './inertLinks.ts';

export const reportScheme = 'tandem';

const leavingPath = '/leaves/What leaves this machine.md';

/** Between two looks at the jobs whose reports are open. Milliseconds. */
const renewInterval = 1_000;

/**
 * Read-only documents: `tandem:/job/JOB/Result of ….md`, `tandem:/raw/JOB/Raw answer of ….md`, `tandem:/set-up/…`,
 * `tandem:/leaves/…` and `tandem:/score/Score card of ….md?REPOSITORY`.
 */
export class ReportDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  private readonly setUpUri = vscode.Uri.from({ scheme: reportScheme, path: '/set-up/Tandem set-up.md' });
  private readonly renewals = new Throttle(renewInterval, () => this.renew());
  private readonly subscriptions: vscode.Disposable;
  private setUpReport = 'Run “Tandem: Set Up…” again: this report was made for a window that is gone.\n';

  private leaving = 'This was about a review that was asked for in a window that is gone.\n';

  constructor(
    private readonly app: App,
    list: JobList,
  ) {
    this.subscriptions = vscode.Disposable.from(
      this.changes,
      this.renewals,
      ...[list.onDidChange, app.findings.onDidChange].map((onDidChange) =>
        onDidChange(() => {
          if (openReports().length > 0) this.renewals.request();
        }),
      ),
    );
  }

  async showSetUp(report: string): Promise<void> {
    this.setUpReport = report;
    this.changes.fire(this.setUpUri);
    await vscode.window.showTextDocument(this.setUpUri, { preview: true });
  }

  /** Shows what a review would send. */
  async showLeaving(markdown: string): Promise<void> {
    this.leaving = markdown;
    await this.show(leavingPath);
  }

  /** Shows what came of a job; while it runs the document follows it. */
  async showJob({ id }: Job): Promise<void> {
    await this.show(`/job/${id}/Result of ${id}.md`);
  }

  /** Shows what became of the findings of each reviewer; the document follows it. */
  async showScoreCard(repository: string): Promise<void> {
    await this.show(`/score/Score card of ${basename(repository)}.md`, repository);
  }

  /** Shows the reviewer's answer exactly as it came. */
  async showRawAnswer(job: string, text: string): Promise<void> {
    // As plain text, in which VS Code sees no links but to the web and to files.
    await this.show(`/raw/${job}/Raw answer of ${job}.${isJson(text) ? 'json' : 'txt'}`);
  }

  /** VS Code asks again after a reload, when it restores the editors. */
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    if (uri.path === this.setUpUri.path) return this.setUpReport;
    if (uri.path === leavingPath) return inertLinks(this.leaving);
    const [, kind, id = ''] = uri.path.split('/');
    if (kind === 'score') return this.scoreCard(uri.query);
    const { jobs } = this.app;
    const job = await jobs.find(id);
    if (!job) return 'This job is no longer there.\n';
    if (kind === 'job') return `${inertLinks((await this.app.report(job)).markdown)}\n`;
    return (await jobs.result(job))?.rawText ?? 'This answer is no longer there.\n';
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  /** Anybody may write an address: only what is open here is told of. */
  private async scoreCard(repository: string): Promise<string> {
    const isOpen = workspaceFolders().some(
      (folder) => isInside(folder, repository) || isInside(repository, folder),
    );
    if (!isOpen) return 'This repository is not open in this window.\n';
    return inertLinks((await this.app.scoreCard(repository)).markdown);
  }

  private async show(path: string, query = ''): Promise<void> {
    const uri = vscode.Uri.from({ scheme: reportScheme, path, query });
    // It may be open from before, and VS Code would show what it read then.
    this.changes.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  private renew(): void {
    for (const uri of openReports()) this.changes.fire(uri);
  }
}

function openReports(): vscode.Uri[] {
  return vscode.workspace.textDocuments
    .map(({ uri }) => uri)
    .filter(({ scheme, path }) => scheme === reportScheme && /^\/(?:job|score)\//.test(path));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
