import { standingOf } from '../protocol/examination.ts';
import { type KnownFinding, isJoined } from '../protocol/knownFinding.ts';
import type { CommandId } from './contributions.ts';
import { plainText } from './errorMessage.ts';

/** One thing that can be done about a finding at the cursor. */
export interface QuickFix {
  readonly title: string;
  readonly command: CommandId;
  /** Id of the finding. */
  readonly finding: string;
}

/** In the order in which they are offered: what the user decides, then what helps to decide. */
const fixes: readonly { command: CommandId; title: string; fits?: (finding: KnownFinding) => boolean }[] = [
  { command: 'tandem.finding.fixWithCodex', title: 'Fix with Codex' },
  { command: 'tandem.finding.fixWithClaude', title: 'Fix with Claude Code…' },
  { command: 'tandem.finding.race', title: 'Let Both Fix It…' },
  { command: 'tandem.finding.dismiss', title: 'Dismiss…' },
  { command: 'tandem.finding.dismissInFile', title: 'Dismiss All in This File…' },
  { command: 'tandem.finding.resolve', title: 'Mark as Fixed' },
  { command: 'tandem.finding.proveFix', title: 'Check Whether It Is Fixed' },
  { command: 'tandem.finding.explain', title: 'Explain' },
  { command: 'tandem.finding.askOther', title: 'Ask the Other Agent' },
  {
    command: 'tandem.finding.tieBreak',
    title: 'Tie-Break…',
    fits: (finding) => standingOf(finding)?.kind === 'disputed',
  },
  { command: 'tandem.finding.part', title: 'Part into Two', fits: isJoined },
  {
    command: 'tandem.finding.joinAgain',
    title: 'Join Again',
    fits: ({ apart = [] }) => apart.length > 0,
  },
  {
    command: 'tandem.finding.lookForMore',
    title: 'Look for More',
    fits: ({ job }) => job !== '',
  },
  { command: 'tandem.finding.copyPrompt', title: 'Copy as Prompt' },
  { command: 'tandem.finding.copyMarkdown', title: 'Copy as Markdown' },
  {
    command: 'tandem.finding.openReviewed',
    title: 'Open Reviewed Diff',
    fits: ({ anchor }) => anchor !== null && anchor.version !== null,
  },
  { command: 'tandem.showFinding', title: 'Show in Findings View' },
];

/** Longer titles of findings are cut. Characters. */
const maxTitle = 60;

/** What can be done about the findings at one place; where there are several, each title says about which. */
export function quickFixes(findings: readonly KnownFinding[]): QuickFix[] {
  return findings.flatMap((finding) => {
    const about = findings.length === 1 ? '' : `: ${cut(plainText(finding.title))}`;
    return fixes
      .filter(({ fits }) => fits?.(finding) ?? true)
      .map(({ command, title }) => ({ title: title + about, command, finding: finding.id }));
  });
}

function cut(text: string): string {
  return text.length > maxTitle ? `${text.slice(0, maxTitle - 1)}…` : text;
}
