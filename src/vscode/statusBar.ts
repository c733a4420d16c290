import * as vscode from 'vscode';
import { budgetLines } from '../app/budgetTexts.ts';
import type { Budgets } from '../app/budgets.ts';
import type { Disposable } from '../base/disposable.ts';
import type { AppServerState } from '../codex/appServer.ts';
import type { FindingStore } from '../findings/findingStore.ts';
import { isReview } from '../protocol/job.ts';
import type { CommandId } from './contributions.ts';
import type { FindingDiagnostics } from './findingDiagnostics.ts';
import { newestRunning, statusText } from './jobTexts.ts';
import type { JobWatch } from './jobWatch.ts';
import { hiddenText } from './problems.ts';
import { serverText } from './serverText.ts';

const showFindings: CommandId = 'tandem.showFindings';
const showJobs: CommandId = 'tandem.showJobs';

/** What runs, or how many findings there are. */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(
    'tandem.status',
    vscode.StatusBarAlignment.Left,
    0,
  );

  constructor(
    private readonly findings: FindingStore,
    private readonly watch: JobWatch,
    private readonly diagnostics: Pick<FindingDiagnostics, 'hidden'>,
    private readonly appServer: { readonly state: AppServerState },
    private readonly budgets: Pick<Budgets, 'all'>,
  ) {
    this.item.name = 'Tandem';
    this.update();
    this.item.show();
  }

  update(): void {
    const { text, label } = statusText(this.watch.running, this.findings.open());
    this.item.text = text;
    // The findings view shows how a review goes, but knows nothing of other jobs.
    const newest = newestRunning(this.watch.running);
    const isOther = newest !== undefined && !isReview(newest.kind);
    this.item.command = isOther ? showJobs : showFindings;
    const hidden = hiddenText(this.diagnostics.hidden);
    const server = serverText(this.appServer.state);
    const lines = [...(server === '' ? [] : [server]), ...budgetLines(this.budgets.all(), Date.now())];
    this.item.tooltip = `${[label, hidden].filter((part) => part !== '').join(', ')}. Click to show the ${isOther ? 'jobs' : 'findings'}.\n${lines.join('\n')}`;
    this.item.accessibilityInformation = { label };
  }

  dispose(): void {
    this.item.dispose();
  }
}

/** In the demo nobody may take the answers for a model's: said in every window, all the time. */
export function showDemoItem(): Disposable {
  const item = vscode.window.createStatusBarItem('tandem.demo', vscode.StatusBarAlignment.Left, 1);
  item.name = 'Tandem demo';
  item.text = '$(beaker) Demo model';
  item.tooltip =
    'This is the demo of Tandem. Codex and Claude Code are the real programs, but no model answers them: the answers come from fixed rules on this machine.';
  item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
  item.accessibilityInformation = { label: 'Demo model: answers come from fixed rules, not from a model' };
  item.show();
  return item;
}
