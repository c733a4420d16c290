import { type StructuredPatchHunk, applyPatch, structuredPatch } from 'diff';

/** A part of a file's change that can be wanted alone. */
export interface HunkChoice {
  readonly file: string;
  /** Null for a file whose change is all or nothing: a new, a deleted or a binary one. */
  readonly hunk: StructuredPatchHunk | null;
  readonly label: string;
  /** The first line that is not as before. */
  readonly detail: string;
}

/** The parts of one file's change. */
export function hunksOf(file: string, before: Buffer | null, after: Buffer | null): HunkChoice[] {
  const whole = { file, hunk: null, label: file };
  if (before === null) return [{ ...whole, detail: 'new file' }];
  if (after === null) return [{ ...whole, detail: 'is deleted' }];
  if (before.includes(0) || after.includes(0)) return [{ ...whole, detail: 'binary file' }];
  const { hunks } = structuredPatch(file, file, before.toString(), after.toString(), '', '', { context: 3 });
  return hunks.map((hunk) => ({ file, hunk, label: `${file}, ${placeOf(hunk)}`, detail: firstChange(hunk) }));
}

/**
 * The texts that the chosen parts come to, by file; null for a file that is wanted as a whole.
 * @throws Error never for hunks of `hunksOf` with the same text
 */
export function textsOf(
  chosen: readonly HunkChoice[],
  all: readonly HunkChoice[],
  before: (file: string) => string,
): Map<string, string | null> {
  const files = new Set(chosen.map(({ file }) => file));
  return new Map(
    [...files].map((file) => {
      const wanted = chosen.filter((choice) => choice.file === file);
      if (wanted.length === all.filter((choice) => choice.file === file).length) return [file, null];
      return [file, partial(file, wanted, before(file))];
    }),
  );
}

function partial(file: string, wanted: readonly HunkChoice[], before: string): string {
  const hunks = wanted.flatMap(({ hunk }) => (hunk ? [hunk] : []));
  const names = { oldFileName: file, newFileName: file, oldHeader: undefined, newHeader: undefined };
  const text = applyPatch(before, { ...names, hunks });
  if (text === false) throw new Error(`The chosen parts of ${file} do not fit it.`);
  return text;
}

function placeOf({ newStart, newLines }: StructuredPatchHunk): string {
  return newLines <= 1 ? `line ${newStart}` : `lines ${newStart}–${newStart + newLines - 1}`;
}

function firstChange({ lines }: StructuredPatchHunk): string {
  return (lines.find((line) => /^[+-]/.test(line)) ?? '').trim();
}
