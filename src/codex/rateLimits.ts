import type { AccountLimits, AccountWindow } from '../protocol/appServer.ts';
import type { LimitWindow } from '../protocol/budget.ts';
import { type AppServerConnection, AppServerError } from './connection.ts';

/** Longer the question is not waited for: it is asked before something that somebody waits for. Milliseconds. */
const timeout = 10_000;

/**
 * The limits of the account; empty where there are none to tell of (an API key, another provider), and where Codex cannot
 * find out (facts: app-server.md, 1.3).
 * @throws as `AppServerConnection.request`, but for a refusal
 */
export async function readRateLimits(connection: AppServerConnection): Promise<LimitWindow[]> {
  try {
    const { rateLimits } = await connection.request('account/rateLimits/read', {}, { timeout });
    return windowsOf(rateLimits);
  } catch (error) {
    if (error instanceof AppServerError) return [];
    throw error;
  }
}

/** Of the account as a whole: other limits have ids of their own, and say nothing about a review. */
export function windowsOf(limits: AccountLimits | null): LimitWindow[] {
  if (limits === null || (limits.limitId !== null && limits.limitId !== 'codex')) return [];
  return [limits.primary, limits.secondary].filter((one) => one !== null).map(windowOf);
}

function windowOf({ usedPercent, windowDurationMins, resetsAt }: AccountWindow): LimitWindow {
  const reset = resetsAt === null ? null : new Date(resetsAt * 1000);
  const isKnown = reset !== null && !Number.isNaN(reset.getTime());
  return {
    minutes: windowDurationMins,
    model: '',
    usedPercent,
    resetsAt: isKnown ? reset.toISOString() : null,
  };
}
