import { CancelledError, UsageError, UserError, messageOf } from '../base/errors.ts';
import { type Report, stateOf } from '../protocol/report.ts';

/** What a shell sees. */
export const exitCodes = { completed: 0, failed: 1, usage: 2, cancelled: 130 } as const;

/** A review succeeds with findings too; without a verdict it does not. */
export function exitCodeOfReport(report: Report): number {
  const state = stateOf(report);
  if (state === 'cancelled') return exitCodes.cancelled;
  return state === 'succeeded' ? exitCodes.completed : exitCodes.failed;
}

export function exitCodeOfError(error: unknown): number {
  return exitCodes[errorKind(error)];
}

/** What `--json` prints instead of a result. */
export function errorJson(error: unknown) {
  const advice = error instanceof UserError ? error.advice : undefined;
  return {
    error: { code: errorKind(error), message: messageOf(error), ...(advice !== undefined && { advice }) },
  };
}

/** For people: what happened, and on its own line what to do next. */
export function errorText(error: unknown): string {
  const advice = error instanceof UserError ? error.advice : undefined;
  return advice === undefined ? messageOf(error) : `${messageOf(error)}\n${advice}`;
}

function errorKind(error: unknown): 'usage' | 'cancelled' | 'failed' {
  if (error instanceof UsageError) return 'usage';
  return error instanceof CancelledError ? 'cancelled' : 'failed';
}
