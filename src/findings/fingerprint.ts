import { createHash } from 'node:crypto';
import type { Finding } from '../protocol/finding.ts';

/**
 * What a finding is known by outside of this machine, stable over line shifts and re-runs: 12 hexadecimal digits.
 * @param file relative to the repository, with `/`
 * @param anchorText its lines without indentation, joined by `\n`; empty where there are none
 * @param repeat how many findings of the same review have the same file, text and title before it
 */
export function fingerprint(file: string, anchorText: string, title: string, repeat = 0): string {
  const words = title.toLowerCase().replaceAll(/\W+/g, ' ').trim();
  return digest([file, anchorText, words, repeat]);
}

export function fingerprintOf({ file, title, anchor }: Pick<Finding, 'file' | 'title' | 'anchor'>): string {
  return fingerprint(file, anchorTextOf(anchor), title);
}

/** The text that a finding is held by, without indentation; empty where there is none. */
export function anchorTextOf(anchor: Finding['anchor']): string {
  return anchor?.text.map((line) => line.trim()).join('\n') ?? '';
}

/** The id of a new finding: two worktrees of one repository may have the same defect, and each is mended by itself. */
export function newId(repository: string, ofFinding: string): string {
  return digest([repository, ofFinding]);
}

function digest(parts: readonly (string | number)[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12);
}
