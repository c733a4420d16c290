import type { Finding } from '../protocol/finding.ts';

/** The code that a finding is about. */
export interface FindingCode {
  readonly lines: readonly string[];
  /** Number of the first line, 1-based. */
  readonly firstLine: number;
  /** Of the file as it is now; else as it was when it was found. */
  readonly isNow: boolean;
}

/** Lines around the finding that belong to it for whoever has to understand it. */
const around = 3;
/** Longer ranges are cut. */
const maxLines = 120;
const maxColumns = 500;

/**
 * The code of a finding: from the file as it is now where the finding has its place there, else what is kept of it.
 * @param now the file's lines, where it can be read
 * @returns null where nothing is known of it
 */
export function findingCode(finding: Finding, now: readonly string[] | null): FindingCode | null {
  const { place, anchor, startLine, endLine } = finding;
  if (place === 'anchored' && now !== null && startLine <= now.length) {
    const first = Math.max(1, startLine - around);
    return bounded(now.slice(first - 1, endLine + around), first, true);
  }
  if (anchor === null || anchor.text.length === 0) return null;
  const before = anchor.before.slice(-around);
  const lines = [...before, ...anchor.text, ...anchor.after.slice(0, around)];
  return bounded(lines, Math.max(1, startLine - before.length), false);
}

function bounded(lines: readonly string[], firstLine: number, isNow: boolean): FindingCode {
  const cut = lines
    .slice(0, maxLines)
    .map((line) => (line.length > maxColumns ? `${line.slice(0, maxColumns)}…` : line));
  return { lines: lines.length > maxLines ? [...cut, '…'] : cut, firstLine, isNow };
}
