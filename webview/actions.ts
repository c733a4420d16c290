import type { FindingAction } from '../src/protocol/findingsPage.ts';
import { isJoined } from '../src/protocol/knownFinding.ts';
import type { ListedFinding } from '../src/protocol/pageSlices.ts';

export interface OfferedAction {
  readonly action: FindingAction;
  readonly label: string;
  /** As it is shown to people; null where there is none. */
  readonly shortcut: string | null;
}

const labels: Readonly<Record<FindingAction, string>> = {
  fixWithCodex: 'Fix with Codex',
  fixWithClaude: 'Fix with Claude Code…',
  askOther: 'Ask the Other Agent',
  tieBreak: 'Tie-Break…',
  race: 'Let Both Fix It…',
  proveFix: 'Check Whether It Is Fixed',
  dismiss: 'Dismiss…',
  dismissInFile: 'Dismiss in This File…',
  resolve: 'Resolve',
  reopen: 'Reopen',
  part: 'Part into Two',
  joinAgain: 'Join Again',
  copyPrompt: 'Copy as Prompt',
  copyMarkdown: 'Copy as Markdown',
  explain: 'Explain',
  lookForMore: 'Look for More',
  openReviewed: 'Open Reviewed Diff',
  export: 'Export…',
};

const order = Object.keys(labels) as FindingAction[];

/** What can be done with these findings together, in the order of the menu. */
export function actionsFor(findings: readonly ListedFinding[]): OfferedAction[] {
  return order
    .filter((action) => findings.length > 0 && fits[action](findings))
    .map((action) => ({
      action,
      label: labels[action],
      shortcut: action === 'dismiss' ? 'Delete' : null,
    }));
}

type Fits = (findings: readonly ListedFinding[]) => boolean;

const always: Fits = () => true;
const someIsOpen: Fits = (findings) => findings.some(({ state }) => state === 'open');
/** These ask the review's reviewer: nothing of that comes with an imported finding. */
const oneOfReview: Fits = ([only, ...others]) => only !== undefined && others.length === 0 && only.job !== '';

const fits: Readonly<Record<FindingAction, Fits>> = {
  fixWithCodex: someIsOpen,
  fixWithClaude: someIsOpen,
  askOther: someIsOpen,
  tieBreak: ([only, ...others]) => others.length === 0 && only?.standing?.kind === 'disputed',
  race: (findings) => findings.length === 1 && someIsOpen(findings),
  proveFix: always,
  dismiss: someIsOpen,
  dismissInFile: someIsOpenInOneFile,
  resolve: someIsOpen,
  reopen: (findings) => findings.some(({ state }) => state !== 'open'),
  part: ([only, ...others]) => others.length === 0 && only !== undefined && isJoined(only),
  joinAgain: ([only, ...others]) => others.length === 0 && only?.state === 'open' && only.parted === true,
  copyPrompt: always,
  copyMarkdown: always,
  explain: oneOfReview,
  lookForMore: oneOfReview,
  openReviewed: (findings) => oneOfReview(findings) && findings[0]?.place !== 'outside',
  export: always,
};

function someIsOpenInOneFile(findings: readonly ListedFinding[]): boolean {
  const [first] = findings;
  const isOfOneFile = findings.every(
    ({ repository, file }) => repository === first?.repository && file === first.file && file !== '',
  );
  return isOfOneFile && findings.some(({ state }) => state === 'open');
}
