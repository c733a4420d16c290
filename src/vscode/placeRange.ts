import type { Finding } from '../protocol/finding.ts';

/** 0-based lines and UTF-16 columns, as in VS Code; the end is exclusive. */
export interface PlaceRange {
  startLine: number;
  startColumn: number;
  endLine: number;
  endColumn: number;
}

/** Lines longer than this do not come from people; VS Code cuts a range at the end of the line. */
const endOfLine = 100_000;

/**
 * The whole lines of the finding, from the first character that is not a space, inside the text as it is now.
 * @param lines null where the text cannot be read: then the lines are taken as reported
 */
export function placeRange(
  { startLine, endLine }: Pick<Finding, 'startLine' | 'endLine'>,
  lines: readonly string[] | null,
): PlaceRange {
  if (lines === null)
    return { startLine: startLine - 1, startColumn: 0, endLine: endLine - 1, endColumn: endOfLine };
  const last = Math.max(0, lines.length - 1);
  const start = Math.min(startLine - 1, last);
  const end = Math.min(endLine - 1, last);
  const indentation = /^\s*/.exec(lines[start] ?? '')?.[0].length ?? 0;
  const endColumn = lines[end]?.length ?? 0;
  // A blank line has no such character.
  const startColumn = start === end && indentation === endColumn ? 0 : indentation;
  return { startLine: start, startColumn, endLine: end, endColumn };
}
