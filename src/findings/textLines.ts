import type { Anchor } from '../protocol/finding.ts';
import { contextLines } from './anchorContext.ts';
import { type LineRange, makeAnchor } from './anchorText.ts';
import { LineIndex } from './lineIndex.ts';

/** The lines of a text that is open, as the editor has it; 0-based. */
export interface TextLines {
  readonly count: number;
  lineAt(line: number): string;
}

export function textLines(lines: readonly string[]): TextLines {
  return { count: lines.length, lineAt: (line) => lines[line] ?? '' };
}

/** @param first 0-based, inclusive, like `last`; both may lie beyond the ends */
function slice(text: TextLines, first: number, last: number): { first: number; lines: string[] } {
  const from = Math.max(0, first);
  const lines: string[] = [];
  for (let line = from; line <= Math.min(last, text.count - 1); line += 1) lines.push(text.lineAt(line));
  return { first: from, lines };
}

/** Prepares lines of the text (0-based, inclusive) for `findAnchor`; all by default. */
export function indexLines(text: TextLines, first = 0, last = text.count - 1): LineIndex {
  const part = slice(text, first, last);
  return new LineIndex(part.lines, part.first, text.count);
}

/** The anchor of a range of the text as it is now; only the lines around it are read. */
export function anchorIn(text: TextLines, { startLine, endLine }: LineRange, version: string | null): Anchor {
  const { first, lines } = slice(text, startLine - 1 - contextLines, endLine - 1 + contextLines);
  return makeAnchor(lines, startLine - first, endLine - first, version);
}
