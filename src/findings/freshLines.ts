import type { Anchor } from '../protocol/finding.ts';
import { contextLines } from './anchorContext.ts';
import { type LineRange, findAnchor, maxAnchorLines } from './anchorText.ts';
import type { EditMap, EditStep } from './editMap.ts';
import type { LineIndex } from './lineIndex.ts';
import { type TextLines, indexLines } from './textLines.ts';

/** A text and how many lines it has in all: anchors of long ranges have the first ones only. */
export interface Shape {
  readonly anchor: Anchor;
  readonly length: number;
}

/** 0-based lines, inclusive. */
interface Lines {
  first: number;
  last: number;
}

/** Lines that an edit brought or changed, close to each other, with what is around them. */
interface Region {
  fresh: Lines[];
  index: LineIndex;
}

/** Around fresh lines: an anchor may begin before them and end after them. */
const margin = maxAnchorLines + contextLines;

/** The lines that an edit brought or changed. Only there can a text come back: what was there before is something else. */
export class FreshLines {
  private readonly fresh: Lines[];
  private regions: Region[] | undefined;

  constructor(
    edits: EditMap,
    private readonly text: TextLines,
  ) {
    this.fresh = edits.steps.flatMap((step) => freshOf(step, text));
  }

  /** Was any of these lines brought or changed? 0-based, inclusive. */
  touch(first: number, last: number): boolean {
    return this.fresh.some((lines) => lines.first <= last && lines.last >= first);
  }

  /**
   * Where the text is now, if the edit brought it.
   * @param where it was last; 1-based
   */
  find({ anchor, length }: Shape, { startLine }: LineRange): LineRange | null {
    const hint = { startLine, endLine: startLine + length - 1 };
    for (const { fresh, index } of this.nearestRegions(hint)) {
      const isFresh = ({ startLine, endLine }: LineRange) =>
        fresh.some(({ first, last }) => first < endLine && last >= startLine - 1);
      const found = findAnchor(anchor, index, hint, isFresh);
      if (found) return found;
    }
    return null;
  }

  private nearestRegions({ startLine }: LineRange): Region[] {
    this.regions ??= regionsOf(this.fresh, this.text);
    const distance = ({ fresh }: Region) => Math.abs((fresh[0]?.first ?? 0) + 1 - startLine);
    return this.regions.length > 1
      ? [...this.regions].sort((a, b) => distance(a) - distance(b))
      : this.regions;
  }
}

/** What of the lines at both ends of a step is as it was does not count. */
function freshOf({ end, newStart, newEnd }: EditStep, text: TextLines): Lines[] {
  const startsAtEnd = newStart.character > 0 && newStart.character === text.lineAt(newStart.line).length;
  const endsAtStart = newEnd.character === 0 && end.character === 0;
  const first = startsAtEnd ? newStart.line + 1 : newStart.line;
  const last = endsAtStart ? newEnd.line - 1 : newEnd.line;
  return first <= last ? [{ first, last }] : [];
}

function regionsOf(fresh: readonly Lines[], text: TextLines): Region[] {
  const groups: Lines[][] = [];
  for (const lines of fresh) {
    const group = groups.at(-1);
    const previous = group?.at(-1);
    if (group && previous && lines.first - previous.last <= 2 * margin) group.push(lines);
    else groups.push([lines]);
  }
  return groups.map((group) => {
    const [first, last] = [(group[0]?.first ?? 0) - margin, (group.at(-1)?.last ?? 0) + margin];
    return { fresh: group, index: indexLines(text, first, last) };
  });
}
