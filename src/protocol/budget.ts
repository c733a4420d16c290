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

/**
 * An agent has told of limits. Those that it did not name stay as they are: not every message has all of them. Nor does every
 * message say how much is used of one that it names (2.1.197): until its reset that is as it was told last.
 * @param before null where nothing was known
 */
export function withTold(
  before: Budget | null,
  agent: Budget['agent'],
  told: readonly LimitWindow[],
  now: number,
): Budget {
  const known = before?.windows ?? [];
  const others = known.filter((one) => !told.some((other) => keyOf(other) === keyOf(one)));
  const named = told.map((window) => {
    const same = known.find((one) => keyOf(one) === keyOf(window) && one.resetsAt === window.resetsAt);
    return same && window.usedPercent === null ? same : window;
  });
  const windows = [...named, ...others].sort((a, b) => (a.minutes ?? 0) - (b.minutes ?? 0));
  return { agent, windows, observedAt: new Date(now).toISOString() };
}

function keyOf({ minutes, model }: LimitWindow): string {
  return `${minutes ?? ''} ${model}`;
}

/** Claude Code's names of limits, and what they are (facts: claude-code.md, 7.5). Others are told of without their length. */
const claudeWindows: Readonly<Record<string, Pick<LimitWindow, 'minutes' | 'model'>>> = {
  five_hour: { minutes: 5 * 60, model: '' },
  seven_day: { minutes: 7 * 24 * 60, model: '' },
  seven_day_opus: { minutes: 7 * 24 * 60, model: 'Opus' },
  seven_day_sonnet: { minutes: 7 * 24 * 60, model: 'Sonnet' },
};

/** @param resetsAt in seconds since the epoch */
export function claudeWindow(name: string, usedPercent: number | null, resetsAt: number | null): LimitWindow {
  const { minutes, model } = claudeWindows[name] ?? { minutes: null, model: name };
  const reset = resetsAt === null ? null : new Date(resetsAt * 1000);
  const isKnown = reset !== null && !Number.isNaN(reset.getTime());
  return { minutes, model, usedPercent, resetsAt: isKnown ? reset.toISOString() : null };
}

/** Where what an agent told last is kept. @param stateHome absolute */
export function budgetFile(stateHome: string, agent: Budget['agent']): string {
  return `${stateHome}/budgets/${agent}.json`;
}

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
