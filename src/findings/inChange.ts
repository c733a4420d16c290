import type { Hunk } from '../protocol/evidence.ts';
import type { Finding } from '../protocol/finding.ts';
import type { ReportedFinding } from './finding.ts';

/** A finding that is so near to a changed line is about it. Lines. */
const nearness = 3;

/**
 * Whether a finding lies in the change; null where that is not known. The lines are those that the reviewer wrote: they
 * are of the version that it read, as the hunks are.
 * @param file the finding's, relative to the repository with `/`
 * @param hunks null or empty where no change was reviewed, or none of its lines are known
 */
export function inChange(
  { startLine, endLine }: Pick<ReportedFinding, 'startLine' | 'endLine'>,
  { file, place }: Pick<Finding, 'file' | 'place'>,
  hunks: readonly Hunk[] | null,
): boolean | null {
  if (hunks === null || hunks.length === 0 || file === '') return null;
  const ofFile = hunks.filter((hunk) => hunk.file === file);
  if (place === 'outside' || ofFile.length === 0) return false;
  if (startLine === null || startLine < 1) return null;
  const end = Math.max(startLine, endLine ?? startLine);
  return ofFile.some((hunk) => hunk.startLine - nearness <= end && startLine <= hunk.endLine + nearness);
}
