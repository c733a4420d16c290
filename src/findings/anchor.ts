import type { Anchor, Finding, Place, Voice } from '../protocol/finding.ts';
import { makeAnchor } from './anchorText.ts';
import type { ReportedFinding } from './finding.ts';
import { fingerprint, newId } from './fingerprint.ts';
import { LineIndex } from './lineIndex.ts';
import { type Held, placeInText } from './placeInText.ts';
import { type FileText, linesOfFile, readText, relativeFile, resolveInside } from './repositoryFile.ts';

export interface AnchorContext {
  /** Absolute real path. */
  repository: string;
  job: string;
  reviewer: Voice;
  /** Keeps the text of a file that has findings; the key of the copy, or null where it is not kept. */
  keepText?(text: string): Promise<string | null>;
  /**
   * The text of a file (relative, with `/`) in the version that was reviewed, null where that has no such file. Left out
   * where the files were reviewed as they are on the disk.
   */
  reviewedText?(file: string): Promise<FileText | null>;
}

/**
 * Gives reported findings their place in the repository, what holds them there, and their identity. A path that leaves
 * the repository, also through a link, becomes `outside`; lines are clamped to the file as it was reviewed, and are those
 * of the file as it is now, where their text is in there.
 */
export async function anchorFindings(
  reported: readonly ReportedFinding[],
  context: AnchorContext,
): Promise<Finding[]> {
  const files = new ReviewedFiles(context);
  const taken = new Map<string, number>();
  const findings: Finding[] = [];
  for (const one of reported) {
    const { anchorText, ...place } = await placeOf(one, context.repository, files);
    const base = fingerprint(place.file, anchorText, one.title);
    const repeat = taken.get(base) ?? 0;
    taken.set(base, repeat + 1);
    findings.push({
      id: newId(context.repository, fingerprint(place.file, anchorText, one.title, repeat)),
      title: one.title,
      body: one.body,
      recommendation: one.recommendation,
      priority: one.priority,
      confidence: one.confidence,
      ...place,
      inChange: null,
      tool: '',
      reviewers: [context.reviewer],
      repository: context.repository,
      job: context.job,
    });
  }
  return findings;
}

interface PlaceOf {
  place: Place;
  file: string;
  startLine: number;
  endLine: number;
  anchor: Anchor | null;
  /** The text of the lines, without indentation; empty where there are none. */
  anchorText: string;
}

async function placeOf(
  reported: ReportedFinding,
  repository: string,
  files: ReviewedFiles,
): Promise<PlaceOf> {
  const absolute = await resolveInside(reported.path, repository);
  const start = lineNumber(reported.startLine ?? 1);
  const end = Math.max(start, lineNumber(reported.endLine ?? start));
  const unread = { startLine: start, endLine: end, anchor: null, anchorText: '' };
  if (absolute === null) return { place: 'outside', file: reported.path, ...unread };
  const file = relativeFile(repository, absolute);
  const { reviewed, now } = await files.read(absolute, file);
  if (reviewed === null) return { place: 'missing', file, ...unread };
  if (reviewed === 'too large') return { place: 'anchored', file, ...unread };
  const { lines, version } = reviewed;
  const startLine = Math.min(start, lines.length);
  const endLine = Math.min(end, lines.length);
  const anchorText = lines
    .slice(startLine - 1, endLine)
    .map((line) => line.trim())
    .join('\n');
  const anchor = makeAnchor(lines, startLine, endLine, version);
  return { file, anchor, anchorText, ...presentPlace({ anchor, startLine, endLine }, now) };
}

/** @param now the file as it is, where that is not what was reviewed; null where it is gone */
function presentPlace(
  held: Pick<Held, 'anchor' | 'startLine' | 'endLine'>,
  now: Files['now'],
): Pick<PlaceOf, 'place' | 'startLine' | 'endLine'> {
  const { startLine, endLine } = held;
  if (now === 'as reviewed' || now === 'too large') return { place: 'anchored', startLine, endLine };
  if (now === null) return { place: 'missing', startLine, endLine };
  return placeInText({ ...held, place: 'anchored' }, new LineIndex(linesOfFile(now.text)));
}

/** No file has more lines; a model may write any number. */
const maxLine = 10_000_000;

function lineNumber(reported: number): number {
  return Math.min(maxLine, Math.max(1, Math.trunc(reported)));
}

interface ReviewedFile {
  lines: string[];
  version: string | null;
}

/** A file as it was reviewed, and as it is. */
interface Files {
  reviewed: ReviewedFile | 'too large' | null;
  now: FileText | 'as reviewed' | null;
}

/** Reads, and keeps, each file once per review. */
class ReviewedFiles {
  private readonly known = new Map<string, Promise<Files>>();

  constructor(private readonly context: AnchorContext) {}

  /** @param file the same path, relative to the repository */
  read(absolute: string, file: string): Promise<Files> {
    const known = this.known.get(absolute);
    if (known) return known;
    const files = this.readAndKeep(absolute, file);
    this.known.set(absolute, files);
    return files;
  }

  private async readAndKeep(absolute: string, file: string): Promise<Files> {
    const now = await readText(absolute);
    // A reviewer of a commit may speak of a file that came later.
    const version = (await this.context.reviewedText?.(file)) ?? null;
    const reviewed = await this.keep(version ?? now);
    return { reviewed, now: version === null || isSame(version, now) ? 'as reviewed' : now };
  }

  private async keep(read: FileText | null): Promise<Files['reviewed']> {
    if (read === null || read === 'too large') return read;
    const { text } = read;
    return { lines: linesOfFile(text), version: (await this.context.keepText?.(text)) ?? null };
  }
}

function isSame(version: FileText, now: FileText | null): boolean {
  return typeof version === 'object' && typeof now === 'object' && version.text === now?.text;
}
