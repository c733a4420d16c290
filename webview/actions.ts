import type { FindingAction } from '../src/protocol/findingsPage.ts';
import type { ListedFinding } from '../src/protocol/pageSlices.ts';

export interface OfferedAction {
  readonly action: FindingAction;
  readonly label: string;
  /** As it is shown to people; null where there is none. */
  readonly shortcut: string | null;
}

const labels: Readonly<Record<FindingAction, string>> = {
  dismiss: 'Dismiss…',
  dismissInFile: 'Dismiss in This File…',
  resolve: 'Resolve',
  reopen: 'Reopen',
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
    .filter((action) => findings.length > 0 && applies(action, findings))
    .map((action) => ({
      action,
      label: labels[action],
      shortcut: action === 'dismiss' ? 'Delete' : null,
    }));
}

function applies(action: FindingAction, findings: readonly ListedFinding[]): boolean {
  const [only] = findings.length === 1 ? findings : [];
  switch (action) {
    case 'dismiss':
    case 'resolve':
      return findings.some(({ state }) => state === 'open');
    case 'dismissInFile':
      return someIsOpenInOneFile(findings);
    case 'reopen':
      return findings.some(({ state }) => state !== 'open');
    // These ask the review's reviewer, or need what it saw: nothing of that comes with an imported finding.
    case 'explain':
    case 'lookForMore':
      return only !== undefined && only.job !== '';
    case 'openReviewed':
      return only !== undefined && only.job !== '' && only.place !== 'outside';
    case 'copyPrompt':
    case 'copyMarkdown':
    case 'export':
      return true;
  }
}

function someIsOpenInOneFile(findings: readonly ListedFinding[]): boolean {
  const [first] = findings;
  const isOfOneFile = findings.every(
    ({ repository, file }) => repository === first?.repository && file === first.file && file !== '',
  );
  return isOfOneFile && findings.some(({ state }) => state === 'open');
}
