import { isDeepStrictEqual } from 'node:util';
import type * as vscode from 'vscode';

/*
 * The names that package.json and the code share; test/unit/vscode/contributions.test.ts compares both. The `vscode`
 * namespace is handed in, so that this module can be read without an editor.
 */

export const extensionId = 'tandem.tandem';

/** What the user can run, by key, menu or palette. */
export const commandIds = [
  'tandem.reviewChanges',
  'tandem.reviewWithClaude',
  'tandem.reviewWithBoth',
  'tandem.reviewWithFocus',
  'tandem.reviewWorkingTree',
  'tandem.reviewBranch',
  'tandem.adversarialReview',
  'tandem.reviewFiles',
  'tandem.reviewFile',
  'tandem.reviewSelection',
  'tandem.delegateTask',
  'tandem.transferSession',
  'tandem.continueInClaude',
  'tandem.openClaude',
  'tandem.openCodex',
  'tandem.openSideBySide',
  'tandem.lookForMore',
  'tandem.askOtherAboutSingles',
  'tandem.cancelReview',
  'tandem.cancelJob',
  'tandem.letClaudeStop',
  'tandem.showFindings',
  'tandem.compareReviews',
  'tandem.clearFindings',
  'tandem.exportFindings',
  'tandem.importSarif',
  'tandem.shareDismissals',
  'tandem.showScoreCard',
  'tandem.exportScoreCard',
  'tandem.showRawAnswer',
  'tandem.answerApproval',
  'tandem.showApprovals',
  'tandem.steerTask',
  'tandem.task.showChanges',
  'tandem.task.compareFixes',
  'tandem.task.apply',
  'tandem.task.applySome',
  'tandem.task.keepAsBranch',
  'tandem.task.discard',
  'tandem.task.undo',
  'tandem.showJobs',
  'tandem.showJobResult',
  'tandem.resumeInTerminal',
  'tandem.runJobAgain',
  'tandem.clearFinishedJobs',
  'tandem.showLog',
  'tandem.turnGateOn',
  'tandem.turnGateOff',
  'tandem.restartAppServer',
  'tandem.setAppServerToken',
  'tandem.installPlugin',
  'tandem.setUp',
] as const;

/** Of one job in the jobs view, which hands it over; hidden from the palette. */
export const jobCommandIds = [
  'tandem.job.openResult',
  'tandem.job.compare',
  'tandem.job.answer',
  'tandem.job.steer',
  'tandem.job.cancel',
  'tandem.job.resume',
  'tandem.job.fork',
  'tandem.job.continueInClaude',
  'tandem.job.runAgain',
  'tandem.job.delete',
] as const;

/** Of one question of Codex in the approvals view, which hands it over; hidden from the palette. */
export const approvalCommandIds = [
  'tandem.approval.show',
  'tandem.approval.allow',
  'tandem.approval.allowForSession',
  'tandem.approval.answer',
  'tandem.approval.decline',
  'tandem.approval.cancelTask',
] as const;

/**
 * Of findings: those that they are given (commands/finding/chosenFindings.ts), else the one at the cursor, for which they
 * are in the palette.
 */
export const findingCommandIds = [
  'tandem.finding.fixWithCodex',
  'tandem.finding.fixWithClaude',
  'tandem.finding.askOther',
  'tandem.finding.tieBreak',
  'tandem.finding.race',
  'tandem.finding.proveFix',
  'tandem.finding.dismiss',
  'tandem.finding.dismissInFile',
  'tandem.finding.resolve',
  'tandem.finding.reopen',
  'tandem.finding.part',
  'tandem.finding.joinAgain',
  'tandem.finding.ask',
  'tandem.finding.explain',
  'tandem.finding.discuss',
  'tandem.finding.lookForMore',
  'tandem.finding.copyPrompt',
  'tandem.finding.copyMarkdown',
  'tandem.finding.openReviewed',
] as const;

