/** Characters. */
const maxLength = 200;

/** Text of others as one line for people, cut where it is long. */
export function oneLine(text: string, max = maxLength): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > max ? `${line.slice(0, max - 1)}…` : line;
}
