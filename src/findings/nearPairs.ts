import { groupBy } from '../base/groupBy.ts';
import type { LineRange } from './anchorText.ts';

/** Ranges this far apart still stand at the same place: reviewers name the line, the statement or the function. Lines. */
export const nearLines = 5;

/** What stands somewhere in the repository; a file without a name is nowhere. */
export interface Placed extends LineRange {
  readonly file: string;
}

/**
 * All pairs of one and another that stand at the same place: in the same file, with no more than `nearLines` between them.
 * Takes time by the number of both, and of the pairs.
 */
export function* nearPairs<T extends Placed>(ones: readonly T[], others: readonly T[]): Generator<[T, T]> {
  const byFile = groupBy(others, ({ file }) => file);
  for (const [file, ofFile] of groupBy(ones, (one) => one.file))
    if (file !== '') yield* nearIn(ofFile, byFile.get(file) ?? []);
}

/** Goes down the file, and keeps of both what still reaches so far. */
function* nearIn<T extends Placed>(ones: readonly T[], others: readonly T[]): Generator<[T, T]> {
  const steps = [
    ...ones.map((one) => ({ one, isOther: false })),
    ...others.map((one) => ({ one, isOther: true })),
  ].sort((a, b) => a.one.startLine - b.one.startLine);
  let reaching: [T[], T[]] = [[], []];
  for (const { one, isOther } of steps) {
    const [first, second] = reaching.map((those) => those.filter((that) => distance(that, one) <= nearLines));
    reaching = [first ?? [], second ?? []];
    if (isOther) for (const that of reaching[0]) yield [that, one];
    else for (const that of reaching[1]) yield [one, that];
    reaching[isOther ? 1 : 0].push(one);
  }
}

/** Lines between both ranges; 0 where they overlap. */
export function distance(a: LineRange, b: LineRange): number {
  return Math.max(0, a.startLine - b.endLine, b.startLine - a.endLine);
}
