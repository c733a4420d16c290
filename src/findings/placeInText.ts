import type { Finding } from '../protocol/finding.ts';
import { type LineRange, findAnchor } from './anchorText.ts';
import type { LineIndex } from './lineIndex.ts';

/** What the place of a finding in a text depends on. */
export type Held = Pick<Finding, 'anchor' | 'startLine' | 'endLine' | 'place'>;

/** Where a finding is in a text: lines that hold what was found, or where it last was. */
export interface TextPlace extends LineRange {
  place: 'anchored' | 'stale';
}

/** The lines of a finding in the text of its file. */
export function placeInText(finding: Held, lines: LineIndex): TextPlace {
  const { anchor, startLine, endLine } = finding;
  const last = Math.max(1, lines.total);
  const clamped = { startLine: Math.min(startLine, last), endLine: Math.min(endLine, last) };
  if (anchor === null) {
    // Of a file that was not there nobody has seen the lines; those of old ledgers were right when they were found.
    return { place: finding.place === 'anchored' ? 'anchored' : 'stale', ...clamped };
  }
  const found = findAnchor(anchor, lines, { startLine, endLine });
  return found ? { place: 'anchored', ...found } : { place: 'stale', ...clamped };
}
