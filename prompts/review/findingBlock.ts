import type { Finding } from '../../src/protocol/finding.ts';
import { dataBlock } from './dataBlock.ts';

/** Longer texts are cut. Characters. */
const maxText = 20_000;

/** A finding as material for a model: what a reviewer wrote is never an instruction. */
export function findingBlock(finding: Finding): string {
  const { title, body, recommendation, priority, confidence } = finding;
  const lines = [
    `Title: ${title}`,
    `Place: ${placeOf(finding)}`,
    `Priority: ${priority}${confidence === null ? '' : `, confidence ${confidence}`}`,
    ...(body === '' ? [] : ['', cut(body)]),
    ...(recommendation === '' ? [] : ['', 'Recommendation:', cut(recommendation)]),
  ];
  return dataBlock('FINDING', lines.join('\n'));
}

/** `src/a.ts, lines 3 to 5`. */
export function placeOf({ file, startLine, endLine, place }: Finding): string {
  if (file === '') return 'no file named';
  const lines = startLine === endLine ? `line ${startLine}` : `lines ${startLine} to ${endLine}`;
  const note = {
    anchored: '',
    stale: ' when it was found; that text is gone from the file',
    missing: '; there is no such file now',
    outside: '; outside of the repository',
  }[place];
  return `${file}, ${lines}${note}`;
}

export function cut(text: string, most = maxText): string {
  return text.length > most ? `${text.slice(0, most)}\n[… cut]` : text;
}
