import * as vscode from 'vscode';
import type { App } from '../../../app.ts';
import { type ReviewerId, voiceName } from '../../../protocol/finding.ts';
import type { ErrorReporter } from '../../errorReporter.ts';
import { type Verdict, settle } from '../../settle.ts';
import { takeBack } from '../../takeBack.ts';

interface Parts {
  readonly app: Pick<App, 'findings'>;
  readonly errors: ErrorReporter;
}

/** The user decides between two findings that contradict each other, and can take that back. */
export async function settleDispute({ app, errors }: Parts, verdict: Verdict): Promise<void> {
  const before = await settle(app.findings, verdict);
  const { right } = verdict;
  if (right === 'both' || before.length === 0) return;
  // The command is over meanwhile.
  errors.run(async () => {
    const undo = 'Undo';
    const loser: ReviewerId = right === 'codex' ? 'claude' : 'codex';
    const text = `${voiceName(right)} is right: the finding of ${voiceName(loser)} is dismissed.`;
    const chosen = await vscode.window.showInformationMessage(text, undo);
    if (chosen === undo) await takeBack(app.findings, before);
  });
}
