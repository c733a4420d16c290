import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../base/errors.ts';
import { isInside, realPathOrNull } from '../base/paths.ts';
import type { Finding, Place, Voice } from '../protocol/finding.ts';
import type { ReportedFinding } from './finding.ts';

/** Larger files are not read for their lines; the reported range is kept as it is. Bytes. */
const maxFileBytes = 10 * 1024 * 1024;

export interface AnchorContext {
  /** Absolute real path. */
  repository: string;
  job: string;
  reviewer: Voice;
}

/**
 * Gives reported findings their place in the repository and their identity. A path that leaves the repository, also
 * through a link, becomes `outside`; lines are clamped to the file as it is now.
 */
export async function anchorFindings(
  reported: readonly ReportedFinding[],
  context: AnchorContext,
): Promise<Finding[]> {
  const files = new FileLines();
  const taken = new Map<string, number>();
  const findings: Finding[] = [];
  for (const one of reported) {
    const place = await placeOf(one, context.repository, files);
    const base = [place.file, place.anchorText, one.title.toLowerCase().replaceAll(/\W+/g, ' ').trim()].join(
      '\0',
    );
    const repeat = taken.get(base) ?? 0;
    taken.set(base, repeat + 1);
    findings.push({
      id: createHash('sha256').update(`${base}\0${repeat}`).digest('hex').slice(0, 12),
      title: one.title,
      body: one.body,
      recommendation: one.recommendation,
      priority: one.priority,
      confidence: one.confidence,
      file: place.file,
      startLine: place.startLine,
      endLine: place.endLine,
      place: place.place,
      anchor: null,
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
  /** The text of the lines, without indentation; empty where there are none. */
  anchorText: string;
}

async function placeOf(reported: ReportedFinding, repository: string, files: FileLines): Promise<PlaceOf> {
  const absolute = await resolveInside(reported.path, repository);
  const start = lineNumber(reported.startLine ?? 1);
  const end = Math.max(start, lineNumber(reported.endLine ?? start));
  if (absolute === null)
    return { place: 'outside', file: reported.path, startLine: start, endLine: end, anchorText: '' };
  const file = path.relative(repository, absolute).split(path.sep).join('/');
  const lines = await files.read(absolute);
  if (lines === null) return { place: 'missing', file, startLine: start, endLine: end, anchorText: '' };
  if (lines === 'too large')
    return { place: 'anchored', file, startLine: start, endLine: end, anchorText: '' };
  const startLine = Math.min(start, lines.length);
  const endLine = Math.min(end, lines.length);
  const anchorText = lines
    .slice(startLine - 1, endLine)
    .map((line) => line.trim())
    .join('\n');
  return { place: 'anchored', file, startLine, endLine, anchorText };
}

/** No file has more lines; a model may write any number. */
const maxLine = 10_000_000;

function lineNumber(reported: number): number {
  return Math.min(maxLine, Math.max(1, Math.trunc(reported)));
}

/** The absolute path if it is a place inside the repository for certain, following links as far as they exist. */
async function resolveInside(reported: string, repository: string): Promise<string | null> {
  if (reported === '' || reported.includes('\0')) return null;
  const absolute = path.resolve(repository, reported);
  const real = await realPathOrNull(absolute);
  if (real !== null) return isInside(repository, real) && real !== repository ? real : null;
  // The file is gone: its nearest existing folder decides.
  const parent = await nearestRealFolder(path.dirname(absolute));
  const resolved = path.join(parent.real, path.relative(parent.written, absolute));
  return isInside(repository, resolved) && resolved !== repository ? resolved : null;
}

async function nearestRealFolder(folder: string): Promise<{ written: string; real: string }> {
  const real = await realPathOrNull(folder);
  if (real !== null) return { written: folder, real };
  const parent = path.dirname(folder);
  return parent === folder ? { written: folder, real: folder } : nearestRealFolder(parent);
}

/** Reads each file once per review. */
class FileLines {
  private readonly known = new Map<string, Promise<string[] | 'too large' | null>>();

  read(file: string): Promise<string[] | 'too large' | null> {
    const known = this.known.get(file);
    if (known) return known;
    const lines = readLines(file);
    this.known.set(file, lines);
    return lines;
  }
}

async function readLines(file: string): Promise<string[] | 'too large' | null> {
  try {
    const info = await stat(file);
    if (!info.isFile()) return null;
    if (info.size > maxFileBytes) return 'too large';
    const lines = (await readFile(file, 'utf8')).split(/\r\n|\n|\r/);
    // A newline at the end closes the last line; it does not begin another one.
    return lines.length > 1 && lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  } catch (error) {
    // Gone, unreadable, or a name that no file can have: whatever the system says, there are no lines to point at.
    if (errorCode(error) !== undefined) return null;
    throw error;
  }
}
