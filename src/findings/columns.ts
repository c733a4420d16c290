import type { LineRange } from './anchorText.ts';
import type { TextLines } from './textLines.ts';

/** 0-based UTF-16 columns of a range of whole lines; the end is exclusive. */
export interface ColumnRange {
  startColumn: number;
  endColumn: number;
}

/** Lines longer than this do not come from people; VS Code cuts a range at the end of the line. */
const endOfLine = 100_000;

/**
 * From the first character that is not a space to the end of the last line.
 * @param text null where it cannot be read
 */
export function columnsOf(
  text: Pick<TextLines, 'lineAt'> | null,
  { startLine, endLine }: LineRange,
): ColumnRange {
  if (text === null) return { startColumn: 0, endColumn: endOfLine };
  const indentation = /^\s*/.exec(text.lineAt(startLine - 1))?.[0].length ?? 0;
  const endColumn = text.lineAt(endLine - 1).length;
  // A blank line has no such character.
  return { startColumn: startLine === endLine && indentation === endColumn ? 0 : indentation, endColumn };
}
