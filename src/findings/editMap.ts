/** 0-based line and UTF-16 column. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

/** A replaced range, as VS Code reports it (`TextDocumentContentChangeEvent`). */
export interface TextChange {
  readonly range: { readonly start: TextPosition; readonly end: TextPosition };
  readonly text: string;
}

/** A change with where its text came to stand. */
export interface EditStep {
  /** In the text before. */
  readonly start: TextPosition;
  readonly end: TextPosition;
  /** In the text after. */
  readonly newStart: TextPosition;
  readonly newEnd: TextPosition;
}

export function comparePositions(a: TextPosition, b: TextPosition): number {
  return a.line - b.line || a.character - b.character;
}

/** Where the positions of a text are after changes that were made at once. A look-up costs the logarithm of their number. */
export class EditMap {
  /** In the order of the text. */
  readonly steps: readonly EditStep[];

  /** @param changes of one event: they do not overlap, and their ranges are all of the text before */
  constructor(changes: readonly TextChange[]) {
    // VS Code lists them from the end of the text; insertions at one place too.
    const ordered = [...changes]
      .reverse()
      .sort(
        (a, b) =>
          comparePositions(a.range.start, b.range.start) || comparePositions(a.range.end, b.range.end),
      );
    const steps: EditStep[] = [];
    for (const { range, text } of ordered) {
      const newStart = after(range.start, steps.at(-1));
      steps.push({ start: range.start, end: range.end, newStart, newEnd: endOf(newStart, text) });
    }
    this.steps = steps;
  }

  /** Do all lines from `first` to `last` (0-based, of the text before) stay as they are, and where they are? */
  leavesAlone(first: number, last: number): boolean {
    const [start, end] = [this.steps[0], this.steps.at(-1)];
    if (!start || !end || last < start.start.line) return true;
    return first > end.end.line && end.newEnd.line === end.end.line;
  }

  /** The steps that touch the lines (of the text before; 0-based, inclusive). */
  touching(firstLine: number, lastLine: number): readonly EditStep[] {
    const from = this.count((step) => step.end.line < firstLine);
    const to = this.count((step) => step.start.line <= lastLine);
    return from < to ? this.steps.slice(from, to) : none;
  }

  /**
   * Where a position is now that no step replaced.
   * @param pushed does text that is inserted exactly there come before it?
   */
  map(position: TextPosition, pushed: boolean): TextPosition {
    const passed = this.count(({ start, end }) => {
      const order = comparePositions(end, position);
      return order < 0 || (order === 0 && (pushed || comparePositions(start, position) < 0));
    });
    return after(position, this.steps[passed - 1]);
  }

  /** How many of the first steps fulfil a condition that holds for the first ones only. */
  private count(holds: (step: EditStep) => boolean): number {
    let [low, high] = [0, this.steps.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const step = this.steps[middle];
      if (step && holds(step)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const none: readonly EditStep[] = [];

/** @param step the last one before the position */
function after({ line, character }: TextPosition, step: EditStep | undefined): TextPosition {
  if (!step) return { line, character };
  const { end, newEnd } = step;
  return {
    line: newEnd.line + line - end.line,
    character: line === end.line ? newEnd.character + character - end.character : character,
  };
}

function endOf(start: TextPosition, text: string): TextPosition {
  const lines = text.split(/\r\n|\n|\r/);
  const last = lines.at(-1) ?? '';
  return lines.length === 1
    ? { line: start.line, character: start.character + last.length }
    : { line: start.line + lines.length - 1, character: last.length };
}
