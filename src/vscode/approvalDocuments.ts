import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { applyPatch } from 'diff';
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { errorCode } from '../base/errors.ts';
import type { Approval, ProposedFile } from '../protocol/approval.ts';
import { detailsText } from './approvalTexts.ts';

export const approvalScheme = 'tandem-approval';

/**
 * What Codex asks, as read-only documents: `/ID/details/Question of Codex.txt`, and each file that it wants to change
 * before and after: `/ID/before/N/NAME`, `/ID/after/N/NAME`.
 */
export class ApprovalDocuments implements vscode.TextDocumentContentProvider {
  constructor(private readonly app: App) {}

  /** Shows a change of files in VS Code's diff editor, anything else as a text. */
  async show(approval: Approval): Promise<void> {
    const { subject } = approval;
    if (subject.kind === 'files' && subject.files.length > 0)
      await this.showFiles(approval.id, subject.files);
    else
      await vscode.window.showTextDocument(uriOf(approval.id, 'details', 'Question of Codex.txt'), {
        preview: true,
      });
  }

  async provideTextDocumentContent({ path: name }: vscode.Uri): Promise<string> {
    const [, id = '', part, index = ''] = name.split('/');
    const approval = this.app.approvals.find(id);
    if (!approval) return 'Codex no longer asks this.\n';
    if (part === 'details')
      return detailsText(approval, (await this.app.jobs.find(approval.job)) ?? undefined);
    const file = approval.subject.kind === 'files' ? approval.subject.files[Number(index)] : undefined;
    if (!file) return '';
    return part === 'before' ? textBefore(file) : textAfter(file);
  }

  private async showFiles(id: string, files: readonly ProposedFile[]): Promise<void> {
    const changes = files.map((file, index) => {
      const name = path.basename(file.path);
      const after = uriOf(id, 'after', `${index}/${name}`);
      return [vscode.Uri.file(file.path), uriOf(id, 'before', `${index}/${name}`), after] as const;
    });
    const [only] = changes;
    const title = 'Codex asks to change';
    if (changes.length === 1 && only) {
      const [file, before, after] = only;
      const label = `${title} ${path.basename(file.fsPath)}`;
      await vscode.commands.executeCommand('vscode.diff', before, after, label, { preview: true });
    } else
      await vscode.commands.executeCommand('vscode.changes', `${title} ${changes.length} files`, changes);
  }
}

function uriOf(id: string, part: 'details' | 'before' | 'after', rest: string): vscode.Uri {
  return vscode.Uri.from({ scheme: approvalScheme, path: `/${id}/${part}/${rest}` });
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
