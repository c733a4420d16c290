import { type Budget, type LimitWindow, presentWindows } from './budget.ts';

/*
 * Limits for people. What is not known is said to be so. Times are those of this machine's time zone; `now` is in
 * milliseconds since the epoch.
 */

/** `5-hour limit 42 % used, resets at 16:05; weekly limit 7 % used, resets on Thu 3 Dec, 10:00`. */
export function limitsText(budget: Budget, now: number): string {
  return presentWindows(budget, now)
    .map((window) => windowText(window, now))
    .join('; ');
}

function windowText(window: LimitWindow, now: number): string {
  const { usedPercent, resetsAt } = window;
  const used = usedPercent === null ? 'use not known' : `${Math.round(usedPercent)} % used`;
  return `${windowName(window)} ${used}${resetsAt === null ? '' : `, resets ${resetText(resetsAt, now)}`}`;
}

const hour = 60;
const day = 24 * hour;

/** `5-hour limit`, `weekly limit of opus`. */
export function windowName({ minutes, model }: LimitWindow): string {
  const of = model === '' ? '' : ` of ${model}`;
  if (minutes === null) return `limit${of}`;
  if (minutes === 7 * day) return `weekly limit${of}`;
  if (minutes % day === 0) return `${minutes / day}-day limit${of}`;
  return minutes % hour === 0 ? `${minutes / hour}-hour limit${of}` : `${minutes}-minute limit${of}`;
}

/** `at 16:05` today, else `on Thu, 3 Dec, 10:00`. */
export function resetText(time: string, now: number): string {
  return isSameDay(time, now) ? `at ${timeText(time, now)}` : `on ${timeText(time, now)}`;
}

/** `16:05` today, else `Thu, 3 Dec, 10:00`. */
export function timeText(time: string, now: number): string {
  return (isSameDay(time, now) ? clock : moment).format(new Date(time));
}

function isSameDay(time: string, now: number): boolean {
  return new Date(time).toDateString() === new Date(now).toDateString();
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const moment = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
