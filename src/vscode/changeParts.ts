import { type StructuredPatchHunk, applyPatch, structuredPatch } from 'diff';
import type { FileSides } from '../git/filesByGit.ts';

/** A part of a change that can be wanted alone. */
export interface ChangePart {
  readonly file: string;
  /** Null for the whole file. */
  readonly hunk: StructuredPatchHunk | null;
  readonly label: string;
  /** What it is about, or the first line that is not as before. */
  readonly detail: string;
}

/** With more changed lines the search for the smallest parts takes too long. */
const maxEdits = 2_000;

/** What can be chosen of one file's change: the file, and its parts where it has several. */
export function partsOf(file: string, { before, after }: FileSides): ChangePart[] {
  const whole = { file, hunk: null, label: file };
  if (before === null) return [{ ...whole, detail: after === null ? 'submodule' : 'new file' }];
  if (after === null) return [{ ...whole, detail: 'is deleted' }];
  if (before.includes(0) || after.includes(0)) return [{ ...whole, detail: 'binary file' }];
  const [from, to] = [asBytes(before), asBytes(after)];
  const patch = structuredPatch(file, file, from, to, '', '', { context: 3, maxEditLength: maxEdits });
  if (patch === undefined) return [{ ...whole, detail: 'changed throughout' }];
  const hunks = patch.hunks.map((hunk) => ({
    ...{ file, hunk },
    label: `${file}, ${placeOf(hunk)}`,
    detail: firstChange(hunk),
  }));
  if (hunks.length === 1) return [{ ...whole, detail: hunks[0]?.detail ?? '' }];
  return [{ ...whole, detail: hunks.length === 0 ? 'mode' : `all ${hunks.length} parts` }, ...hunks];
}

/**
 * What the files are to hold of which something is chosen; null for a file that is wanted as a whole.
 * @throws Error never for parts of `partsOf` of the same files
 */
export function contentsOf(
  chosen: readonly ChangePart[],
  all: readonly ChangePart[],
  before: (file: string) => Buffer | null,
): Map<string, Buffer | null> {
  const files = new Set(chosen.map(({ file }) => file));
  return new Map(
    [...files].map((file) => {
      const isOf = (part: ChangePart) => part.file === file;
      const hunks = (parts: readonly ChangePart[]) => parts.filter(isOf).flatMap(({ hunk }) => hunk ?? []);
      const wanted = hunks(chosen);
      const isWhole = chosen.some((part) => isOf(part) && part.hunk === null);
      if (isWhole || wanted.length === hunks(all).length) return [file, null];
      return [file, partial(file, wanted, before(file) ?? Buffer.alloc(0))];
    }),
  );
}

function partial(file: string, hunks: StructuredPatchHunk[], before: Buffer): Buffer {
  const names = { oldFileName: file, newFileName: file, oldHeader: undefined, newHeader: undefined };
  const text = applyPatch(asBytes(before), { ...names, hunks }, { autoConvertLineEndings: false });
  if (text === false) throw new Error(`The chosen parts of ${file} do not fit it.`);
  return Buffer.from(text, 'latin1');
}

/** One character for each byte, so that a file of any encoding comes out as it went in. */
function asBytes(content: Buffer): string {
  return content.toString('latin1');
}

function placeOf({ newStart, newLines }: StructuredPatchHunk): string {
  return newLines <= 1 ? `line ${newStart}` : `lines ${newStart}–${newStart + newLines - 1}`;
}

function firstChange({ lines }: StructuredPatchHunk): string {
  const line = lines.find((text) => /^[+-]/.test(text)) ?? '';
  return Buffer.from(line, 'latin1').toString().trim();
}
