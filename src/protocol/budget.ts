import * as z from 'zod/mini';
import { reviewers } from './finding.ts';

/*
 * What is used up of the limits of an agent's account, as the agent told it last. An account is of a user, not of a
 * repository.
 */

export const limitWindowSchema = z.object({
  /** How long it is. Null where it was not told. */
  minutes: z.nullable(z.number()),
  /** Of one model alone, its name in the vendor's words; empty for all. */
  model: z.string(),
  /** 0 to 100, or more. Null where the agent tells that there is such a limit, but not how much of it is used. */
  usedPercent: z.nullable(z.number()),
  /** ISO 8601, UTC. Null where it was not told. */
  resetsAt: z.nullable(z.string()),
});
export type LimitWindow = z.infer<typeof limitWindowSchema>;

export const budgetSchema = z.object({
  agent: z.enum(reviewers),
  windows: z.array(limitWindowSchema),
  /** When the agent told it, ISO 8601, UTC. */
  observedAt: z.string(),
});
export type Budget = z.infer<typeof budgetSchema>;

/** From here on a limit is nearly reached. Percent. */
export const nearlyUsed = 80;

/** What is still true of a budget: once a limit has reset, nobody has told how much of it is used. `now` in ms. */
export function presentWindows({ windows }: Budget, now: number): LimitWindow[] {
  return windows.map((window) => {
    const isOver = window.resetsAt !== null && Date.parse(window.resetsAt) <= now;
    return isOver ? { ...window, usedPercent: null, resetsAt: null } : window;
  });
}

/** The window of which most is used; null where nothing is known. */
export function fullestWindow(budget: Budget | null, now: number): LimitWindow | null {
  const known =
    budget === null ? [] : presentWindows(budget, now).filter(({ usedPercent }) => usedPercent !== null);
  return known.toSorted((a, b) => (b.usedPercent ?? 0) - (a.usedPercent ?? 0))[0] ?? null;
}

/** Is a limit of the agent nearly reached? False also where that is not known. */
export function isNearlyUsed(budget: Budget | null, now: number): boolean {
  return (fullestWindow(budget, now)?.usedPercent ?? 0) >= nearlyUsed;
}
