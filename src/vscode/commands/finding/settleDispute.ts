import * as vscode from 'vscode';
import type { App } from '../../../app.ts';
import { UserError } from '../../../base/errors.ts';
import { type Dispute, bothStandText, decisionOf, lostReason } from '../../../findings/dispute.ts';
import type { Right } from '../../../protocol/comparePage.ts';
import { type ReviewerId, voiceName } from '../../../protocol/finding.ts';
import type { KnownFinding } from '../../../protocol/knownFinding.ts';
import type { ErrorReporter } from '../../errorReporter.ts';
import { takeBack } from '../../takeBack.ts';

interface Parts {
  readonly app: { readonly findings: App['findings'] };
  readonly errors: ErrorReporter;
}

/** The user's word on two findings that contradict each other. */
export interface Verdict {
  /** Ids of the findings. */
  readonly codex: string;
  readonly claude: string;
  readonly right: Right;
}

/**
 * Dismisses the finding of the one who is wrong, and says why. What an earlier decision dismissed is open again.
 * @throws UserError where one of the findings is fixed or gone
 */
export async function settleDispute({ app, errors }: Parts, { right, ...ids }: Verdict): Promise<void> {
  const { findings } = app;
  const [codex, claude] = [findings.find(ids.codex), findings.find(ids.claude)];
  if (!codex || !claude || decisionOf({ codex, claude }) === 'over')
    throw new UserError('There is nothing to decide any more: one of these findings is fixed or gone.');
  const { loser, winner } = sidesOf({ codex, claude }, right);
  const back = [codex, claude].filter((one) => one.state === 'dismissed' && one !== loser);
  if (back.length > 0) await findings.reopen(idsOf(back), 'The dispute was decided anew');
  if (right === 'both') return sayBothStand(app, { codex, claude });
  if (!loser || !winner || loser.state === 'dismissed') return;
  await findings.dismiss([loser.id], lostReason(right, winner));
  offerUndo({ app, errors }, right, [...back, loser]);
}

function sidesOf(
  { codex, claude }: Dispute,
  right: Right,
): { winner: KnownFinding | null; loser: KnownFinding | null } {
  if (right === 'both') return { winner: null, loser: null };
  return right === 'codex' ? { winner: codex, loser: claude } : { winner: claude, loser: codex };
}

async function sayBothStand({ findings }: Parts['app'], { codex, claude }: Dispute): Promise<void> {
  for (const [one, other] of [
    [codex, claude],
    [claude, codex],
  ] as const) {
    const text = bothStandText(other);
    const isSaid = one.comments.some((comment) => comment.by === 'user' && comment.text === text);
    if (!isSaid) await findings.comment(one.id, { by: 'user', text, job: null });
  }
}

/** @param before what was decided about, as it was */
function offerUndo({ app, errors }: Parts, right: ReviewerId, before: readonly KnownFinding[]): void {
  errors.run(async () => {
    const undo = 'Undo';
    const loser = right === 'codex' ? 'Claude' : 'Codex';
    const text = `${voiceName(right)} is right: the finding of ${loser} is dismissed.`;
    const chosen = await vscode.window.showInformationMessage(text, undo);
    if (chosen === undo) await takeBack(app.findings, before);
  });
}

function idsOf(findings: readonly KnownFinding[]): string[] {
  return findings.map(({ id }) => id);
}
