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
  return { ...medians(similar ? alike : done), similar };
}

/** The same of one job of another kind, which are all taken to be of one size. */
export function estimateOfWork(
  jobs: readonly Job[],
  asked: Pick<Job, 'kind' | 'reviewer'>,
): Omit<Estimate, 'similar'> {
  return medians(
    jobs.filter(
      ({ state, kind, reviewer }) =>
        state === 'succeeded' && kind === asked.kind && reviewer === asked.reviewer,
    ),
  );
}

function medians(jobs: readonly Job[]): Omit<Estimate, 'similar'> {
  const basis = jobs.slice(0, newest);
  return {
    tokens: median(basis.map(({ tokens }) => tokens)),
    cost: median(basis.map(({ cost }) => cost)),
    time: median(basis.map(timeOf)),
    from: basis.length,
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
export function estimateText({ similar, ...estimate }: Estimate): string {
  const { from } = estimate;
  if (from === 0) return 'not known (no review of this kind has ended here yet)';
  const reviews = from === 1 ? 'one review' : `${from} reviews`;
  return `${amountsText(estimate)} (from ${reviews} of this repository${similar ? ' of similar size' : ', of another size'})`;
}

/** `about 12,000 tokens, 40 s each (from 5 of this repository)`. */
export function workEstimateText(estimate: Omit<Estimate, 'similar'>): string {
  if (estimate.from === 0) return 'not known (none has ended here yet)';
  return `${amountsText(estimate)} each (from ${estimate.from} of this repository)`;
}

function amountsText({ tokens, cost, time }: Pick<Estimate, 'tokens' | 'cost' | 'time'>): string {
  return [
    tokens === null ? 'tokens not known' : `about ${rounded(tokens).toLocaleString('en-GB')} tokens`,
    ...(cost === null ? [] : [`US$ ${cost.toFixed(2)}`]),
    ...(time === null ? [] : [timeText(time)]),
  ].join(', ');
}

/** To two digits: more would say more than is known. */
function rounded(value: number): number {
  return Number(value.toPrecision(2));
}

function timeText(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
