import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { applyPatch } from 'diff';
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { errorCode } from '../base/errors.ts';
import type { Approval, ProposedFile } from '../protocol/approval.ts';
import { flagsOf } from '../protocol/approvalText.ts';
import { detailsText } from './approvalTexts.ts';
import type { CommandId } from './contributions.ts';

export const approvalScheme = 'tandem-approval';

/**
 * What of a question a document holds: all of it as text, or a file that Codex wants to change before and after; `all` is
 * the editor of all such files.
 */
const sides = ['details', 'before', 'after', 'all'] as const;
type Side = (typeof sides)[number];

/** What Codex asks, as read-only documents. Their paths are for people; which one it is stands in the query. */
export class ApprovalDocuments
  implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider, vscode.Disposable
{
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  private readonly lensChanges = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.lensChanges.event;
  private readonly subscriptions: vscode.Disposable;

  constructor(private readonly app: App) {
    this.subscriptions = vscode.Disposable.from(
      this.changes,
      this.lensChanges,
      app.approvals.onDidChange(() => this.renew()),
    );
  }

  /** Shows a change of files in VS Code's diff editor, anything else as a text. */
  async show({ id, subject }: Approval): Promise<void> {
    if (subject.kind === 'files' && subject.files.length > 0) await this.showFiles(id, subject.files);
    else await vscode.window.showTextDocument(uriOf(id, 'details'), { preview: true });
  }

  /** VS Code asks again after a reload, when it restores the editors. */
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { id, side, index } = placeOf(uri);
    const approval = this.app.approvals.find(id);
    if (!approval) return 'Codex no longer asks this.\n';
    if (side === 'details')
      return detailsText(approval, (await this.app.jobs.find(approval.job)) ?? undefined);
    const file = approval.subject.kind === 'files' ? approval.subject.files[index] : undefined;
    if (!file) return '';
    return side === 'before' ? textBefore(file) : textAfter(file);
  }

  /** What can be said to the question stands above its text; diff editors have it in their title. */
  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    const approval = this.app.approvals.find(placeOf(uri).id);
    if (!approval) return [];
    const flags = flagsOf(approval);
    const lens = (title: string, command: CommandId) =>
      new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { title, command, arguments: [approval] });
    return [
      ...(flags.includes('answer') ? [lens('$(edit) Answer…', 'tandem.approval.answer')] : []),
      ...(flags.includes('allow') ? [lens('$(check) Allow Once', 'tandem.approval.allow')] : []),
      ...(flags.includes('session')
        ? [lens('$(check-all) Allow for This Session', 'tandem.approval.allowForSession')]
        : []),
      lens('$(close) Decline…', 'tandem.approval.decline'),
      lens('$(circle-slash) Cancel the Task', 'tandem.approval.cancelTask'),
    ];
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private async showFiles(id: string, files: readonly ProposedFile[]): Promise<void> {
    const title = 'Codex asks to change';
    const [only] = files;
    if (files.length === 1 && only) {
      const of = { file: only, index: 0 };
      const label = `${title} ${path.basename(only.path)}`;
      const [before, after] = [uriOf(id, 'before', of), uriOf(id, 'after', of)];
      await vscode.commands.executeCommand('vscode.diff', before, after, label, { preview: true });
      return;
    }
    const resources = files.map((file, index) => ({
      ...(file.kind !== 'add' && { originalUri: uriOf(id, 'before', { file, index }) }),
      ...(file.kind !== 'delete' && { modifiedUri: uriOf(id, 'after', { file, index }) }),
    }));
    // `vscode.changes` gives the editor a random address, by which nobody could tell which question it shows.
    const multiDiffSourceUri = uriOf(id, 'all');
    await vscode.commands.executeCommand('_workbench.openMultiDiffEditor', {
      ...{ multiDiffSourceUri, title: `${title} ${files.length} files`, resources },
    });
  }

  /** What is answered must not look as if it were open. */
  private renew(): void {
    this.lensChanges.fire();
    for (const { uri } of vscode.workspace.textDocuments)
      if (uri.scheme === approvalScheme && !this.app.approvals.find(placeOf(uri).id)) this.changes.fire(uri);
  }
}

/** Addresses of the editors that may show a question, as `when` clauses know them. */
export function editorsOf({ id, subject }: Approval): string[] {
  const [file] = subject.kind === 'files' ? subject.files : [];
  const sole = file ? (['before', 'after'] as const).map((side) => uriOf(id, side, { file, index: 0 })) : [];
  return [uriOf(id, 'details'), uriOf(id, 'all'), ...sole].map(String);
}

/** Id of the question that an editor shows; null for any other editor. */
export function questionOf(uri: vscode.Uri): string | null {
  return uri.scheme === approvalScheme ? placeOf(uri).id : null;
}

function uriOf(id: string, side: Side, of?: { file: ProposedFile; index: number }): vscode.Uri {
  const query = new URLSearchParams({ id, side, index: String(of?.index ?? 0) }).toString();
  const name = of ? vscode.Uri.file(of.file.path).path : '/Question of Codex.txt';
  return vscode.Uri.from({ scheme: approvalScheme, path: name, query });
}

function placeOf({ query }: vscode.Uri): { id: string; side: Side; index: number } {
  const given = new URLSearchParams(query);
  const side = sides.find((word) => word === given.get('side')) ?? 'details';
  return { id: given.get('id') ?? '', side, index: Number(given.get('index')) };
}

async function textBefore({ path: file, kind, diff }: ProposedFile): Promise<string> {
  if (kind === 'add') return '';
  if (kind === 'delete') return diff;
  return (await textOf(file)) ?? '';
}

async function textAfter({ path: file, kind, diff }: ProposedFile): Promise<string> {
  if (kind === 'delete') return '';
  if (kind === 'add') return diff;
  const before = await textOf(file);
  const after = before === null ? false : applyPatch(before, diff);
  // It was changed meanwhile: Codex will find the same.
  return after === false ? `${diff}\n` : after;
}

async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return null;
  }
}
