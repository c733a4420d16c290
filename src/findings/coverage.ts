import type { ChangedHunk } from '../protocol/evidence.ts';
import { shownLines } from './shownLines.ts';

/*
 * Which hunks of a change a reviewer was shown, by content: what it ran can be any program, what that printed cannot be
 * mistaken for much else.
 *
 * - Of a hunk those lines count that were added, or where none were, those that were deleted; of these, the ones that tell
 *   something (`minTelling`) and occur in no other hunk of the file, as far as there are such.
 * - A line was shown if it is among the lines of an output that are, by that output or by the command, of its file; or
 *   that may be of any file, if only one file of the change has that line.
 * - A hunk was shown if so much of its lines were (`enough`). Of one that has no telling lines (braces, blank lines), it is
 *   enough that something of its file was shown.
 *
 * A line that is also elsewhere in the same file may count though only that place was shown; with `enough`, it takes
 * several of them for a hunk.
 */

/** A line tells something with so many letters and digits. */
const minTelling = 3;

/** The share of a hunk's lines that have to be seen. */
const enough = 0.5;

/** Longer lines are compared by their beginning. Characters. */
const maxKey = 200;

/** A text that was shown. */
export interface Shown {
  text: string;
  /** Files of the change that the text may be of, because its command named them. */
  files: readonly string[];
  /** The files whose text it is; empty where that is not known. */
  reads: readonly string[];
  /** The file of the repository that a name in the text means; null where none. */
  resolve: (name: string, byGit: boolean) => string | null;
}

/** What was shown of one change so far. */
export interface Coverage {
  /**
   * Takes time by the size of the text.
   * @returns the files of which the text shows something, in or outside of the change
   */
  show(shown: Shown): string[];
  /** In the order of the change. */
  notLookedAt(): ChangedHunk[];
}

export function startCoverage(hunks: readonly ChangedHunk[]): Coverage {
  const wanted = wantedLines(hunks);
  const seen = new Seen(ownersOf(hunks, wanted));
  const isLookedAt = (file: string, lines: readonly string[]) => {
    if (lines.length === 0) return seen.of(file);
    return lines.filter((line) => seen.has(file, line)).length >= lines.length * enough;
  };
  return {
    show: (shown) => [...seen.read(shown)],
    notLookedAt: () => hunks.filter(({ file }, index) => !isLookedAt(file, wanted[index] ?? [])),
  };
}

/** Of each hunk the lines that count. */
function wantedLines(hunks: readonly ChangedHunk[]): string[][] {
  const own = hunks.map(({ added, deleted }) => {
    const lines = (added.length > 0 ? added : deleted).map(keyOf).filter(isTelling);
    return [...new Set(lines)];
  });
  const inHunks = new Map<string, number>();
  const place = (index: number, line: string) => `${hunks[index]?.file ?? ''}\0${line}`;
  for (const [index, lines] of own.entries())
    for (const line of lines) inHunks.set(place(index, line), (inHunks.get(place(index, line)) ?? 0) + 1);
  return own.map((lines, index) => {
    const unique = lines.filter((line) => inHunks.get(place(index, line)) === 1);
    return unique.length > 0 ? unique : lines;
  });
}

/** The files that have a line. */
type Owners = ReadonlyMap<string, ReadonlySet<string>>;

function ownersOf(hunks: readonly ChangedHunk[], wanted: readonly string[][]): Owners {
  const owners = new Map<string, Set<string>>();
  for (const [index, { file }] of hunks.entries())
    for (const line of wanted[index] ?? []) owners.set(line, (owners.get(line) ?? new Set()).add(file));
  return owners;
}

function keyOf(line: string): string {
  return line.trim().slice(0, maxKey);
}

function isTelling(line: string): boolean {
  return (line.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= minTelling;
}

/** The lines of the change that were seen, by file. */
class Seen {
  private readonly lines = new Map<string, Set<string>>();

  constructor(private readonly owners: Owners) {}

  of(file: string): boolean {
    return this.lines.has(file);
  }

  has(file: string, line: string): boolean {
    return this.lines.get(file)?.has(line) === true;
  }

  /** @returns the files of which something was shown */
  read({ text, files, reads, resolve }: Shown): Set<string> {
    const showed = new Set(text.trim() === '' ? [] : reads);
    // An output repeats the same few names in all of its lines.
    const resolved = new Map<string, string | null>();
    for (const { texts, name, byGit } of shownLines(text)) {
      if (name !== null && !resolved.has(name)) resolved.set(name, resolve(name, byGit));
      const known = name === null ? null : (resolved.get(name) ?? null);
      if (known !== null) showed.add(known);
      const isAnyones = name === null && reads.length === 0;
      const candidates = known === null ? files : [known, ...files];
      for (const one of texts) {
        const line = one.slice(0, maxKey);
        for (const file of this.among(line, candidates, isAnyones)) this.add(file, line, showed);
      }
    }
    for (const file of showed) this.linesOf(file);
    return showed;
  }

  /** Whose line it is: of the candidates that have it; if none does and it may be anyone's, of the only file that has it. */
  private among(line: string, candidates: readonly string[], anywhere: boolean): readonly string[] {
    const owners = this.owners.get(line);
    if (owners === undefined) return [];
    const found = candidates.filter((file) => owners.has(file));
    return found.length === 0 && anywhere && owners.size === 1 ? [...owners] : found;
  }

  private add(file: string, line: string, showed: Set<string>): void {
    showed.add(file);
    this.linesOf(file).add(line);
  }

  private linesOf(file: string): Set<string> {
    const known = this.lines.get(file) ?? new Set();
    this.lines.set(file, known);
    return known;
  }
}
