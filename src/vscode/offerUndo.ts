import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import type { ErrorReporter } from './errorReporter.ts';
import { takeBack } from './takeBack.ts';

interface Parts {
  readonly app: Pick<App, 'findings'>;
  readonly errors: ErrorReporter;
}

const undo = 'Undo';

/**
 * Says what was just decided about findings, with the way back, however late it is taken. The command is over meanwhile.
 * @param before as they were
 */
export function offerUndo(
  { app: { findings }, errors }: Parts,
  before: readonly KnownFinding[],
  text: string,
): void {
  const after = before.flatMap(({ id }) => findings.find(id) ?? []);
  errors.run(async () => {
    if ((await vscode.window.showInformationMessage(text, undo)) !== undo) return;
    const left = await takeBack(findings, { before, after });
    if (left > 0) await vscode.window.showInformationMessage(leftText(left, before.length));
  });
}

function leftText(left: number, all: number): string {
  const are = left === 1 ? 'has changed since and stays as it is' : 'have changed since and stay as they are';
  return `${left} of ${all} ${all === 1 ? 'finding' : 'findings'} ${are}.`;
}
