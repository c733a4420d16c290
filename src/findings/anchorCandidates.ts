import type { Anchor } from '../protocol/finding.ts';
import { type Context, contextAround, contextOf, contextWithout, unmovedLines } from './anchorContext.ts';
import type { LineIndex } from './lineIndex.ts';

/*
 * Which of the places with the anchored text is the anchored one: the surroundings decide, then nearness.
 */

/** Of very many places, so many of the likeliest are compared closely. */
const maxCompared = 64;

/** Letters, digits and underscores of a text that is hardly elsewhere by chance. */
const tellingLength = 10;

/** Share of the surroundings that must be there still: where the text says little, and where it occurs several times. */
const enoughForLittle = 0.5;
const enoughAmongMany = 0.25;

/** The surroundings may fit so much better without the text, as a share, before it counts as taken out. */
const tolerance = 0.05;

export interface Candidates {
  /** 0-based positions at which the text stands, in ascending order. */
  starts: readonly number[];
  /** Lines of the range. */
  span: number;
  /** 0-based position of its start last time. */
  hint: number;
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
  if (best === null) return null;
  const isTelling = isTellingText(anchor);
  if (isTelling && starts.length === 1) return best.start;
  if (best.share < (isTelling ? enoughAmongMany : enoughForLittle)) return null;
  const without = contextWithout(context, lines, best.start, span);
  return without > best.share + tolerance ? null : best.start;
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

function isTellingText({ text }: Anchor): boolean {
  return text.join('').replaceAll(/[^\p{L}\p{N}_]/gu, '').length >= tellingLength;
}
