import { isDeepStrictEqual } from 'node:util';
import { contextLines } from './anchorContext.ts';
import { EditMap, type TextChange, comparePositions } from './editMap.ts';
import { FreshLines } from './freshLines.ts';
import { placeInText } from './placeInText.ts';
import { type TextLines, indexLines } from './textLines.ts';
import {
  type RecordedFinding,
  type Tracked,
  type TrackedPlace,
  adopted,
  followed,
} from './trackedFinding.ts';

/**
 * The findings of one open text. They follow its edits: lines shift, ranges follow what is written inside them, and what
 * was replaced, moved or deleted is found again by its text where the change brought text; else it is stale, until its
 * text comes back (undo, paste). Text that was there before is never taken for theirs. A change costs by the findings of
 * this text, not by its length.
 */
export class TrackedFindings {
  private tracked = new Map<string, Tracked>();

  constructor(findings: readonly RecordedFinding[], text: TextLines) {
    this.update(findings, text);
  }

  /** All places; 1-based lines. */
  places(): Iterable<TrackedPlace> {
    return this.tracked.values();
  }

  place(id: string): TrackedPlace | undefined {
    return this.tracked.get(id);
  }

  /**
   * The findings of this text as they are recorded now. Those that are known stay where they have got to, unless what is
   * recorded of them has changed and is found in the text.
   */
  update(findings: readonly RecordedFinding[], text: TextLines): void {
    const before = this.tracked;
    const changed = findings.filter((finding) => {
      const known = before.get(finding.id);
      return !known || !isSameRecord(known.recorded, finding);
    });
    const placed = new Map<string, Tracked>();
    if (changed.length > 0) {
      const lines = indexLines(text);
      for (const finding of changed)
        placed.set(finding.id, adopted(finding, placeInText(finding, lines), before.get(finding.id), text));
    }
    this.tracked = new Map();
    for (const { id } of findings) {
      const tracked = placed.get(id) ?? before.get(id);
      if (tracked) this.tracked.set(id, tracked);
    }
  }

  /**
   * Follows the changes of one event.
   * @param text after them
   * @returns whether any finding is at another place, columns included
   */
  apply(changes: readonly TextChange[], text: TextLines): boolean {
    const edits = new EditMap(changes);
    const fresh = new FreshLines(edits, text);
    let affected = false;
    for (const [id, one] of this.tracked) {
      if (isFarFrom(one, edits)) continue;
      const next = followed(one, edits, fresh, text);
      if (next === one) continue;
      affected ||= !isSamePlace(one, next);
      this.tracked.set(id, next);
    }
    return affected;
  }
}

/** Most findings are, at each keystroke. What has lost text may get it back from elsewhere. */
function isFarFrom({ place, edited, startLine, endLine }: Tracked, edits: EditMap): boolean {
  if (place !== 'anchored' || edited) return false;
  return edits.leavesAlone(startLine - 1 - contextLines, endLine - 1 + contextLines);
}

function isSamePlace(a: Tracked, b: Tracked): boolean {
  return (
    a.place === b.place &&
    a.edited === b.edited &&
    comparePositions(a.from, b.from) === 0 &&
    comparePositions(a.to, b.to) === 0
  );
}

function isSameRecord(a: RecordedFinding, b: RecordedFinding): boolean {
  return (
    a.startLine === b.startLine &&
    a.endLine === b.endLine &&
    a.place === b.place &&
    isDeepStrictEqual(a.anchor, b.anchor)
  );
}
