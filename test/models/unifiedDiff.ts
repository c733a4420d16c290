/** Reading what git prints: a unified diff, and file names as `git status --porcelain` and diffs quote them. */

export interface AddedLine {
  /** Relative to the repository, with `/`. */
  readonly file: string;
  /** 1-based, in the new file. */
  readonly line: number;
  readonly text: string;
}

/** Where we are in a diff. */
interface Cursor {
  /** The new file; undefined when it is deleted or its name was cut out. */
  file: string | undefined;
  line: number;
  /** Lines of the hunk that are still to come, of the old and of the new file. */
  oldLeft: number;
  newLeft: number;
}

/** The lines that a `git diff` adds. A hunk whose middle was cut out (`… tokens truncated …`) counts up to the cut. */
export function addedLines(diff: string): AddedLine[] {
  const cursor: Cursor = { file: undefined, line: 0, oldLeft: 0, newLeft: 0 };
  return diff.split('\n').flatMap((text) => {
    if (text.includes(' tokens truncated…')) {
      Object.assign(cursor, { file: undefined, oldLeft: 0, newLeft: 0 });
      return [];
    }
    // Inside a hunk only counting tells `+++ x` the added line from `+++ x` the header.
    if (cursor.oldLeft > 0 || cursor.newLeft > 0) return readHunkLine(cursor, text);
    readHeader(cursor, text);
    return [];
  });
}

function readHunkLine(cursor: Cursor, text: string): AddedLine[] {
  const { file, line } = cursor;
  if (text.startsWith('\\')) return [];
  if (!text.startsWith('+')) cursor.oldLeft -= 1;
  if (text.startsWith('-')) return [];
  cursor.newLeft -= 1;
  cursor.line += 1;
  return text.startsWith('+') && file !== undefined ? [{ file, line, text: text.slice(1) }] : [];
}

function readHeader(cursor: Cursor, text: string): void {
  if (text.startsWith('+++ ')) cursor.file = newFileOf(text);
  const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(text);
  if (hunk === null) return;
  cursor.oldLeft = Number(hunk[1] ?? 1);
  cursor.line = Number(hunk[2]);
  cursor.newLeft = Number(hunk[3] ?? 1);
}

function newFileOf(header: string): string | undefined {
  // git ends a name that contains a space with a tab.
  const name = unquoteGitPath(header.slice('+++ '.length).replace(/\t$/, ''));
  return name === '/dev/null' ? undefined : name.replace(/^b\//, '');
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** Undoes git's quoting of unusual names: `"gr\303\274n \"x\".ts"`; any other text stays as it is. */
export function unquoteGitPath(text: string): string {
  if (!/^".*"$/s.test(text)) return text;
  const bytes = text
    .slice(1, -1)
    .replace(/\\([0-7]{3}|.)/g, (_, escape: string) =>
      /^\d{3}$/.test(escape) ? String.fromCharCode(Number.parseInt(escape, 8)) : (escapes[escape] ?? escape),
    );
  // With git's default core.quotePath every byte above 0x7f is escaped, so the characters now are the bytes of UTF-8.
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Untracked files in the output of `git status --porcelain --untracked-files=all`. */
export function untrackedFiles(status: string): string[] {
  return status
    .split('\n')
    .filter((line) => line.startsWith('?? '))
    .map((line) => unquoteGitPath(line.slice('?? '.length)));
}
