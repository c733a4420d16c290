import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { Throttle } from '../base/throttle.ts';
import type { JobList } from '../jobs/jobList.ts';
import type { Job } from '../protocol/job.ts';
import { inertLinks } from './inertLinks.ts';

export const reportScheme = 'tandem';

/** Between two looks at the jobs whose reports are open. Milliseconds. */
const renewInterval = 1_000;

/** Read-only documents: `tandem:/job/JOB/Result of ….md`, `tandem:/raw/JOB/Raw answer of ….md` and `tandem:/set-up/…`. */
export class ReportDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  private readonly setUpUri = vscode.Uri.from({ scheme: reportScheme, path: '/set-up/Tandem set-up.md' });
  private readonly renewals = new Throttle(renewInterval, () => this.renew());
  private readonly subscriptions: vscode.Disposable;
  private setUpReport = 'Run “Tandem: Set Up…” again: this report was made for a window that is gone.\n';

  constructor(
    private readonly app: App,
    list: JobList,
  ) {
    this.subscriptions = vscode.Disposable.from(
      this.changes,
      this.renewals,
      list.onDidChange(() => {
        if (openReports().length > 0) this.renewals.request();
      }),
    );
  }

  async showSetUp(report: string): Promise<void> {
    this.setUpReport = report;
    this.changes.fire(this.setUpUri);
    await vscode.window.showTextDocument(this.setUpUri, { preview: true });
  }

  /** Shows what came of a job; while it runs the document follows it. */
  async showJob({ id }: Job): Promise<void> {
    await this.show(`/job/${id}/Result of ${id}.md`);
  }

  /** Shows the reviewer's answer exactly as it came. */
  async showRawAnswer(job: string, text: string): Promise<void> {
    // As plain text, in which VS Code sees no links but to the web and to files.
    await this.show(`/raw/${job}/Raw answer of ${job}.${isJson(text) ? 'json' : 'txt'}`);
  }

  /** VS Code asks again after a reload, when it restores the editors. */
  async provideTextDocumentContent({ path }: vscode.Uri): Promise<string> {
    if (path === this.setUpUri.path) return this.setUpReport;
    const [, kind, id = ''] = path.split('/');
    const { jobs } = this.app;
    const job = await jobs.find(id);
    if (!job) return 'This job is no longer there.\n';
    if (kind === 'job') return `${inertLinks((await this.app.report(job)).markdown)}\n`;
    return (await jobs.result(job))?.rawText ?? 'This answer is no longer there.\n';
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private async show(path: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: reportScheme, path });
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
    .filter(({ scheme, path }) => scheme === reportScheme && path.startsWith('/job/'));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