/** Of a comment thread, which hands over what was written; hidden from the palette. */
export const threadCommandIds = ['tandem.thread.reply'] as const;

/**
 * Run by our own code actions (the argument is a finding's id) and by the files below a running job only. Not in
 * package.json, so not in the palette.
 */
export const internalCommandIds = ['tandem.showFinding', 'tandem.job.showFile'] as const;

export const allCommandIds = [
  ...commandIds,
  ...jobCommandIds,
  ...approvalCommandIds,
  ...findingCommandIds,
  ...threadCommandIds,
  ...internalCommandIds,
] as const;
export type CommandId = (typeof allCommandIds)[number];

export const viewContainerId = 'tandem';
export const findingsViewId = 'tandem.findings';
export const jobsViewId = 'tandem.jobs';
export const approvalsViewId = 'tandem.approvals';
export const comparePanelType = 'tandem.compare';
export const commentControllerId = 'tandem';

/** Context keys for `when` clauses, with the type of their values. */
export interface ContextKeys {
  /** A review runs in this window. */
  'tandem.reviewRunning': boolean;
  /** There is something to show and to clear. */
  'tandem.hasFindings': boolean;
  /** The jobs have been read from disk. */
  'tandem.jobsKnown': boolean;
  /** A job of the workspace runs or waits, in whichever window or terminal. */
  'tandem.jobActive': boolean;
  /** A job of the workspace has ended. */
  'tandem.jobFinished': boolean;
  /** The changes of a task wait for a decision. */
  'tandem.changePending': boolean;
  /** Ids of the tasks whose changes do, and of those whose changes can be taken back. */
  'tandem.pendingChanges': readonly string[];
  'tandem.appliedChanges': readonly string[];
  /** The changes of a task can be taken back. */
  'tandem.changeApplied': boolean;
  /** Codex asks something in this window. */
  'tandem.approvalPending': boolean;
  /** Addresses of the editors that show an open question, and of those among them where an answer is possible. */
  'tandem.questionEditors': readonly string[];
  'tandem.allowEditors': readonly string[];
  'tandem.sessionEditors': readonly string[];
  'tandem.answerEditors': readonly string[];
  /** The review at the end of a turn of Claude runs in this window. */
  'tandem.gateRunning': boolean;
  /** Some repository of the workspace has the stop-time review gate on. */
  'tandem.gateOn': boolean;
  /** Some repository of the workspace has it off. */
  'tandem.gateOff': boolean;
}
export const contextKeys = [
  'tandem.reviewRunning',
  'tandem.hasFindings',
  'tandem.jobsKnown',
  'tandem.jobActive',
  'tandem.jobFinished',
  'tandem.changePending',
  'tandem.pendingChanges',
  'tandem.appliedChanges',
  'tandem.changeApplied',
  'tandem.approvalPending',
  'tandem.questionEditors',
  'tandem.allowEditors',
  'tandem.sessionEditors',
  'tandem.answerEditors',
  'tandem.gateRunning',
  'tandem.gateOn',
  'tandem.gateOff',
] as const satisfies readonly (keyof ContextKeys)[];

type CommandsApi = Pick<typeof vscode.commands, 'registerCommand' | 'executeCommand'>;

/** `run` gets whatever the caller passes: menus add arguments, and so may a user's keybinding. */
export function registerCommand(
  commands: CommandsApi,
  id: CommandId,
  run: (...args: unknown[]) => unknown,
): vscode.Disposable {
  return commands.registerCommand(id, run);
}

/** Sets context keys, where their value has changed. */
export class Context {
  private readonly known = new Map<keyof ContextKeys, unknown>();

  constructor(private readonly commands: CommandsApi) {}

  set<K extends keyof ContextKeys>(key: K, value: ContextKeys[K]): void {
    if (isDeepStrictEqual(this.known.get(key), value)) return;
    this.known.set(key, value);
    void this.commands.executeCommand('setContext', key, value);
  }
}
