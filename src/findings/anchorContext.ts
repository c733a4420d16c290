import type { Anchor } from '../protocol/finding.ts';
import { type LineIndex, endOfFile, lineKey, startOfFile } from './lineIndex.ts';

/*
 * How much of the surroundings of an anchored text is to be found around a place, and around none. Lines weigh the more
 * the rarer they are: brackets and blank lines stand everywhere.
 */

/** Lines that an anchor keeps on either side: enough to tell repeated code apart. */
export const contextLines = 8;

/** How many more lines than the context are looked at on either side, as lines may have been added in between. */
const slack = 6;

/** The lines on one side of a range, from the range outwards. */
interface Side {
  numbers: number[];
  weights: number[];
  /** Towards which side the lines go on. */
  step: -1 | 1;
}

export interface Context {
  before: Side;
  after: Side;
  /** Lines of both sides, and the sum of their weights. */
  size: number;
  weight: number;
}

export function contextOf({ before, after }: Anchor, lines: LineIndex): Context {
  // What is shorter was cut off by an end of the file.
  const head = before.length < contextLines ? [startOfFile] : [];
  const tail = after.length < contextLines ? [endOfFile] : [];
  const sides = {
    before: sideOf([...head, ...before.map(lineKey)].reverse(), -1, lines),
    after: sideOf([...after.map(lineKey), ...tail], 1, lines),
  };
  const weights = [...sides.before.weights, ...sides.after.weights];
  return { ...sides, size: weights.length, weight: weights.reduce((sum, one) => sum + one, 0) };
}

function sideOf(keys: readonly string[], step: -1 | 1, lines: LineIndex): Side {
  const numbers = keys.map((key) => lines.numberOf(key));
  const weights = numbers.map((number) => 1 / Math.max(1, lines.positions(number).length));
  return { numbers, weights, step };
}

/** How many lines of the surroundings stand exactly where they stood; `context.size` if all do. */
export function unmovedLines(
  { before, after }: Context,
  lines: LineIndex,
  start: number,
  span: number,
): number {
  const count = ({ numbers, step }: Side, from: number) => {
    let unmoved = 0;
    for (let i = 0; i < numbers.length; i += 1) if (numbers[i] === lines.at(from + i * step)) unmoved += 1;
    return unmoved;
  };
  return count(before, start - 1) + count(after, start + span);
}

/** Is the line right before the range, or the one right behind it, what it was? */
export function hasNeighbour(
  { before, after }: Context,
  lines: LineIndex,
  start: number,
  span: number,
): boolean {
  return before.numbers[0] === lines.at(start - 1) || after.numbers[0] === lines.at(start + span);
}

/** How much of the surroundings is there in the same order around a range, 0 to 1. */
export function contextAround(
  { before, after, weight }: Context,
  lines: LineIndex,
  start: number,
  span: number,
): number {
  const around = (side: Side, from: number) =>
    commonWeight(side, windowOf(lines, from, side.numbers.length + slack, side.step));
  return (around(before, start - 1) + around(after, start + span)) / weight;
}

/** How much of the surroundings is there in the same order if the anchored range is not: the text was taken out. */
export function contextWithout(
  { before, after, weight }: Context,
  lines: LineIndex,
  start: number,
  span: number,
): number {
  const margin = contextLines + slack;
  const joined = {
    numbers: [...before.numbers].reverse().concat(after.numbers),
    weights: [...before.weights].reverse().concat(after.weights),
  };
  return commonWeight(joined, windowOf(lines, start - margin, 2 * margin + span, 1)) / weight;
}

function windowOf(lines: LineIndex, from: number, count: number, step: -1 | 1): number[] {
  return Array.from({ length: count }, (_, index) => lines.at(from + index * step));
}

/** Weight of the longest common subsequence. */
function commonWeight(
  { numbers, weights }: Pick<Side, 'numbers' | 'weights'>,
  now: readonly number[],
): number {
  let row = new Float64Array(numbers.length + 1);
  for (const number of now) {
    const next = new Float64Array(row.length);
    for (let i = 0; i < numbers.length; i += 1) {
      const both = number === numbers[i] ? (row[i] ?? 0) + (weights[i] ?? 0) : 0;
      next[i + 1] = Math.max(both, row[i + 1] ?? 0, next[i] ?? 0);
    }
    row = next;
  }
  return row[numbers.length] ?? 0;
}
