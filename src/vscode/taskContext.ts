import path from 'node:path';
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { TaskContext } from '../app/delegation.ts';
import { CancelledError } from '../base/errors.ts';
import type { CodeProblem } from '../protocol/codeProblems.ts';
import { type KnownFinding, isOpen } from '../protocol/knownFinding.ts';
import { fileInRepository } from './activeFile.ts';
import { problemsIn } from './codeProblems.ts';
import { plainText } from './errorMessage.ts';
import { selectedLines } from './selectedLines.ts';

const nothing: TaskContext = { selection: null, problems: [], findings: [] };

/**
 * What of the editor the user gives along with a task: what is selected, what compilers and linters say, open findings.
 * Where there is nothing of it, nobody is asked.
 * @throws CancelledError if the user gives up
 */
export async function askContext(app: App, repository: string, title: string): Promise<TaskContext> {
  const offers = await offersOf(app, repository);
  if (offers.length === 0) return nothing;
  const picked = await vscode.window.showQuickPick(offers, {
    title,
    placeHolder: 'What is Codex to be given along?',
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (!picked) throw new CancelledError();
  return picked.reduce((context, { part }) => ({ ...context, ...part }), nothing);
}

/** Of two parts of the same kind the later one counts: it holds the earlier one. */
interface Offer extends vscode.QuickPickItem {
  readonly part: Partial<TaskContext>;
}

async function offersOf(app: App, repository: string): Promise<Offer[]> {
  const editor = vscode.window.activeTextEditor;
  const active = editor?.document.uri.scheme === 'file' ? fileOf(editor, repository) : null;
  // Hints are for the eye: unused imports are greyed out by them.
  const problems = problemsIn(repository).filter(({ severity }) => severity !== 'hint');
  const ofFile = problems.filter(({ file }) => file === active);
  const findings = (await app.findings.of(repository)).filter(isOpen);
  return [
    ...(editor && active !== null ? selectionOffer(editor, active) : []),
    ...(active === null ? [] : problemsOffer(`Problems of ${path.posix.basename(active)}`, ofFile)),
    ...(problems.length > ofFile.length ? problemsOffer('Problems of all files', problems) : []),
    ...findingsOffer(findings),
  ];
}

function fileOf({ document }: vscode.TextEditor, repository: string): string | null {
  return fileInRepository(document.uri.fsPath, [repository])?.file ?? null;
}

/** Whoever has selected something means it. */
function selectionOffer({ document, selection }: vscode.TextEditor, file: string): Offer[] {
  if (selection.isEmpty) return [];
  const lines = selectedLines(selection);
  const [startLine = 1, endLine = 1] = lines.split('-').map(Number);
  const text = document.getText(selection);
  const label = plainText(`Selection in ${path.posix.basename(file)}`);
  const description = startLine === endLine ? `line ${startLine}` : `lines ${startLine}–${endLine}`;
  return [{ label, description, picked: true, part: { selection: { file, startLine, endLine, text } } }];
}

function problemsOffer(label: string, problems: readonly CodeProblem[]): Offer[] {
  if (problems.length === 0) return [];
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return [{ label: plainText(label), description: `${count} of compilers and linters`, part: { problems } }];
}

function findingsOffer(findings: readonly KnownFinding[]): Offer[] {
  if (findings.length === 0) return [];
  const count = findings.length === 1 ? '1 finding' : `${findings.length} findings`;
  return [{ label: 'Open findings', description: count, part: { findings } }];
}
