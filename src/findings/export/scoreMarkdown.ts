import { oneLine } from '../../base/printable.ts';
import { reviewers, voiceName } from '../../protocol/finding.ts';
import type { JobKind } from '../../protocol/job.ts';
import { type DismissalReason, type Rate, type ScoreRow, heldRate, totalOf } from '../scoreCard.ts';
import { plainInMarkdown } from './plainInMarkdown.ts';

/** Longer names are cut. Characters. */
const maxName = 80;

/** The score card of a repository for people. @param name of the repository */
export function scoreMarkdown(rows: readonly ScoreRow[], { name }: { name: string }): string {
  const title = `# Score card of ${plain(name)}`;
  if (rows.length === 0) return `${title}\n\nNo reviewer has raised a finding here yet.\n`;
  const totals = reviewers.map((reviewer) => totalOf(rows, reviewer)).filter((row) => row !== null);
  const parts = [
    title,
    'What became of the findings of each reviewer in this repository, as far as the list of findings goes back: clearing it begins anew. Nothing is hidden or ranked by these numbers.',
    totals.map(summary).join('\n'),
    '## By model and kind of review',
    table(rows),
    '## Dismissed, by reason',
    reasonTable(totals),
    '## How it is counted',
    legend,
  ];
  return `${parts.join('\n\n')}\n`;
}

function summary(row: ScoreRow): string {
  const { raised, fixed, dismissed, open } = row;
  const counts = `${raised} raised: ${fixed} fixed, ${dismissed} dismissed, ${open} open`;
  return `- **${voiceName(row.reviewer)}**: ${counts}. Turned out right: ${rateText(heldRate(row))}.`;
}

/** `12 of 15 (80 %)`, or `too few to tell (2 of 3)`. */
export function rateText({ part, whole, value }: Rate): string {
  if (whole === 0) return 'nothing to tell from yet';
  const counts = `${part} of ${whole}`;
  return value === null ? `too few to tell (${counts})` : `${counts} (${Math.round(value * 100)} %)`;
}

const columns = [
  'Reviewer',
  'Model',
  'Kind',
  'Raised',
  'Open',
  'Fixed',
  'Proven fixes',
  'Confirmed by the other',
  'Refuted by the other',
  'Dismissed',
  'Turned out right',
] as const;

function table(rows: readonly ScoreRow[]): string {
  return markdownTable(
    columns,
    rows.map((row) => [
      voiceName(row.reviewer),
      row.model === null ? 'not known' : plain(row.model),
      kindText(row.kind),
      ...[row.raised, row.open, row.fixed, row.confirmed.byProof, row.confirmed.byOther, row.refuted],
      row.dismissed,
      rateText(heldRate(row)),
    ]),
  );
}

function kindText(kind: JobKind | null): string {
  switch (kind) {
    case null:
      return 'not known';
    case 'adversarial-review':
      return 'adversarial review';
    case 'gate':
      return 'end of Claude’s turn';
    default:
      return kind;
  }
}

const reasonNames: Readonly<Record<DismissalReason, string>> = {
  'False alarm': 'False alarm',
  Intended: 'Intended',
  'Not worth fixing now': 'Not worth fixing now',
  'Handled elsewhere': 'Handled elsewhere',
  other: 'In other words',
  none: 'No reason given',
};

function reasonTable(totals: readonly ScoreRow[]): string {
  const reasons = Object.keys(reasonNames) as DismissalReason[];
  return markdownTable(
    ['Reviewer', ...reasons.map((reason) => reasonNames[reason])],
    totals.map((row) => [voiceName(row.reviewer), ...reasons.map((reason) => row.reasons[reason])]),
  );
}

const legend = [
  '- A finding that both reviewers raised counts for each of them. What only an imported file raised is left out.',
  '- Model and kind are those of the review that raised it first; once that job is deleted, its model is not known.',
  '- **Turned out right**: fixed, or open and confirmed by the other reviewer. **Turned out wrong**: dismissed as a false alarm or as the wrong side of a dispute, or open and refuted by the other reviewer. What was dismissed for another reason, and what nobody has decided about, is in neither; a rate is given from ten on.',
  '- Fixed findings include those whose lines have been changed since and that a reviewer did not report again. A fix is proven where a reviewer looked at it again and says so.',
].join('\n');

function markdownTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function plain(text: string): string {
  return plainInMarkdown(oneLine(text, maxName));
}
