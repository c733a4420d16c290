import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { escapeMarkdown } from '../base/safeMarkdown.ts';
import { oneLine } from '../base/printable.ts';
import { type Approval, subjectText } from '../protocol/approval.ts';
import { flagsOf } from '../protocol/approvalText.ts';
import { askerText } from './approvalTexts.ts';
import { type CommandId, approvalsViewId } from './contributions.ts';

/** The questions of Codex that wait for an answer. */
export class ApprovalsView implements vscode.TreeDataProvider<Approval>, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changes.event;
  private readonly view: vscode.TreeView<Approval>;
  private readonly subscriptions: vscode.Disposable;

  constructor(private readonly app: App) {
    this.view = vscode.window.createTreeView(approvalsViewId, { treeDataProvider: this });
    this.subscriptions = vscode.Disposable.from(
      this.changes,
      this.view,
      app.approvals.onDidChange(() => this.draw()),
    );
  }

  async reveal(): Promise<void> {
    await vscode.commands.executeCommand(`${approvalsViewId}.focus`);
  }

  getChildren(parent?: Approval): Approval[] {
    return parent ? [] : this.app.approvals.pending;
  }

  getTreeItem(approval: Approval): vscode.TreeItem {
    const job = this.app.jobs.activeJobs().find(({ id }) => id === approval.job);
    const item = new vscode.TreeItem(oneLine(subjectText(approval.subject), maxLabel));
    item.id = approval.id;
    item.description = oneLine(askerText(job), maxLabel);
    item.iconPath = new vscode.ThemeIcon('question', new vscode.ThemeColor('problemsWarningIcon.foreground'));
    item.contextValue = ['approval', ...flagsOf(approval)].join(' ');
    item.tooltip = tooltipOf(approval, askerText(job));
    item.command = { command: showCommand, title: 'Show', arguments: [approval] };
    return item;
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private draw(): void {
    const count = this.app.approvals.pending.length;
    const tooltip = count === 1 ? 'Codex asks something' : `Codex asks ${count} things`;
    this.view.badge = count === 0 ? undefined : { value: count, tooltip };
    this.changes.fire(undefined);
  }
}

const showCommand: CommandId = 'tandem.approval.show';
/** Characters; the whole is in the tooltip and the document. */
const maxLabel = 200;

function tooltipOf({ subject, reason }: Approval, asker: string): vscode.MarkdownString {
  const lines = [
    `**${escapeMarkdown(asker)}**`,
    escapeMarkdown(subject.kind === 'command' ? subject.line : subjectText(subject)),
    ...(subject.kind === 'command' && subject.cwd !== '' ? [`in ${escapeMarkdown(subject.cwd)}`] : []),
    ...(reason === '' ? [] : [`“${escapeMarkdown(reason)}”`]),
  ];
  const tooltip = new vscode.MarkdownString(lines.join('\n\n'));
  tooltip.isTrusted = false;
  tooltip.supportHtml = false;
  return tooltip;
}
