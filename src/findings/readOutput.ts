import type { ReadOutput } from './finding.ts';
import { parseJsonOutput } from './parseJson.ts';
import { parseRenderedOutput } from './parseText.ts';

/** Reads a reviewer's answer as findings, in whichever form it came; null for prose. */
export function readOutput(answer: string): ReadOutput | null {
  return parseJsonOutput(answer) ?? parseRenderedOutput(answer);
}
