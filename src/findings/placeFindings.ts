import { groupBy } from '../base/groupBy.ts';
import type { Finding, Place } from '../protocol/finding.ts';
import { type ColumnRange, columnsOf } from './columns.ts';
import { LineIndex } from './lineIndex.ts';
import { type Held, placeInText } from './placeInText.ts';
import { type FileText, linesOfFile, readText, relativeFile, resolveInside } from './repositoryFile.ts';
import { textLines } from './textLines.ts';

/** Where a finding is now; 1-based lines. */
export interface PresentPlace extends ColumnRange {
  place: Place;
  /** As in `Finding`: another one than recorded where the file was renamed. */
  file: string;
  startLine: number;
  endLine: number;
  /** Absolute real path; null for `outside`. */
  absolute: string | null;
}

export type Placeable = Held & Pick<Finding, 'id' | 'file' | 'repository'>;

export interface PlaceOptions {
  /** The present name of a file that is gone, relative to the repository like the former one; null if it has none. */
  readonly renamedTo: (repository: string, file: string) => Promise<string | null>;
}

/** Files that are read at once. */
const atOnce = 16;

/**
 * The present places of findings by their files on the disk, each of which is read once. By id.
 * @throws whatever `renamedTo` throws
 */
export async function placeFindings(
  findings: readonly Placeable[],
  options: PlaceOptions,
): Promise<Map<string, PresentPlace>> {
  const files = [...groupBy(findings, ({ repository, file }) => JSON.stringify([repository, file])).values()];
  const places = new Map<string, PresentPlace>();
  while (files.length > 0) {
    const some = files.splice(0, atOnce);
    for (const placed of await Promise.all(some.map((own) => placeFile(own, options))))
      for (const [id, place] of placed) places.set(id, place);
  }
  return places;
}

/** The findings with their present places, for what compares them with new ones. */
export async function withPresentPlaces<T extends Placeable>(
  findings: readonly T[],
  options: PlaceOptions,
): Promise<T[]> {
  const places = await placeFindings(findings, options);
  return findings.map((finding) => {
    const now = places.get(finding.id);
    if (!now) return finding;
    const { place, file, startLine, endLine } = now;
    return { ...finding, place, file, startLine, endLine };
  });
}

/** @param findings of one file */
async function placeFile(
  findings: readonly Placeable[],
  options: PlaceOptions,
): Promise<[string, PresentPlace][]> {
  const [first] = findings;
  if (!first) return [];
  const { repository, file } = first;
  // What was outside when it was reported is only a text; it never becomes a path.
  const isOutside = findings.every(({ place }) => place === 'outside');
  const absolute = isOutside ? null : await resolveInside(file, repository);
  if (absolute === null) return unplaced(findings, 'outside', file, null);
  const text = await readText(absolute);
  if (text !== null) return inText(findings, text, relativeFile(repository, absolute), absolute);
  const renamed = await renamedFile(repository, file, options);
  return renamed
    ? inText(findings, renamed.text, renamed.file, renamed.absolute)
    : unplaced(findings, 'missing', file, absolute);
}

async function renamedFile(
  repository: string,
  file: string,
  { renamedTo }: PlaceOptions,
): Promise<{ file: string; absolute: string; text: FileText } | null> {
  const renamed = await renamedTo(repository, file);
  const absolute = renamed === null ? null : await resolveInside(renamed, repository);
  const text = absolute === null ? null : await readText(absolute);
  if (absolute === null || text === null) return null;
  return { file: relativeFile(repository, absolute), absolute, text };
}

function inText(
  findings: readonly Placeable[],
  text: FileText,
  file: string,
  absolute: string,
): [string, PresentPlace][] {
  if (text === 'too large') return unplaced(findings, 'anchored', file, absolute);
  const lines = linesOfFile(text.text);
  const index = new LineIndex(lines);
  return findings.map((finding) => {
    const place = placeInText(finding, index);
    return [finding.id, { ...place, file, absolute, ...columnsOf(textLines(lines), place) }];
  });
}

/** Findings whose lines cannot be looked at: they stay as they are recorded. */
function unplaced(
  findings: readonly Placeable[],
  place: Place,
  file: string,
  absolute: string | null,
): [string, PresentPlace][] {
  return findings.map((finding) => {
    const { id, startLine, endLine } = finding;
    return [id, { place, file, absolute, startLine, endLine, ...columnsOf(null, finding) }];
  });
}
