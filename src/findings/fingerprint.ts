import { createHash } from 'node:crypto';

/**
 * What a finding is known by, stable over line shifts and re-runs: 12 hexadecimal digits.
 * @param file relative to the repository, with `/`
 * @param anchorText its lines without indentation, joined by `\n`; empty where there are none
 * @param repeat how many findings of the same review have the same file, text and title before it
 */
export function fingerprint(file: string, anchorText: string, title: string, repeat = 0): string {
  const words = title.toLowerCase().replaceAll(/\W+/g, ' ').trim();
  return createHash('sha256').update([file, anchorText, words, repeat].join('\0')).digest('hex').slice(0, 12);
}
