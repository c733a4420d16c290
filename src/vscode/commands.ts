import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { Host } from '../app/host.ts';
import type { JobList } from '../jobs/jobList.ts';
import {
  allowApproval,
  answerApproval,
  answerFields,
  cancelAsker,
  declineApproval,
  showApproval,
} from './commands/approvals.ts';
import { cancelJob, cancelReview, letClaudeStop } from './commands/cancelJob.ts';
import { clearFindings } from './commands/clearFindings.ts';
import { compareReviews } from './commands/compareReviews.ts';
import { compareFixes } from './commands/compareFixes.ts';
import { continueInClaude } from './commands/continueInClaude.ts';
import { delegateOnCopy, delegateTask } from './commands/delegateTask.ts';
import { clearFinishedJobs, deleteJob } from './commands/deleteJobs.ts';
import { exportFindings } from './commands/exportFindings.ts';
import {
  askAboutFinding,
  discussFinding,
  explainFinding,
  lookForMore,
  lookForMoreOfFinding,
  replyInThread,
} from './commands/finding/askReviewer.ts';
import { copyMarkdown, copyPrompt } from './commands/finding/copyFindings.ts';
import {
  dismissFindings,
  dismissInFile,
  reopenFindings,
  resolveFindings,
} from './commands/finding/decide.ts';
import { fixWithClaude } from './commands/finding/fixWithClaude.ts';
import { fixWithCodex } from './commands/finding/fixWithCodex.ts';
import { askOther, askOtherAboutSingles, tieBreak } from './commands/finding/crossExamine.ts';
import { letBothFix } from './commands/finding/letBothFix.ts';
import { joinAgain, partFinding } from './commands/finding/part.ts';
import { proveFix } from './commands/finding/proveFix.ts';
import { openReviewed } from './commands/finding/openReviewed.ts';
import { importSarif } from './commands/importSarif.ts';
import { openClaude, openCodex, openSideBySide } from './commands/openTerminals.ts';
import { restartAppServer } from './commands/restartAppServer.ts';
import { resumeInTerminal } from './commands/resumeInTerminal.ts';
import {
  adversarialReview,
  reviewBranch,
  reviewBy,
  reviewChanges,
  reviewWithFocus,
  reviewWorkingTree,
} from './commands/review.ts';
import { reviewFile, reviewFiles, reviewSelection } from './commands/reviewFiles.ts';
import { runJobAgain } from './commands/runJobAgain.ts';
import { setAppServerToken } from './commands/setAppServerToken.ts';
import { setUp } from './commands/setUp.ts';
import { exportScoreCard, showScoreCard } from './commands/scoreCard.ts';
import { shareDismissals } from './commands/shareDismissals.ts';
import { showJobResult } from './commands/showJobResult.ts';
import { showRawAnswer } from './commands/showRawAnswer.ts';
import { showWorkFile } from './commands/showWorkFile.ts';
import { steerJob } from './commands/steerJob.ts';
import { switchGate } from './commands/switchGate.ts';
import {
  applyChange,
  applySome,
  discardChange,
  keepAsBranch,
  showChange,
  undoChange,
} from './commands/taskChange.ts';
import { transferSession } from './commands/transferSession.ts';
import { type CommandId, allCommandIds, registerCommand } from './contributions.ts';
import type { ErrorReporter } from './errorReporter.ts';
import type { ApprovalDocuments } from './approvalDocuments.ts';
import type { ApprovalsView } from './approvalsView.ts';
import type { ComparePanels } from './comparePanels.ts';
import type { FindingThreads } from './findingThreads.ts';
import type { FindingsView } from './findingsView.ts';
import type { GateKeys } from './gateKeys.ts';
import type { JobWatch } from './jobWatch.ts';
import type { JobsView } from './jobsView.ts';
import type { AllPlaces } from './placesOfFindings.ts';
import type { PluginSetup } from './pluginSetup.ts';
import type { ReportDocuments } from './reportDocuments.ts';
import { requireRow } from './rowCommands.ts';
import type { TerminalPairs } from './terminalPairs.ts';
import type { TokenStore } from './tokenStore.ts';
import type { LeavingQuestion } from './leavingQuestion.ts';

