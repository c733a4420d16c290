import path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../../base/errors.ts';
import type { KnownFinding } from '../../../protocol/knownFinding.ts';
import type { CommandParts } from '../../commands.ts';
import { plainText } from '../../errorMessage.ts';
import { findingFile } from '../../findingFile.ts';
import { workspaceFolders } from '../../host.ts';
import { reviewedUri } from '../../reviewedDocuments.ts';
import { chosenFinding } from './chosenFindings.ts';

type Parts = Pick<CommandParts, 'app' | 'places' | 'threads'>;

/**
 * Compares the file as it was reviewed with the file as it is now, at the finding.
 * @throws UserError where the reviewed text is not kept
 */
export async function openReviewed(parts: Parts, from?: unknown): Promise<void> {
  const finding = await chosenFinding(parts, from);
  const reviewed = await reviewedText(parts, finding);
  const now = parts.places.asItIsNow(finding);
  const file = await fileNow(now);
  const range = parts.places.placeOf(finding.id)?.range ?? rangeOf(finding);
  const options = { preview: true, selection: range };
  if (file === null) {
    await vscode.window.showTextDocument(reviewed, { ...options, selection: rangeOf(finding) });
    return;
  }
  const title = `${plainText(path.posix.basename(now.file))} (reviewed ↔ now)`;
  await vscode.commands.executeCommand('vscode.diff', reviewed, vscode.Uri.file(file), title, options);
}

/** Also where the text that was found is gone from it: what became of that is what the comparison shows. */
function fileNow(now: KnownFinding): Promise<string | null> {
  return findingFile(now.place === 'stale' ? { ...now, place: 'anchored' } : now, workspaceFolders());
}

async function reviewedText({ app }: Parts, { repository, anchor, file }: KnownFinding): Promise<vscode.Uri> {
  const key = anchor?.version ?? null;
  if (key !== null && (await app.reviewedText(repository, key)) !== null)
    return reviewedUri({ repository, key, file });
  throw new UserError(
    `The text of ${file || 'this file'} as it was reviewed is not kept.`,
    'Texts are kept for a while only, and not of very large files. Review it again to compare with now.',
  );
}

function rangeOf({ startLine, endLine }: KnownFinding): vscode.Range {
  return new vscode.Range(startLine - 1, 0, endLine - 1, 0);
}
