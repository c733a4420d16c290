import { raisesDoubt } from './doubt.ts';
import type { ReadOutput } from './finding.ts';

/** A value that was read out of a text, and how surely it is what the text says. */
export interface ReadValue<T> {
  value: T;
  structure: ReadOutput['structure'];
}

interface WithFindings {
  readonly findings: readonly unknown[];
}

/**
 * Reads an answer that is JSON, JSON in a code fence (both `structured`), or a JSON object with `"findings"` somewhere in
 * prose, the last one that can be read (`parsed`). One without findings may be a quotation of what was reviewed, planted
 * there: in prose it counts only on lines of its own, and where the prose has nothing against it. Null if there is none.
 * @param read null for a value of another shape
 */
export function readJson<T extends WithFindings>(
  answer: string,
  read: (value: unknown) => T | null,
): ReadValue<T> | null {
  const whole = readText(withoutFence(answer.trim()), read);
  if (whole) return { value: whole, structure: 'structured' };
  const part = embedded(answer, read);
  return part && { value: part, structure: 'parsed' };
}

function readText<T>(json: string, read: (value: unknown) => T | null): T | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // Not JSON: then it is prose.
    return null;
  }
  return read(value);
}

function withoutFence(answer: string): string {
  const firstBreak = answer.indexOf('\n');
  const isFenced =
    firstBreak !== -1 && answer.endsWith('```') && /^```[\w-]*\s*$/.test(answer.slice(0, firstBreak));
  return isFenced ? answer.slice(firstBreak + 1, -'```'.length) : answer;
}

/** An answer may hold many braces; so much is looked at before it counts as prose. Characters. */
const maxLookedAt = 20_000_000;

/** The object around the last `"findings"` that can be read and counts, from the nearest brace outwards. */
function embedded<T extends WithFindings>(answer: string, read: (value: unknown) => T | null): T | null {
  const end = answer.lastIndexOf('}');
  let start = answer.lastIndexOf('"findings"');
  for (let looked = 0; looked < maxLookedAt && start > 0; looked += end - start) {
    start = answer.lastIndexOf('{', start - 1);
    const balanced = start === -1 ? null : balancedObject(answer, start, end);
    const output = balanced === null ? null : readText(balanced, read);
    if (!output || balanced === null) continue;
    if (output.findings.length > 0 || isOwnWord(answer, start, balanced.length)) return output;
    looked += answer.length;
  }
  return null;
}

/** Does the object of that length stand for itself, with nothing against it in the rest of the answer? */
function isOwnWord(answer: string, start: number, length: number): boolean {
  const [before, after] = [answer.slice(0, start), answer.slice(start + length)];
  const [rest = ''] = after.split('\n', 1);
  const isAlone = before.slice(before.lastIndexOf('\n') + 1).trim() === '' && rest.trim() === '';
  return isAlone && !raisesDoubt(`${before}\n${after}`);
}

/** The text of the object that starts at `start`, following strings and nesting; null if it never closes. */
function balancedObject(text: string, start: number, last: number): string | null {
  let depth = 0;
  let inString = false;
  for (let index = start; index <= last; index += 1) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return text.slice(start, index + 1);
    }
  }
  return null;
}
