import type { Anchor, Finding, Place, Voice } from '../protocol/finding.ts';
import { makeAnchor } from './anchorText.ts';
import type { ReportedFinding } from './finding.ts';
import { fingerprint, newId } from './fingerprint.ts';
import { linesOfFile, readText, relativeFile, resolveInside } from './repositoryFile.ts';

export interface AnchorContext {
  /** Absolute real path. */
  repository: string;
  job: string;
  reviewer: Voice;
  /** Keeps the text of a file that has findings; the key of the copy, or null where it is not kept. */
  keepText?(text: string): Promise<string | null>;
}

/**
 * Gives reported findings their place in the repository, what holds them there, and their identity. A path that leaves
 * the repository, also through a link, becomes `outside`; lines are clamped to the file as it is now.
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
  const reviewed = await files.read(absolute);
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
  return { place: 'anchored', file, startLine, endLine, anchor, anchorText };
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

/** Reads, and keeps, each file once per review. */
class ReviewedFiles {
  private readonly known = new Map<string, Promise<ReviewedFile | 'too large' | null>>();

  constructor(private readonly context: AnchorContext) {}

  read(file: string): Promise<ReviewedFile | 'too large' | null> {
    const known = this.known.get(file);
    if (known) return known;
    const reviewed = this.readAndKeep(file);
    this.known.set(file, reviewed);
    return reviewed;
  }

  private async readAndKeep(file: string): Promise<ReviewedFile | 'too large' | null> {
    const read = await readText(file);
    if (read === null || read === 'too large') return read;
    const { text } = read;
    return { lines: linesOfFile(text), version: (await this.context.keepText?.(text)) ?? null };
  }
}
