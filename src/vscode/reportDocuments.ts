import * as vscode from 'vscode';
import type { Jobs } from '../jobs/jobs.ts';

export const reportScheme = 'tandem';

/** Read-only documents: `tandem:/raw/JOB/Raw answer….md` and `tandem:/set-up/…`. */
export class ReportDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  private readonly setUpUri = vscode.Uri.from({ scheme: reportScheme, path: '/set-up/Tandem set-up.md' });
  private setUpReport = 'Run “Tandem: Set Up…” again: this report was made for a window that is gone.\n';

  constructor(private readonly jobs: Jobs) {}

  async showSetUp(report: string): Promise<void> {
    this.setUpReport = report;
    this.changes.fire(this.setUpUri);
    await vscode.window.showTextDocument(this.setUpUri, { preview: true });
  }

  /** Shows the reviewer's answer exactly as it came. */
  async showRawAnswer(job: string, text: string): Promise<void> {
    const name = `Raw answer of ${job}.${isJson(text) ? 'json' : 'md'}`;
    const uri = vscode.Uri.from({ scheme: reportScheme, path: `/raw/${job}/${name}` });
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  /** VS Code asks again after a reload, when it restores the editors. */
  async provideTextDocumentContent({ path }: vscode.Uri): Promise<string> {
    if (path === this.setUpUri.path) return this.setUpReport;
    const [, kind, id] = path.split('/');
    const job = kind === 'raw' && id !== undefined ? await this.jobs.find(id) : null;
    const result = job && (await this.jobs.result(job));
    return result?.rawText ?? 'This answer is no longer there.\n';
  }

  dispose(): void {
    this.changes.dispose();
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
