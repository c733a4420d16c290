import type { Anchor } from '../protocol/finding.ts';
import {
  type Context,
  contextAround,
  contextOf,
  contextWithout,
  hasNeighbour,
  unmovedLines,
} from './anchorContext.ts';
import type { LineIndex } from './lineIndex.ts';

/*
 * Which of the places with the anchored text is the anchored one: the surroundings decide, then nearness.
 */

/** Of very many places, so many of the likeliest are compared closely. */
const maxCompared = 64;

/** Letters, digits and underscores of a text that is hardly elsewhere by chance. */
const tellingLength = 10;

/**
 * How much the surroundings must say, by how much the text itself does (a share of all their weight, from measuring with
 * test/unit/findings/anchors.property.test.ts). `excess`: they may fit so much better without the text before that counts
 * as taken out, and the place as a copy.
 */
const demands = {
  onlyPlace: { share: 0, excess: 0.3 },
  oneOfSeveral: { share: 0.25, excess: 0.05 },
  littleText: { share: 0.5, excess: 0.05 },
} as const;

export interface Candidates {
  /** 0-based positions at which the text stands, in ascending order. */
  starts: readonly number[];
  /** Lines of the range. */
  span: number;
  /** 0-based position of its start last time. */
  hint: number;
  /** The text was not there before: it is no other one that is alike. */
  isNew: boolean;
}

/** The start of the place that is the anchored one, or null if none surely is. */
export function bestCandidate(anchor: Anchor, lines: LineIndex, candidates: Candidates): number | null {
  const { span, hint } = candidates;
  const context = contextOf(anchor, lines);
  const starts = nearestFirst(candidates.starts, hint);
  if (starts[0] === hint && unmovedLines(context, lines, hint, span) === context.size) return hint;
  let best: { start: number; share: number } | null = null;
  for (const start of likeliest(context, lines, starts, span)) {
    const share = contextAround(context, lines, start, span);
    if (best === null || share > best.share) best = { start, share };
  }
  return best && isSure(best, anchor, context, lines, candidates) ? best.start : null;
}

function isSure(
  { start, share }: { start: number; share: number },
  { text }: Anchor,
  context: Context,
  lines: LineIndex,
  { starts, span, isNew }: Candidates,
): boolean {
  const telling = text.join('').replaceAll(/[^\p{L}\p{N}_]/gu, '').length;
  const isTelling = telling >= tellingLength;
  if (isTelling && isNew && starts.length === 1) return true;
  // A blank line between other lines than before is any blank line, and a new bracket there is a new one.
  const needsNeighbour = !isTelling && (isNew || text.every((line) => line.trim() === ''));
  if (needsNeighbour && !hasNeighbour(context, lines, start, span)) return false;
  const several = starts.length === 1 ? demands.onlyPlace : demands.oneOfSeveral;
  const demand = isTelling ? several : demands.littleText;
  return share >= demand.share && contextWithout(context, lines, start, span) <= share + demand.excess;
}

/** @param starts in ascending order */
function nearestFirst(starts: readonly number[], hint: number): number[] {
  let after = starts.findIndex((start) => start >= hint);
  if (after === -1) after = starts.length;
  let before = after - 1;
  const ordered: number[] = [];
  while (ordered.length < starts.length) {
    const [left = -Infinity, right = Infinity] = [starts[before], starts[after]];
    if (hint - left < right - hint) {
      ordered.push(left);
      before -= 1;
    } else {
      ordered.push(right);
      after += 1;
    }
  }
  return ordered;
}

/** The starts worth a close look, in their order: those around which the most lines stand exactly where they stood. */
function likeliest(
  context: Context,
  lines: LineIndex,
  starts: readonly number[],
  span: number,
): readonly number[] {
  if (starts.length <= maxCompared) return starts;
  const byScore: number[][] = [];
  for (const start of starts) (byScore[unmovedLines(context, lines, start, span)] ??= []).push(start);
  return byScore.reverse().flat().slice(0, maxCompared);
}
