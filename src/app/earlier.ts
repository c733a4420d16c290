import type { EarlierFinding } from '../../prompts/review/earlier.ts';
import { priorities } from '../protocol/finding.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';

/**
 * What the next reviewer is told of known findings: first those in the files that it reviews, of these the most urgent
 * and then the most recent ones. Fixed ones are no news, and of those without a file inside the repository nothing can be asked.
 */
export function earlierFindings(known: readonly KnownFinding[], files: readonly string[]): EarlierFinding[] {
  const reviewed = new Set(files);
  const rank = (finding: KnownFinding) => [
    reviewed.has(finding.file) ? 0 : 1,
    priorities.indexOf(finding.priority),
    -Date.parse(finding.lastSeenAt),
  ];
  return known
    .filter(({ place }) => place !== 'outside')
    .flatMap((finding) => (finding.state === 'fixed' ? [] : [{ finding, state: finding.state }]))
    .map((one) => ({ ...one, rank: rank(one.finding) }))
    .sort((a, b) => compare(a.rank, b.rank))
    .map(({ finding, state }) => ({
      id: finding.id,
      state,
      priority: finding.priority,
      title: finding.title,
      file: finding.file,
      lines:
        finding.startLine === finding.endLine
          ? `${finding.startLine}`
          : `${finding.startLine}-${finding.endLine}`,
      reason: finding.reason,
    }));
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
