import type { Anchor } from '../protocol/finding.ts';
import { bestCandidate } from './anchorCandidates.ts';
import { contextLines } from './anchorContext.ts';
import { type LineIndex, lineKey, maxLineLength, unknownLine } from './lineIndex.ts';

/** Lines of a range that an anchor keeps; a longer one is found by its first lines. */
export const maxAnchorLines = 40;

/** Characters of indentation that are kept, for those who show the text. */
const maxIndentation = 100;

/** 1-based lines, inclusive. */
export interface LineRange {
  startLine: number;
  endLine: number;
}

/**
 * What a range is found by again.
 * @param lines of the whole text, without line ends
 * @param version key of the text, where it is kept (see reviewedTexts.ts)
 */
export function makeAnchor(
  lines: readonly string[],
  startLine: number,
  endLine: number,
  version: string | null,
): Anchor {
  const end = Math.min(endLine, startLine + maxAnchorLines - 1);
  return {
    text: lines.slice(startLine - 1, end).map(kept),
    before: lines.slice(Math.max(0, startLine - 1 - contextLines), startLine - 1).map(kept),
    after: lines.slice(endLine, endLine + contextLines).map(kept),
    version,
  };
}

function kept(line: string): string {
  const indentation = /^\s*/.exec(line)?.[0] ?? '';
  return indentation.slice(0, maxIndentation) + line.slice(indentation.length).slice(0, maxLineLength);
}

/** Is it the same text, whatever its indentation? */
export function sameText(a: Pick<Anchor, 'text'>, b: Pick<Anchor, 'text'>): boolean {
  return (
    a.text.length === b.text.length &&
    a.text.every((line, index) => lineKey(line) === lineKey(b.text[index] ?? ''))
  );
}

/**
 * Where the anchored lines are now, whatever their indentation: of several such places the one whose surroundings are
 * most like the anchor's, then the one nearest to the hint. Null if the text is gone, and also where it says little (a
 * bracket, a blank line, a line that occurs several times) and nothing around it is as it was: never a wrong line.
 * @param lines indexed once for all anchors of a text
 * @param hint where it was last; a range that is longer than its anchor keeps its length
 * @param isNew of the lines that the text may have come back to, because an edit brought them; by default it is looked for
 * everywhere, and may be a copy
 */
export function findAnchor(
  anchor: Anchor,
  lines: LineIndex,
  hint: LineRange,
  isNew?: (range: LineRange) => boolean,
): LineRange | null {
  const text = anchor.text.map((line) => lines.numberOf(lineKey(line)));
  if (text.length === 0 || text.includes(unknownLine)) return null;
  const span = text.length < maxAnchorLines ? text.length : hint.endLine - hint.startLine + 1;
  const range = (start: number): LineRange => ({
    startLine: start + 1,
    endLine: Math.max(start + 1, Math.min(start + span, lines.total)),
  });
  const all = startsOf(text, lines);
  const starts = isNew ? all.filter((start) => isNew(range(start))) : all;
  const start = bestCandidate(anchor, lines, {
    starts,
    span,
    hint: hint.startLine - 1,
    isNew: isNew !== undefined,
  });
  return start === null ? null : range(start);
}

/** The 0-based positions at which all of the text stands, in ascending order. */
function startsOf(text: readonly number[], lines: LineIndex): number[] {
  const counts = text.map((number) => lines.positions(number).length);
  const rarest = counts.indexOf(Math.min(...counts));
  return lines
    .positions(text[rarest] ?? unknownLine)
    .map((position) => position - rarest)
    .filter((start) => text.every((number, index) => lines.at(start + index) === number));
}
