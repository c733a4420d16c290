import type { AccountLimits } from '../protocol/appServer.ts';
import type { LimitWindow } from '../protocol/budget.ts';

/** The limit that is used up, and is so for the longest; null where none is. */
export function usedUp(windows: readonly LimitWindow[]): LimitWindow | null {
  const full = windows.filter(({ usedPercent }) => usedPercent !== null && usedPercent >= 100);
  const known = full.toSorted((a, b) => (a.resetsAt ?? '').localeCompare(b.resetsAt ?? ''));
  return known.at(-1) ?? null;
}

/**
 * When what is used up of the account's limits is there again, in words for the user: `30 Nov 2026, 00:53 UTC`. Null where
 * nothing is used up, or nobody tells (a provider of the user's own, an API key).
 */
export function resetText(limits: AccountLimits | null): string | null {
  const windows = limits === null ? [] : [limits.primary, limits.secondary];
  const resets = windows.flatMap((window) =>
    window !== null && window.usedPercent >= 100 && window.resetsAt !== null ? [window.resetsAt] : [],
  );
  return resets.length === 0 ? null : moment.format(new Date(Math.max(...resets) * 1000));
}

const moment = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});
