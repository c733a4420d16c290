import { patchName } from '../base/patchName.ts';

/*
 * Reads what a command printed, line by line: which text of a file a line may hold, and of which file it is where the
 * output tells. Known forms: the diffs of git; numbered lines (`nl`, `cat -n`, `rg -n` of one file); lines with their
 * file before them (`rg -n`, `grep -n`, `git grep -n`); the headers of `head` and `tail`. All other lines are taken as
 * they are, as of `cat` and `sed -n`.
 */

export interface ShownLine {
  /** What the line of the file may be: as printed, and without signs, numbers and names before it. Trimmed. */
  texts: readonly string[];
  /** The file that the output names for it; null where it names none. */
  name: string | null;
  /** The name is relative to the repository, as git's are; else to the folder of the command. */
  byGit: boolean;
}

/** Of longer lines only the beginning is looked at: matching takes time by their length. Characters. */
const maxLine = 1_000;

// eslint-disable-next-line no-control-regex -- colours are what is removed
const colours = /\u001b\[[0-9;]{0,20}[mK]/g;

/** Takes time by the length of the output, whatever it holds. */
export function* shownLines(output: string): Generator<ShownLine> {
  const section = new Section();
  for (let start = 0; start < output.length;) {
    const end = output.indexOf('\n', start);
    const next = end === -1 ? output.length : end;
    const printed = output.slice(start, Math.min(next, start + maxLine));
    const line = printed.includes('\u001b') ? printed.replaceAll(colours, '') : printed;
    start = next + 1;
    if (!section.beganWith(line)) yield readLine(line, section.of(line));
  }
}

type Named = Pick<ShownLine, 'name' | 'byGit'>;
const unnamed: Named = { name: null, byGit: false };

/** The file whose lines are being printed, as far as headers tell. */
class Section {
  private named = unnamed;
  private from = '';
  /** Lines of the old and of the new file that are still to come in a hunk of a diff. */
  private oldLeft = 0;
  private newLeft = 0;

  /** Whether the line is a header. Within a hunk none is: there it is a line of the file. */
  beganWith(line: string): boolean {
    if (this.isInHunk() || !/^[-+@=]/.test(line)) return false;
    const hunk = /^@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@/.exec(line);
    const name = /^==> (.+) <==\s*$/.exec(line)?.[1];
    if (hunk) [this.oldLeft, this.newLeft] = [Number(hunk[1] ?? 1), Number(hunk[2] ?? 1)];
    else if (name !== undefined) this.named = { name, byGit: false };
    else if (line.startsWith('--- ')) this.from = patchName(line.slice('--- '.length));
    else if (line.startsWith('+++ '))
      this.named = { name: patchName(line.slice('+++ '.length)) || this.from, byGit: true };
    else return false;
    return true;
  }

  /** Whose line it is. A diff ends where its hunks do, or with a line that cannot be part of one. */
  of(line: string): Named {
    if (!this.isInHunk() && !this.named.byGit) return this.named;
    const sign = line.charAt(0);
    if (sign === '\\') return this.named;
    const isContext = sign === ' ' || sign === '';
    if (
      !(this.newLeft > 0 && (sign === '+' || isContext)) &&
      !(this.oldLeft > 0 && (sign === '-' || isContext))
    )
      this.end();
    if (sign !== '+') this.oldLeft = Math.max(0, this.oldLeft - 1);
    if (sign !== '-') this.newLeft = Math.max(0, this.newLeft - 1);
    return this.named;
  }

  private isInHunk(): boolean {
    return this.oldLeft > 0 || this.newLeft > 0;
  }

  private end(): void {
    this.named = unnamed;
    this.oldLeft = 0;
    this.newLeft = 0;
  }
}

function readLine(line: string, section: Named): ShownLine {
  const texts = [line.trim(), withoutSign(line)];
  if (section.name !== null) return { texts, ...section };
  const [, name = null, rest = ''] = line.includes(':')
    ? (/^([^\s:]{1,300}):\d{1,9}:(.*)$/.exec(line) ?? [])
    : [];
  if (name !== null)
    return { texts: [rest.trim(), rest.replace(/^\d{1,9}:/, '').trim()], name, byGit: false };
  for (const prefix of prefixes) {
    const found = prefix.exec(line);
    if (!found) continue;
    const after = line.slice(found.index + found[0].length);
    texts.push(after.trim(), withoutSign(after));
  }
  return { texts, ...unnamed };
}

/** Numbers (`12`, `12:`, `12 |`, `12-`), names (`a.ts:`), and both of a line around a match (`a.ts-12-`). */
const prefixes = [/^\s{0,20}\d{1,9}\s{0,8}[:|-]?/, /:/, /-\d{1,9}-/];

function withoutSign(line: string): string {
  return line.replace(/^\s?[-+ ]/, '').trim();
}
