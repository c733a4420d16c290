import { type Job, isTerminal } from '../protocol/job.ts';

/** `12 s so far`, `3 min, 2 h ago`: how long it takes or took, and when it ended. `now` in milliseconds since the epoch. */
export function elapsedText({ state, createdAt, startedAt, endedAt }: Job, now: number): string {
  const start = Date.parse(startedAt ?? createdAt);
  if (!isTerminal(state)) return `${duration(now - start)} so far`;
  const end = Date.parse(endedAt ?? createdAt);
  return `${duration(end - start)}, ${duration(now - end)} ago`;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `12 s`, `3 min`. @param milliseconds may be negative where clocks were set */
export function duration(milliseconds: number): string {
  const time = Math.max(0, milliseconds);
  if (time < minute) return `${Math.floor(time / second)} s`;
  if (time < hour) return `${Math.floor(time / minute)} min`;
  return time < day ? `${Math.floor(time / hour)} h` : `${Math.floor(time / day)} d`;
}