/** What commands work with. */
export interface CommandParts {
  app: App;
  host: Host;
  tokens: TokenStore;
  watch: JobWatch;
  list: JobList;
  view: FindingsView;
  comparePanels: ComparePanels;
  places: AllPlaces;
  threads: FindingThreads;
  jobsView: JobsView;
  approvalsView: ApprovalsView;
  approvalDocuments: ApprovalDocuments;
  documents: ReportDocuments;
  leaving: LeavingQuestion;
  pairs: TerminalPairs;
  plugin: PluginSetup;
  gateKeys: GateKeys;
  errors: ErrorReporter;
  log: vscode.LogOutputChannel;
}

/** `from` is what a menu was opened on, `all` what is selected with it. */
type Commands = Record<CommandId, (from?: unknown, all?: unknown) => unknown>;

/** Every command is there from the start, and says itself what is missing. */
export function registerCommands(parts: CommandParts): vscode.Disposable {
  const commands: Commands = {
    ...reviewCommands(parts),
    ...findingCommands(parts),
    ...jobCommands(parts),
    ...approvalCommands(parts),
    ...changeCommands(parts),
    ...otherCommands(parts),
  };
  const registered = allCommandIds.map((id) =>
    registerCommand(vscode.commands, id, (...args) =>
      parts.errors.attempt(() => {
        requireRow(id, args);
        return commands[id](...args);
      }),
    ),
  );
  return vscode.Disposable.from(...registered);
}

function reviewCommands(parts: CommandParts) {
  const { app, view } = parts;
  return {
    'tandem.reviewChanges': (from) => reviewChanges(parts, from),
    'tandem.reviewWithClaude': (from) => reviewBy(parts, 'claude', from),
    'tandem.reviewWithBoth': (from) => reviewBy(parts, 'both', from),
    'tandem.reviewWithFocus': (from) => reviewWithFocus(parts, from),
    'tandem.reviewWorkingTree': () => reviewWorkingTree(parts),
    'tandem.reviewBranch': () => reviewBranch(parts),
    'tandem.adversarialReview': () => adversarialReview(parts),
    'tandem.reviewFiles': (from, all) => reviewFiles(parts, from, all),
    'tandem.reviewFile': (from) => reviewFile(parts, from),
    'tandem.reviewSelection': () => reviewSelection(parts),
    'tandem.lookForMore': (from) => lookForMore(parts, from),
    'tandem.cancelReview': () => cancelReview(parts),
    'tandem.letClaudeStop': () => letClaudeStop(parts),
    'tandem.turnGateOn': () => switchGate(parts, true),
    'tandem.turnGateOff': () => switchGate(parts, false),
    'tandem.showFindings': () => view.reveal(),
    'tandem.compareReviews': (from) => compareReviews(parts, from),
    'tandem.clearFindings': () => clearFindings(app),
    'tandem.showRawAnswer': (from) => showRawAnswer(parts, from),
  } satisfies Partial<Commands>;
}

function findingCommands(parts: CommandParts) {
  return {
    'tandem.showFinding': (id) => parts.view.reveal(typeof id === 'string' ? id : undefined),
    'tandem.exportFindings': () => exportFindings(parts.app),
    'tandem.importSarif': () => importSarif(parts),
    'tandem.shareDismissals': () => shareDismissals(parts.app),
    'tandem.showScoreCard': () => showScoreCard(parts),
    'tandem.exportScoreCard': () => exportScoreCard(parts.app),
    'tandem.finding.fixWithCodex': (from) => fixWithCodex(parts, from),
    'tandem.finding.fixWithClaude': (from) => fixWithClaude(parts, from),
    'tandem.askOtherAboutSingles': () => askOtherAboutSingles(parts),
    'tandem.finding.askOther': (from) => askOther(parts, from),
    'tandem.finding.tieBreak': (from) => tieBreak(parts, from),
    'tandem.finding.race': (from) => letBothFix(parts, from),
    'tandem.finding.proveFix': (from) => proveFix(parts, from),
    'tandem.finding.dismiss': (from) => dismissFindings(parts, from),
    'tandem.finding.dismissInFile': (from) => dismissInFile(parts, from),
    'tandem.finding.resolve': (from) => resolveFindings(parts, from),
    'tandem.finding.reopen': (from) => reopenFindings(parts, from),
    'tandem.finding.part': (from) => partFinding(parts, from),
    'tandem.finding.joinAgain': (from) => joinAgain(parts, from),
    'tandem.finding.ask': (from) => askAboutFinding(parts, from),
    'tandem.finding.explain': (from) => explainFinding(parts, from),
    'tandem.finding.discuss': (from) => discussFinding(parts, from),
    'tandem.finding.lookForMore': (from) => lookForMoreOfFinding(parts, from),
    'tandem.finding.copyPrompt': (from) => copyPrompt(parts, from),
    'tandem.finding.copyMarkdown': (from) => copyMarkdown(parts, from),
    'tandem.finding.openReviewed': (from) => openReviewed(parts, from),
    'tandem.thread.reply': (from) => replyInThread(parts, from),
  } satisfies Partial<Commands>;
}

