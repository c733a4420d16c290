import type { Anchor, Finding } from '../protocol/finding.ts';
import { columnsOf } from './columns.ts';
import { contextLines } from './anchorContext.ts';
import { type LineRange, sameText } from './anchorText.ts';
import type { EditMap } from './editMap.ts';
import { type Span, followRange } from './followRange.ts';
import type { FreshLines, Shape } from './freshLines.ts';
import { lineKey } from './lineIndex.ts';
import type { TextPlace } from './placeInText.ts';
import { type TextLines, anchorIn } from './textLines.ts';

/** A finding as it is recorded. */
export type RecordedFinding = Pick<Finding, 'id' | 'anchor' | 'startLine' | 'endLine' | 'place'>;

/** Where a finding is in an open text; 1-based lines. */
export interface TrackedPlace extends TextPlace {
  readonly id: string;
  /** Its text was changed in place: `anchor` is no longer the recorded one. */
  readonly edited: boolean;
  /** What holds it now; of a stale one, what did so last. */
  readonly anchor: Anchor;
}

/** A finding on its way through the edits of an open text. */
export interface Tracked extends TrackedPlace, Span, Shape {
  readonly recorded: RecordedFinding;
  /** As it is recorded; of old records without an anchor, as it was when the text was opened. */
  readonly original: Shape;
  /** As it was before something was cut off it. */
  readonly whole: Shape;
}

/**
 * Takes a new or changed record over.
 * @param found where it is in the text
 * @param known what was known of the finding before
 */
export function adopted(
  recorded: RecordedFinding,
  found: TextPlace,
  known: Tracked | undefined,
  text: TextLines,
): Tracked {
  const { id, anchor, startLine, endLine } = recorded;
  const isHere = found.place === 'anchored';
  const here = { anchor: anchorIn(text, found, anchor?.version ?? null), length: lengthOf(found) };
  const held = isHere || anchor === null ? here : { anchor, length: lengthOf({ startLine, endLine }) };
  const original = { ...held, anchor: anchor ?? held.anchor };
  // The text may have gone on since it was recorded.
  if (!isHere && known?.place === 'anchored')
    return { ...known, recorded, original, edited: !isSame(known, original) };
  const place = { id, ...found, ...spanOf(found, text), ...held };
  return { ...place, recorded, original, whole: held, edited: false };
}

/** The finding after an edit; itself if that neither touched nor moved it. */
export function followed(one: Tracked, edits: EditMap, fresh: FreshLines, text: TextLines): Tracked {
  const { fate, firstLine, lastLine } = followRange(one, edits, text);
  const range = { startLine: firstLine + 1, endLine: lastLine + 1 };
  const isLost = one.place === 'stale' || fate === 'replaced' || fate === 'cut';
  const found = isLost ? refound(one, fresh, range) : restored(one, fresh, range);
  if (found) return settled(one, found, text) ?? lost(one, range, text);
  if (one.place === 'stale') return firstLine === one.from.line ? one : lost(one, range, text);
  if (fate === 'kept') return shifted(one, range, fresh, text);
  const left = fate === 'replaced' ? null : settled(one, range, text);
  if (left === null || (fate === 'cut' && !isHalfLeft(left, one.original))) return lost(one, range, text);
  return fate === 'cut' ? { ...left, whole: shapeOf(one) } : left;
}

/** The lines of the finding's text among those that the edit brought: as it was last, before a cut, or as recorded. */
function refound(one: Tracked, fresh: FreshLines, range: LineRange): LineRange | null {
  return fresh.find(shapeOf(one), range) ?? (one.edited ? findFormer(one, fresh, range) : null);
}

/** The lines of an edited finding together with those that came back to it: what was cut off it is undone. */
function restored(one: Tracked, fresh: FreshLines, range: LineRange): LineRange | null {
  const found = one.edited ? findFormer(one, fresh, range) : null;
  const overlaps = found !== null && found.startLine <= range.endLine && found.endLine >= range.startLine;
  return overlaps ? found : null;
}

function findFormer({ whole, original }: Tracked, fresh: FreshLines, range: LineRange): LineRange | null {
  return fresh.find(whole, range) ?? fresh.find(original, range);
}

function shapeOf({ anchor, length }: Shape): Shape {
  return { anchor, length };
}

function shifted(one: Tracked, range: LineRange, fresh: FreshLines, text: TextLines): Tracked {
  const [first, last] = [range.startLine - 1, range.endLine - 1];
  const isContextFresh = fresh.touch(first - contextLines, last + contextLines);
  if (!isContextFresh && range.startLine === one.startLine) return one;
  return {
    ...one,
    ...range,
    from: { ...one.from, line: first },
    to: { ...one.to, line: last },
    anchor: isContextFresh ? anchorIn(text, range, one.anchor.version) : one.anchor,
  };
}

/** The finding at these lines, whose text may be another one now; null if there is no text left. */
function settled(one: Tracked, range: LineRange, text: TextLines): Tracked | null {
  if (range.endLine < range.startLine) return null;
  const shape = { anchor: anchorIn(text, range, one.anchor.version), length: lengthOf(range) };
  if (isBlank(shape) && !isBlank(one.original)) return null;
  const edited = !isSame(shape, one.original);
  return { ...one, place: 'anchored', ...range, ...spanOf(range, text), ...shape, edited };
}

/** The finding without its text, where that last was. */
function lost(one: Tracked, { startLine }: LineRange, text: TextLines): Tracked {
  const line = Math.max(1, Math.min(startLine, text.count));
  const from = { line: line - 1, character: 0 };
  return { ...one, place: 'stale', startLine: line, endLine: line, from, to: from };
}

/** From the first character that is no space to the end of the last line. */
function spanOf({ startLine, endLine }: LineRange, text: TextLines): Span {
  const { startColumn, endColumn } = columnsOf(text, { startLine, endLine });
  return {
    from: { line: startLine - 1, character: startColumn },
    to: { line: endLine - 1, character: endColumn },
  };
}

function lengthOf({ startLine, endLine }: LineRange): number {
  return endLine - startLine + 1;
}

function isSame(a: Shape, b: Shape): boolean {
  return a.length === b.length && sameText(a.anchor, b.anchor);
}

/** Is half of the original text left? What was written in between is not what was found. */
function isHalfLeft({ anchor }: Shape, { anchor: original }: Shape): boolean {
  const left = new Set(anchor.text.map(lineKey));
  const found = original.text.map(lineKey).filter((key) => key !== '');
  return 2 * found.filter((key) => left.has(key)).length >= found.length;
}

function isBlank({ anchor }: Shape): boolean {
  return anchor.text.every((line) => line.trim() === '');
}
