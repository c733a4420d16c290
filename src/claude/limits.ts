import type { LimitWindow } from '../protocol/budget.ts';
import type { StreamMessage } from './streamMessage.ts';

/** The names of limits in the program's words, and what they are. Others are told of without their length. */
const windows: Readonly<Record<string, Pick<LimitWindow, 'minutes' | 'model'>>> = {
  five_hour: { minutes: 5 * 60, model: '' },
  seven_day: { minutes: 7 * 24 * 60, model: '' },
  seven_day_opus: { minutes: 7 * 24 * 60, model: 'Opus' },
  seven_day_sonnet: { minutes: 7 * 24 * 60, model: 'Sonnet' },
};

/**
 * The limits that a `rate_limit_event` tells of. 2.1.330 tells how much of each window is used; 2.1.197 names one limit and
 * its reset alone (measured). Empty for any other message: an account with an API key has none.
 */
export function limitsOf({ type, rate_limit_info: info }: StreamMessage): LimitWindow[] {
  if (type !== 'rate_limit_event') return [];
  const told = Object.entries(info.unifiedWindows).map(([name, { utilization, resetsAt }]) =>
    windowOf(name, utilization === null ? null : utilization * 100, resetsAt),
  );
  if (told.length > 0) return told;
  if (info.rateLimitType === '') return [];
  return [windowOf(info.rateLimitType, info.status === 'rejected' ? 100 : null, info.resetsAt)];
}

/** @param resetsAt in seconds since the epoch */
function windowOf(name: string, usedPercent: number | null, resetsAt: number | null): LimitWindow {
  const { minutes, model } = windows[name] ?? { minutes: null, model: name };
  const reset = resetsAt === null ? null : new Date(resetsAt * 1000);
  const isKnown = reset !== null && !Number.isNaN(reset.getTime());
  return { minutes, model, usedPercent, resetsAt: isKnown ? reset.toISOString() : null };
}
