/** A line without what a formatter may change; of very long ones the beginning is enough to tell them apart. */
export function lineKey(line: string): string {
  return line.trim().slice(0, maxLineLength);
}

/** UTF-16 code units of a line, without its indentation, that anchors keep. */
export const maxLineLength = 500;

/** Keys of what stands before the first and after the last line; no line has a line feed. */
export const startOfFile = '\nstart';
export const endOfFile = '\nend';

/** The number of a line that does not occur, and of what is not in the index: neither is equal to anything. */
export const unknownLine = -1;
const notIndexed = -2;

/**
 * Consecutive lines of a text, so prepared that the places of many anchors in them are found fast: each distinct line is
 * a number, and where it occurs is known. Positions are 0-based lines of the whole text; the ends of the text count as
 * lines of their own (-1 and the number of lines).
 */
export class LineIndex {
  private readonly numbers = new Map<string, number>();
  private readonly sequence: Int32Array;
  private readonly occurrences: number[][] = [];
  private readonly first: number;

  /**
   * @param lines all of the text, or a part of it
   * @param first position of the first of them
   * @param total how many lines the whole text has
   */
  constructor(
    lines: readonly string[],
    first = 0,
    readonly total = lines.length,
  ) {
    const withEdges = [
      ...(first === 0 ? [startOfFile] : []),
      ...lines.map(lineKey),
      ...(first + lines.length === total ? [endOfFile] : []),
    ];
    this.first = first === 0 ? -1 : first;
    this.sequence = Int32Array.from(withEdges, (key, index) => this.add(key, this.first + index));
  }

  /** The number of a line by its key, or `unknownLine`. */
  numberOf(key: string): number {
    return this.numbers.get(key) ?? unknownLine;
  }

  /** The number of the line at a position. */
  at(position: number): number {
    return this.sequence[position - this.first] ?? notIndexed;
  }

  /** Where the line occurs, in ascending order. */
  positions(number: number): readonly number[] {
    return this.occurrences[number] ?? [];
  }

  private add(key: string, position: number): number {
    const known = this.numbers.get(key);
    if (known !== undefined) {
      this.occurrences[known]?.push(position);
      return known;
    }
    const number = this.occurrences.length;
    this.numbers.set(key, number);
    this.occurrences.push([position]);
    return number;
  }
}
