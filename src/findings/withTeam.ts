import { groupBy } from '../base/groupBy.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import { haveOppositeTitles } from './contradiction.ts';
import { exportableTitle } from './export/exportable.ts';
import { anchorTextOf, fingerprintOf } from './fingerprint.ts';
import { meaningOf, similarTitlesOnSameText, similarity } from './similarity.ts';
import { type TeamDismissal, sharedText } from './teamDismissals.ts';

/**
 * The findings, of which those are dismissed that the team has dismissed: with the same fingerprint, or with a similar title on
 * the same text that does not say the opposite. What the user has reopened stays open.
 */
export function withTeam(
  findings: readonly KnownFinding[],
  dismissals: readonly TeamDismissal[],
): KnownFinding[] {
  if (dismissals.length === 0) return [...findings];
  const byFile = groupBy(dismissals, ({ file }) => file);
  return findings.map((finding) => {
    if (finding.state !== 'open' || finding.by === 'user') return finding;
    const dismissal = byFile
      .get(finding.file)
      ?.find((one) => wordings(finding).some((own) => isSame(own, one)));
    if (!dismissal) return finding;
    return { ...finding, state: 'dismissed', by: 'team', reason: dismissal.reason };
  });
}

/** The finding in the words of each that raised it: which of them are shown may change. */
function wordings(finding: KnownFinding): KnownFinding[] {
  return [finding, ...finding.statements.map(({ title }) => ({ ...finding, title }))];
}

/** With the finding's title as the file would have it. */
function isSame(finding: KnownFinding, { id, title, text }: TeamDismissal): boolean {
  const own = exportableTitle(finding);
  if (fingerprintOf({ ...finding, title: own }) === id) return true;
  const isSameText = text !== '' && sharedText(anchorTextOf(finding.anchor)) === text;
  if (!isSameText || similarity(meaningOf(own), meaningOf(title)) < similarTitlesOnSameText) return false;
  return !haveOppositeTitles({ title: own }, { title });
}
