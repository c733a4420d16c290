import type { ReviewerId } from '../protocol/finding.ts';
import { type Job, type JobKind, isReview } from '../protocol/job.ts';
import type { Target } from '../protocol/target.ts';

/** What a review will probably take, by those of this repository that have ended. */
export interface Estimate {
  /** Medians; null where the reviews did not tell. */
  tokens: number | null;
  /** US dollars as the agent counts them. */
  cost: number | null;
  /** Milliseconds. */
  time: number | null;
  /** How many reviews it is taken from; 0 for none. */
  from: number;
  /** They were about as large as this one. */
  similar: boolean;
}

/** A review of up to so many times as many lines, or as few, is of similar size. */
const similarFactor = 3;

/** Older reviews than the newest so many say less about the next one. */
const newest = 20;

/**
 * @param jobs of the repository, newest first
 * @param asked what is to be reviewed; `lines` null where its size is not known
 */
export function estimateOf(
  jobs: readonly Job[],
  asked: { kind: JobKind; reviewer: ReviewerId; target: Pick<Target, 'lines'> },
): Estimate {
  const done = jobs.filter(
    ({ state, kind, reviewer }) =>
      state === 'succeeded' && isReview(kind) && reviewer === asked.reviewer && isSameKind(kind, asked.kind),
  );
  const alike = done.filter(({ target }) => isSimilar(target?.lines ?? null, asked.target.lines));
  const similar = alike.length > 0;
  const basis = (similar ? alike : done).slice(0, newest);
  return {
    tokens: median(basis.map(({ tokens }) => tokens)),
    cost: median(basis.map(({ cost }) => cost)),
    time: median(basis.map(timeOf)),
    from: basis.length,
    similar,
  };
}

/** The gate's review is one like any other; the adversarial one does more. */
function isSameKind(a: JobKind, b: JobKind): boolean {
  return (a === 'adversarial-review') === (b === 'adversarial-review');
}

/** One line more, so that nothing is divided by zero. */
function isSimilar(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return false;
  const ratio = (a + 1) / (b + 1);
  return ratio <= similarFactor && ratio >= 1 / similarFactor;
}

function timeOf({ startedAt, endedAt }: Job): number | null {
  return startedAt === null || endedAt === null ? null : Date.parse(endedAt) - Date.parse(startedAt);
}

function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return known[Math.floor(known.length / 2)] ?? null;
}

/** `about 45,000 tokens, 2 min (from 6 reviews of this repository of similar size)`. */
export function estimateText({ tokens, cost, time, from, similar }: Estimate): string {
  if (from === 0) return 'not known (no review of this kind has ended here yet)';
  const parts = [
    tokens === null ? 'tokens not known' : `about ${rounded(tokens).toLocaleString('en-GB')} tokens`,
    ...(cost === null ? [] : [`US$ ${cost.toFixed(2)}`]),
    ...(time === null ? [] : [timeText(time)]),
  ];
  const reviews = from === 1 ? 'one review' : `${from} reviews`;
  return `${parts.join(', ')} (from ${reviews} of this repository${similar ? ' of similar size' : ', of another size'})`;
}

/** To two digits: more would say more than is known. */
function rounded(value: number): number {
  return Number(value.toPrecision(2));
}

function timeText(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
