import type { App } from '../../../app.ts';
import { type ReviewerId, voiceName } from '../../../protocol/finding.ts';
import type { ErrorReporter } from '../../errorReporter.ts';
import { offerUndo } from '../../offerUndo.ts';
import { type Verdict, settle } from '../../settle.ts';

interface Parts {
  readonly app: Pick<App, 'findings'>;
  readonly errors: ErrorReporter;
}

/** The user decides between two findings that contradict each other, and can take that back. */
export async function settleDispute(parts: Parts, verdict: Verdict): Promise<void> {
  const before = await settle(parts.app.findings, verdict);
  if (before.length > 0) offerUndo(parts, before, decidedText(verdict));
}

function decidedText({ right }: Verdict): string {
  if (right === 'both') return 'Both findings stand: what was dismissed is open again.';
  const loser: ReviewerId = right === 'codex' ? 'claude' : 'codex';
  return `${voiceName(right)} is right: the finding of ${voiceName(loser)} is dismissed.`;
}
