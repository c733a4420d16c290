import type * as vscode from 'vscode';
import { oneLine } from '../base/printable.ts';
import { type Finding, type Priority, priorities, voicesText } from '../protocol/finding.ts';
import { type SettingId, type Severity, readSetting } from './settings.ts';

/*
 * Which findings become diagnostics, and what these say.
 */

export interface ProblemSettings {
  severity: Readonly<Record<Priority, Severity>>;
  minimumPriority: Priority;
  outsideChange: 'show' | 'hide';
}

/** Who says so, in the Problems panel. */
export const problemSource = 'Tandem';

/** All of their ids begin with it. */
export const problemsSection = 'tandem.problems';

export function readProblemSettings(
  workspace: Pick<typeof vscode.workspace, 'getConfiguration'>,
): ProblemSettings {
  const severity = <P extends Priority>(priority: P) =>
    readSetting(workspace, `tandem.problems.severity.${priority}` satisfies SettingId);
  return {
    severity: { P0: severity('P0'), P1: severity('P1'), P2: severity('P2'), P3: severity('P3') },
    minimumPriority: readSetting(workspace, 'tandem.problems.minimumPriority'),
    outsideChange: readSetting(workspace, 'tandem.problems.outsideChange'),
  };
}

/** Is a finding with a place marked there? */
export function isMarked(
  { priority, inChange }: Pick<Finding, 'priority' | 'inChange'>,
  { minimumPriority, outsideChange }: ProblemSettings,
): boolean {
  const isUrgentEnough = priorities.indexOf(priority) <= priorities.indexOf(minimumPriority);
  return isUrgentEnough && !(inChange === false && outsideChange === 'hide');
}

/** Longer titles are cut: the findings view has all of them. Characters. */
const maxTitle = 300;

/** What its diagnostic says, in one line. Text of a model, which VS Code shows as text. */
export function problemMessage({ title, inChange }: Pick<Finding, 'title' | 'inChange'>): string {
  const line = oneLine(title, maxTitle);
  return inChange === false ? `${line} (not in the change)` : line;
}

/** What to do about it, in one line, as the Problems panel has it below; empty for nothing. Text of a model. */
export function problemAdvice({ recommendation }: Pick<Finding, 'recommendation'>): string {
  return oneLine(recommendation, maxTitle);
}

/** E.g. `Codex P1`, or `Codex and Claude P0`. */
export function problemCode(finding: Pick<Finding, 'reviewers' | 'tool' | 'priority'>): string {
  return `${voicesText(finding)} ${finding.priority}`.trim();
}

/** E.g. `4 hidden by your filter`; empty where none are. */
export function hiddenText(count: number): string {
  return count === 0 ? '' : `${count} hidden by your filter`;
}
