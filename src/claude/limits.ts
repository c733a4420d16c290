import { type LimitWindow, claudeWindow } from '../protocol/budget.ts';
import type { StreamMessage } from './streamMessage.ts';

/**
 * The limits that a `rate_limit_event` tells of. 2.1.330 tells how much of each window is used; 2.1.197 names one limit and
 * its reset alone (measured). Empty for any other message: an account with an API key has none.
 */
export function limitsOf({ type, rate_limit_info: info }: StreamMessage): LimitWindow[] {
  if (type !== 'rate_limit_event') return [];
  const told = Object.entries(info.unifiedWindows).map(([name, { utilization, resetsAt }]) =>
    claudeWindow(name, utilization === null ? null : utilization * 100, resetsAt),
  );
  if (told.length > 0) return told;
  if (info.rateLimitType === '') return [];
  return [claudeWindow(info.rateLimitType, info.status === 'rejected' ? 100 : null, info.resetsAt)];
}