function jobCommands(parts: CommandParts) {
  return {
    'tandem.delegateTask': () => delegateTask(parts),
    'tandem.transferSession': () => transferSession(parts),
    'tandem.continueInClaude': (from) => continueInClaude(parts, from),
    'tandem.showJobs': () => parts.jobsView.reveal(),
    'tandem.cancelJob': (from) => cancelJob(parts, from),
    'tandem.showJobResult': (from) => showJobResult(parts, from),
    'tandem.resumeInTerminal': (from) => resumeInTerminal(parts, from),
    'tandem.runJobAgain': (from) => runJobAgain(parts, from),
    'tandem.clearFinishedJobs': () => clearFinishedJobs(parts),
    'tandem.steerTask': (from) => steerJob(parts, from),
    'tandem.job.steer': (from) => steerJob(parts, from),
    'tandem.job.showFile': (from) => showWorkFile(parts, from),
    'tandem.job.openResult': (from) => showJobResult(parts, from),
    'tandem.job.compare': (from) => compareReviews(parts, from),
    'tandem.job.cancel': (from) => cancelJob(parts, from),
    'tandem.job.resume': (from) => resumeInTerminal(parts, from),
    'tandem.job.fork': (from) => delegateOnCopy(parts, from),
    'tandem.job.continueInClaude': (from) => continueInClaude(parts, from),
    'tandem.job.runAgain': (from) => runJobAgain(parts, from),
    'tandem.job.delete': (from) => deleteJob(parts, from),
  } satisfies Partial<Commands>;
}

function changeCommands(parts: CommandParts) {
  return {
    'tandem.task.showChanges': (from) => showChange(parts, from),
    'tandem.task.compareFixes': (from) => compareFixes(parts, from),
    'tandem.task.apply': (from) => applyChange(parts, from),
    'tandem.task.applySome': (from) => applySome(parts, from),
    'tandem.task.keepAsBranch': (from) => keepAsBranch(parts, from),
    'tandem.task.discard': (from) => discardChange(parts, from),
    'tandem.task.undo': (from) => undoChange(parts, from),
  } satisfies Partial<Commands>;
}

function approvalCommands(parts: CommandParts) {
  return {
    'tandem.answerApproval': (from) => answerApproval(parts, from),
    'tandem.showApprovals': () => parts.approvalsView.reveal(),
    'tandem.job.answer': (from) => answerApproval(parts, from),
    'tandem.approval.show': (from) => showApproval(parts, from),
    'tandem.approval.allow': (from) => allowApproval(parts, from, false),
    'tandem.approval.allowForSession': (from) => allowApproval(parts, from, true),
    'tandem.approval.answer': (from) => answerFields(parts, from),
    'tandem.approval.decline': (from) => declineApproval(parts, from),
    'tandem.approval.cancelTask': (from) => cancelAsker(parts, from),
  } satisfies Partial<Commands>;
}

function otherCommands(parts: CommandParts) {
  const { app, plugin, log } = parts;
  return {
    'tandem.showLog': () => log.show(),
    'tandem.openClaude': () => openClaude(parts),
    'tandem.openCodex': () => openCodex(parts),
    'tandem.openSideBySide': () => openSideBySide(parts),
    'tandem.restartAppServer': () => restartAppServer(app),
    'tandem.setAppServerToken': () => setAppServerToken(parts),
    'tandem.installPlugin': () => plugin.install(),
    'tandem.setUp': () => setUp(parts),
  } satisfies Partial<Commands>;
}
