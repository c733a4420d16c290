import { type Budget, fullestWindow, isNearlyUsed } from '../protocol/budget.ts';
import { limitsText, timeText, windowName } from '../protocol/limitText.ts';
import { type ReviewerId, reviewers, voiceName } from '../protocol/finding.ts';
import type { ReviewChoice } from '../protocol/order.ts';

/*
 * Budgets for people. What is not known is said to be so. Times are those of this machine's time zone; `now` is in
 * milliseconds since the epoch.
 */

export type Budgets = Readonly<Record<ReviewerId, Budget | null>>;

/** `Codex: 5-hour limit 42 % used, resets at 16:05; weekly limit 7 % used, resets on Thu 3 Dec, 10:00 (as of 14:02)`. */
export function budgetText(agent: ReviewerId, budget: Budget | null, now: number): string {
  const name = voiceName(agent);
  if (budget === null || budget.windows.length === 0) return `${name}: usage limits not known`;
  return `${name}: ${limitsText(budget, now)} (as of ${timeText(budget.observedAt, now)})`;
}

/** A line for each agent; one for both where nothing is known of either. */
export function budgetLines(budgets: Budgets, now: number): string[] {
  if (reviewers.every((agent) => budgets[agent] === null))
    return ['Usage limits: not known; a subscription tells them with its answers'];
  return reviewers.map((agent) => budgetText(agent, budgets[agent], now));
}

/**
 * Which reviewer to spend instead, where one that is asked is near its limit; null where there is nothing to suggest. Only
 * what is known is a reason for the other one.
 */
export function budgetAdvice(asked: ReviewChoice, budgets: Budgets, now: number): string | null {
  const wanted = reviewers.filter((agent) => asked === 'both' || asked === agent);
  const near = wanted.filter((agent) => isNearlyUsed(budgets[agent], now));
  const [only, ...more] = near;
  if (only === undefined) return null;
  if (more.length > 0)
    return 'Both reviewers are near a limit: a smaller review, or a later one, spends less.';
  const other = reviewers.find((agent) => agent !== only) ?? only;
  const name = voiceName(only);
  const left = fullestWindow(budgets[other], now);
  if (left === null)
    return `${name} is near a limit; of ${voiceName(other)} it is not known how much is left.`;
  const spare = `${voiceName(other)} has used ${Math.round(left.usedPercent ?? 0)} % of its ${windowName(left)}`;
  if (isNearlyUsed(budgets[other], now)) return `${name} is near a limit, and so is the other: ${spare}.`;
  return asked === 'both'
    ? `${name} is near a limit: let ${voiceName(other)} review alone? ${spare}.`
    : `${name} is near a limit: let ${voiceName(other)} review instead? ${spare}.`;
}
