import { CancelledError, UserError } from '../base/errors.ts';
import type { AccountLimits } from '../protocol/appServer.ts';
import { resetText } from './limits.ts';
import { loginAdvice } from './login.ts';
import type { TurnEnd } from './turnFold.ts';

/**
 * Only a completed turn has an answer.
 * @param limits of the account, as they were told last
 * @throws CancelledError, or UserError with what Codex said and what to do.
 */
export function assertCompleted(end: TurnEnd, signal: AbortSignal, limits: AccountLimits | null): void {
  if (end.kind === 'completed') return;
  if (signal.aborted) throw new CancelledError();
  if (end.kind === 'interrupted')
    throw new UserError('The turn was interrupted inside Codex.', 'Start it again.');
  throw new UserError(`Codex could not finish: ${readable(end.message)}`, adviceFor(end.message, limits));
}

/** Some API errors arrive as the raw JSON body (facts: app-server.md, 6.1). */
function readable(message: string): string {
  try {
    const body = JSON.parse(message) as { error?: { message?: unknown } } | null;
    const inner = body?.error?.message;
    return typeof inner === 'string' ? inner : message;
  } catch {
    return message;
  }
}

function adviceFor(message: string, limits: AccountLimits | null): string {
  if (/\b401\b|unauthorized/i.test(message)) return loginAdvice;
  if (/usage limit|quota|\b429\b/i.test(message)) {
    const reset = resetText(limits);
    return `Wait until the limit resets${reset === null ? '' : ` (${reset})`}, or use another account.`;
  }
  if (/missing environment variable/i.test(message))
    return 'Set it where VS Code is started, then reload the window.';
  return 'Try again; `Tandem: Show Log` has the details.';
}
