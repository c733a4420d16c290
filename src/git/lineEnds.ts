/**
 * A text with the line ends that a file has on disk, where they are the only thing in which git would write the file
 * otherwise: `core.autocrlf` makes both the same to git, but not to the user and the other programs.
 * @param checkedOut the same file as git would write it
 */
export function withLineEndsOf(disk: Buffer, checkedOut: Buffer, text: Buffer): Buffer {
  const own = lineEndOf(disk);
  const other = lineEndOf(checkedOut);
  if (own === null || other === null || own === other || lineEndOf(text) !== other) return text;
  return Buffer.from(text.toString('latin1').replaceAll(other, own), 'latin1');
}

/** Null for a file with both, with none, or that is no text. */
function lineEndOf(content: Buffer): '\n' | '\r\n' | null {
  if (content.includes(0)) return null;
  const text = content.toString('latin1');
  const all = text.split('\n').length - 1;
  const windows = text.split('\r\n').length - 1;
  if (all === 0) return null;
  return windows === 0 ? '\n' : windows === all ? '\r\n' : null;
}
