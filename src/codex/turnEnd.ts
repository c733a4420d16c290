import type { TurnError } from '../protocol/appServer.ts';

/** How a turn ended. */
export type TurnEnd = { readonly kind: 'completed' } | { readonly kind: 'interrupted' } | FailedEnd;

export interface FailedEnd {
  readonly kind: 'failed';
  readonly message: string;
  /** A usage limit of the account is why, by `codexErrorInfo` (facts: app-server.md, 6.1). */
  readonly isLimit: boolean;
}

/** Whatever the words, the code of the error says what it is. */
export function failedBy({ message, codexErrorInfo }: TurnError): FailedEnd {
  return { kind: 'failed', message, isLimit: codexErrorInfo === 'usageLimitExceeded' };
}

/** For reasons that the server did not tell. */
export function failedWith(message: string): FailedEnd {
  return { kind: 'failed', message, isLimit: false };
}

/** @param fatal an error of the turn that was told before */
export function endOf(
  turn: { status: string | null; error: TurnError | null },
  fatal: FailedEnd | null,
): TurnEnd {
  if (turn.status === 'completed') return { kind: 'completed' };
  if (turn.status === 'interrupted') return { kind: 'interrupted' };
  if (turn.error) return failedBy(turn.error);
  return fatal ?? failedWith(`The turn ended as “${turn.status ?? 'unknown'}”.`);
}
