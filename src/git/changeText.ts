import { linesOf } from './counts.ts';
import { type ChangedFile, lineCount } from './diffEntries.ts';
import type { NewFile } from './untracked.ts';

/** A longer list of files is cut. Characters. */
const maxSummary = 16_000;

/** How large a change is and which files it touches, one a line; cut where there are very many. */
export function changeSummary(files: readonly ChangedFile[]): string {
  const added = lineCount(files.map((file) => ({ added: file.added, deleted: 0 })));
  const deleted = lineCount(files.map((file) => ({ added: 0, deleted: file.deleted })));
  const lines = [`${files.length} ${files.length === 1 ? 'file' : 'files'}, +${added} -${deleted} lines:`];
  let size = 0;
  for (const [index, file] of files.entries()) {
    const line = fileLine(file);
    size += line.length + 1;
    if (size > maxSummary) {
      lines.push(`… and ${files.length - index} more`);
      break;
    }
    lines.push(line);
  }
  return lines.join('\n');
}

function fileLine({ path, state, from, added, deleted }: ChangedFile): string {
  const name = from === undefined ? quoted(path) : `${quoted(from)} -> ${quoted(path)}`;
  const size = added === null ? '' : ` (+${added} -${deleted ?? 0})`;
  return `${state} ${name}${size}`;
}

/** Names that could be taken for more than a name are quoted, much as git does. */
function quoted(name: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return /["\\\u0000-\u001f\u007f\u2028\u2029]|^\s|\s$/.test(name) ? JSON.stringify(name) : name;
}

/** An untracked file as a unified diff that adds it. */
export function additionDiff({ file, mode, text }: NewFile): string {
  const lines = linesOf(text);
  const header = [
    `diff --git ${quoted(`a/${file}`)} ${quoted(`b/${file}`)}`,
    `new file mode ${mode}`,
    ...(lines.length === 0 ? [] : ['--- /dev/null', `+++ ${quoted(`b/${file}`)}`]),
  ];
  if (lines.length === 0) return `${header.join('\n')}\n`;
  const range = lines.length === 1 ? '+1' : `+1,${lines.length}`;
  const body = [`@@ -0,0 ${range} @@`, ...lines.map((line) => `+${line}`)];
  if (!text.endsWith('\n')) body.push('\\ No newline at end of file');
  return `${[...header, ...body].join('\n')}\n`;
}
