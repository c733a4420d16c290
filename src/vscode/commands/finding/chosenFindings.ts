import * as vscode from 'vscode';
import { CancelledError, UsageError } from '../../../base/errors.ts';
import { type KnownFinding, isOpen } from '../../../protocol/knownFinding.ts';
import type { CommandParts } from '../../commands.ts';
import { plainText } from '../../errorMessage.ts';
import { givenIds } from '../../givenFindings.ts';

type Parts = Pick<CommandParts, 'app' | 'places' | 'threads'>;

/**
 * The findings that a command is about: those that it is given (by the findings view, a quick fix, a comment thread, or
 * a user's keybinding), else the one at the cursor.
 * @param isWanted at the cursor; the open ones by default
 * @throws UsageError if there are none, CancelledError if several are at the cursor and none is picked
 */
export async function chosenFindings(
  parts: Parts,
  from: unknown,
  isWanted: (finding: KnownFinding) => boolean = isOpen,
): Promise<KnownFinding[]> {
  const thread = parts.threads.findingOf(from);
  const ids = thread === undefined ? givenIds(from) : [thread];
  if (ids === null) return [await findingAtCursor(parts, isWanted)];
  const findings = ids.flatMap((id) => parts.app.findings.find(id) ?? []);
  if (findings.length === 0)
    throw new UsageError(
      ids.length === 1 ? 'This finding is no longer there.' : 'These findings are no longer there.',
    );
  return findings;
}

/** The same of a command that is about one finding. */
export async function chosenFinding(
  parts: Parts,
  from: unknown,
  isWanted?: (finding: KnownFinding) => boolean,
): Promise<KnownFinding> {
  const [first, ...others] = await chosenFindings(parts, from, isWanted);
  if (!first) throw new UsageError('This finding is no longer there.');
  return others.length === 0 ? first : pick([first, ...others]);
}

async function findingAtCursor(
  { places }: Parts,
  isWanted: (finding: KnownFinding) => boolean,
): Promise<KnownFinding> {
  const editor = vscode.window.activeTextEditor;
  const found = editor ? places.at(editor.document.uri, wholeLines(editor), isWanted) : [];
  const [first, ...others] = found.map(({ finding }) => finding);
  if (!first)
    throw new UsageError(
      'There is no finding at the cursor.',
      'Put it into the lines of one, or use the findings view.',
    );
  return others.length === 0 ? first : pick([first, ...others]);
}

/** The cursor need not stand behind the indentation. */
function wholeLines({ document, selection }: vscode.TextEditor): vscode.Range {
  const { start, end } = selection;
  return new vscode.Range(start.line, 0, end.line, document.lineAt(end.line).text.length);
}

async function pick(findings: readonly KnownFinding[]): Promise<KnownFinding> {
  const items = findings.map((finding) => ({
    label: plainText(finding.title),
    description: finding.priority,
    finding,
  }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Which finding?' });
  if (!picked) throw new CancelledError();
  return picked.finding;
}
