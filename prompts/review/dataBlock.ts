import { createHash } from 'node:crypto';

/**
 * Text of others between two lines that mark its beginning and its end. The mark depends on the text and does not occur
 * in it, so that no text can end its own block.
 */
export function dataBlock(label: string, text: string): string {
  const mark = markOf(text);
  return [`----- BEGIN ${label} ${mark} -----`, text, `----- END ${label} ${mark} -----`].join('\n');
}

function markOf(text: string): string {
  for (let salt = 0; ; salt += 1) {
    const mark = createHash('sha256').update(`${salt}\n${text}`).digest('hex').slice(0, 16);
    if (!text.includes(mark)) return mark;
  }
}
