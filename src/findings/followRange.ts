import { type EditMap, type EditStep, type TextPosition, comparePositions } from './editMap.ts';
import type { TextLines } from './textLines.ts';

/** A range from the first character that is no space to the end of its last line; 0-based. */
export interface Span {
  readonly from: TextPosition;
  readonly to: TextPosition;
}

/**
 * What an edit did to a range:
 * - `kept`: nothing on its lines; it may have shifted;
 * - `touched`: something on its lines, but both of its ends are still there;
 * - `cut`: one of its ends was replaced, or both;
 * - `replaced`: all of it was.
 */
export type Fate = 'kept' | 'touched' | 'cut' | 'replaced';

export interface Followed {
  fate: Fate;
  /** 0-based; where nothing is left, the last line is before the first one. */
  firstLine: number;
  lastLine: number;
}

/** Where the lines of a range are after an edit. */
export function followRange({ from, to }: Span, edits: EditMap, text: TextLines): Followed {
  const steps = edits.touching(from.line, to.line);
  const covering = steps.find((step) => isAround(step, from) && comparePositions(step.end, to) >= 0);
  if (covering) {
    const line = Math.min(covering.newEnd.line, covering.newStart.line + from.line - covering.start.line);
    return { fate: 'replaced', firstLine: line, lastLine: line };
  }
  const atFrom = steps.find((step) => isAround(step, from) && comparePositions(from, step.end) < 0);
  const atTo = steps.find((step) => isAround(step, to) && comparePositions(step.start, to) < 0);
  const fate = steps.length === 0 ? 'kept' : atFrom || atTo ? 'cut' : 'touched';
  return {
    fate,
    firstLine: atFrom ? firstLeft(atFrom, from, text) : edits.map(from, true).line,
    lastLine: atTo ? lastLeft(atTo, to) : edits.map(to, false).line,
  };
}

/** Did the step replace text around the position, or next to it? */
function isAround({ start, end }: EditStep, position: TextPosition): boolean {
  return (
    comparePositions(start, end) < 0 &&
    comparePositions(start, position) <= 0 &&
    comparePositions(position, end) <= 0
  );
}

/** The first line of a range whose beginning was replaced: as far from the end of what replaced it as before. */
function firstLeft({ start, end, newStart, newEnd }: EditStep, from: TextPosition, text: TextLines): number {
  if (start.line === from.line) return newStart.line;
  const isDeletion = comparePositions(newStart, newEnd) === 0;
  // Lines were deleted from the end of the one before to the end of the last one.
  if (isDeletion && newEnd.character > 0 && newEnd.character === text.lineAt(newEnd.line).length)
    return newEnd.line + 1;
  return Math.max(newStart.line, newEnd.line - (end.line - from.line));
}

/** The last line of a range whose end was replaced: as far from the beginning of what replaced it as before. */
function lastLeft({ start, newStart, newEnd }: EditStep, to: TextPosition): number {
  const isLineStart = newEnd.character === 0 && (newStart.line < newEnd.line || newStart.character === 0);
  const last = isLineStart ? newEnd.line - 1 : newEnd.line;
  return Math.min(last, newStart.line + to.line - start.line);
}
