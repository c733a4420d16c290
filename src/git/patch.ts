import { patchName } from '../base/patchName.ts';
import type { ChangedHunk } from '../protocol/evidence.ts';

/**
 * Reads the hunks of a patch that git made with the prefixes `a/` and `b/`. How long a hunk is stands in its header, so
 * that no line of a file can pass for a header. Pure.
 */
export function readPatch(patch: string): ChangedHunk[] {
  const hunks: ChangedHunk[] = [];
  let from = '';
  let file = '';
  let hunk: OpenHunk | null = null;
  for (const line of patch.split('\n')) {
    if (hunk !== null) {
      read(hunk, line);
      if (hunk.oldLeft > 0 || hunk.newLeft > 0) continue;
      hunks.push(closed(hunk));
      hunk = null;
    } else if (line.startsWith('--- ')) from = patchName(line.slice('--- '.length));
    else if (line.startsWith('+++ ')) file = patchName(line.slice('+++ '.length)) || from;
    else hunk = begun(line, file);
  }
  return hunks;
}

interface OpenHunk {
  file: string;
  /** Line of the new file that comes next, 1-based. */
  next: number;
  /** How many lines of the old and of the new file are still to come. */
  oldLeft: number;
  newLeft: number;
  added: string[];
  deleted: string[];
  /** First and last line that was added, and the line before the first deletion; 0 where there was none. */
  first: number;
  last: number;
  deletedAfter: number;
}

function begun(line: string, file: string): OpenHunk | null {
  const match = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
  if (!match) return null;
  const [, oldCount = '1', start = '1', newCount = '1'] = match;
  const newLeft = Number(newCount);
  // Of an empty range, git names the line before it.
  const next = newLeft === 0 ? Number(start) + 1 : Number(start);
  const none = { added: [], deleted: [], first: 0, last: 0, deletedAfter: 0 };
  return { file, next, oldLeft: Number(oldCount), newLeft, ...none };
}

function read(hunk: OpenHunk, line: string): void {
  const text = line.slice(1);
  if (line.startsWith('+')) {
    hunk.added.push(text);
    hunk.first ||= hunk.next;
    hunk.last = hunk.next;
    hunk.next += 1;
    hunk.newLeft -= 1;
  } else if (line.startsWith('-')) {
    if (hunk.deleted.length === 0) hunk.deletedAfter = hunk.next - 1;
    hunk.deleted.push(text);
    hunk.oldLeft -= 1;
  } else if (!line.startsWith('\\')) {
    // An empty line is context whose one blank the user's configuration leaves out.
    hunk.next += 1;
    hunk.oldLeft -= 1;
    hunk.newLeft -= 1;
  }
}

function closed({ file, added, deleted, first, last, deletedAfter }: OpenHunk): ChangedHunk {
  const before = Math.max(1, deletedAfter);
  return { file, startLine: first || before, endLine: last || before, added, deleted };
}
