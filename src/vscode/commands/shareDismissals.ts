import path from 'node:path';
import * as vscode from 'vscode';
import type { App } from '../../app.ts';
import { shareDismissals as share, teamFileName } from '../../findings/teamFile.ts';
import { plainText } from '../errorMessage.ts';
import { chooseRepository } from '../repositories.ts';

const open = 'Open File';

/**
 * Adds what the user has dismissed in a repository to the file that its team shares.
 * @throws UserError if the file could not be kept
 */
export async function shareDismissals(app: App): Promise<void> {
  const repository = await chooseRepository(app);
  const dismissed = (await app.findings.of(repository)).filter(({ state }) => state === 'dismissed');
  if (dismissed.length === 0) {
    const name = path.basename(repository);
    void vscode.window.showInformationMessage(
      plainText(`There is nothing to share: no finding in ${name} is dismissed.`),
    );
    return;
  }
  const { file, added } = await share(repository, dismissed);
  const answer = await vscode.window.showInformationMessage(sharedText(added), open);
  if (answer === open) await vscode.window.showTextDocument(vscode.Uri.file(file));
}

function sharedText(added: number): string {
  if (added === 0) return `All your dismissals are in ${teamFileName} already.`;
  const dismissals = added === 1 ? '1 dismissal was' : `${added} dismissals were`;
  return `${dismissals} added to ${teamFileName}. Commit the file to share it.`;
}
