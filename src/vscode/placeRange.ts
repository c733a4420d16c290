import { columnsOf } from '../findings/columns.ts';
import { textLines } from '../findings/textLines.ts';
import type { Finding } from '../protocol/finding.ts';

/** 0-based lines and UTF-16 columns, as in VS Code; the end is exclusive. */
export interface PlaceRange {
  startLine: number;
  startColumn: number;
  endLine: number;
  endColumn: number;
}

/**
 * The whole lines of the finding, from the first character that is not a space, inside the text as it is now.
 * @param lines null where the text cannot be read: then the lines are taken as reported
 */
export function placeRange(
  { startLine, endLine }: Pick<Finding, 'startLine' | 'endLine'>,
  lines: readonly string[] | null,
): PlaceRange {
  const last = lines === null ? Infinity : Math.max(0, lines.length - 1);
  const start = Math.min(startLine - 1, last);
  const end = Math.min(endLine - 1, last);
  const text = lines === null ? null : textLines(lines);
  return { startLine: start, endLine: end, ...columnsOf(text, { startLine: start + 1, endLine: end + 1 }) };
}
