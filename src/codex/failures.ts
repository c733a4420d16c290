import { CancelledError, LimitReached, UserError } from '../base/errors.ts';
import type { LimitWindow } from '../protocol/budget.ts';
import { resetText, windowName } from '../protocol/limitText.ts';
import type { AppServerConnection } from './connection.ts';
import { usedUp } from './limits.ts';
import { loginAdvice } from './login.ts';
import { readRateLimits, windowsOf } from './rateLimits.ts';
import type { TurnEnd } from './turnEnd.ts';

/**
 * Only a completed turn has an answer.
 * @throws CancelledError, `LimitReached` where a usage limit is why, or UserError with what Codex said and what to do.
 */
export async function assertCompleted(
  end: TurnEnd,
  signal: AbortSignal,
  connection: AppServerConnection,
): Promise<void> {
  if (end.kind === 'completed') return;
  if (signal.aborted) throw new CancelledError();
  if (end.kind === 'interrupted')
    throw new UserError('The turn was interrupted inside Codex.', 'Start it again.');
  const message = readable(end.message);
  if (end.isLimit) throw limitReached(message, await limitOf(connection));
  throw new UserError(`Codex could not finish: ${message}`, adviceFor(end.message));
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

/** The limit that is used up; null where nobody tells. During its own reviews Codex tells only who asks (measured). */
async function limitOf(connection: AppServerConnection): Promise<LimitWindow | null> {
  const told = usedUp(windowsOf(connection.limits));
  if (told !== null) return told;
  try {
    return usedUp(await readRateLimits(connection));
  } catch (error) {
    // What ended the turn matters more than when it may begin again.
    if (error instanceof UserError) return null;
    throw error;
  }
}

function limitReached(message: string, limit: LimitWindow | null): LimitReached {
  const advice = 'Start it again then, or let Claude do it. What is known so far is kept.';
  const resetsAt = limit?.resetsAt ?? null;
  if (limit === null || resetsAt === null)
    return new LimitReached(`Codex’s usage limit is reached: ${message}`, null, advice);
  const until = resetText(resetsAt, Date.now());
  return new LimitReached(`Codex’s ${windowName(limit)} is reached; it resets ${until}.`, resetsAt, advice);
}

function adviceFor(message: string): string {
  if (/\b401\b|unauthorized/i.test(message)) return loginAdvice;
  if (/\b429\b|too many requests/i.test(message)) return 'Too much was asked at once: try again in a moment.';
  if (/missing environment variable/i.test(message))
    return 'Set it where VS Code is started, then reload the window.';
  return 'Try again; `Tandem: Show Log` has the details.';
}
