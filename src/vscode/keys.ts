import type { TaskChanges } from '../app/taskChanges.ts';
import type { Approvals } from '../codex/approvals.ts';
import type { FindingStore } from '../findings/findingStore.ts';
import type { JobList } from '../jobs/jobList.ts';
import { isTerminal } from '../protocol/job.ts';
import type { Approval } from '../protocol/approval.ts';
import { type ApprovalFlag, flagsOf } from '../protocol/approvalText.ts';
import { type TaskChange, isOnlyThere, isPending } from '../protocol/taskChange.ts';
import { editorsOf } from './approvalDocuments.ts';
import type { Context } from './contributions.ts';
import type { JobWatch } from './jobWatch.ts';

/** Brings the context keys up to date that follow from jobs, questions and findings. */
export function setKeys(
  keys: Context,
  parts: {
    watch: JobWatch;
    list: JobList;
    findings: FindingStore;
    approvals: Approvals;
    changes: TaskChanges;
  },
): void {
  const { watch, list, findings, approvals, changes } = parts;
  const jobs = list.all().map(({ job }) => job);
  keys.set('tandem.reviewRunning', watch.runningReviews.length > 0);
  keys.set(
    'tandem.gateRunning',
    watch.running.some(({ kind }) => kind === 'gate'),
  );
  const changed = jobs.flatMap(({ id }) => changes.seen(id) ?? []);
  const idsOf = (fits: (change: TaskChange) => boolean) => changed.filter(fits).map(({ job }) => job);
  const applied = idsOf((change) => change.applied.length > 0);
  keys.set('tandem.changePending', changed.some(isOnlyThere));
  keys.set('tandem.pendingChanges', idsOf(isPending));
  keys.set('tandem.changeApplied', applied.length > 0);
  keys.set('tandem.appliedChanges', applied);
  setQuestionKeys(keys, approvals.pending);
  keys.set('tandem.hasFindings', findings.open().length > 0);
  keys.set(
    'tandem.jobActive',
    jobs.some(({ state }) => !isTerminal(state)),
  );
  keys.set(
    'tandem.jobFinished',
    jobs.some(({ state }) => isTerminal(state)),
  );
}

/** Diff editors hide what stands above their lines (`diffEditor.codeLens`), so that the answers are in their titles too. */
function setQuestionKeys(keys: Context, pending: readonly Approval[]): void {
  const withFlag = (flag: ApprovalFlag) =>
    pending.filter((approval) => flagsOf(approval).includes(flag)).flatMap(editorsOf);
  keys.set('tandem.approvalPending', pending.length > 0);
  keys.set('tandem.questionEditors', pending.flatMap(editorsOf));
  keys.set('tandem.allowEditors', withFlag('allow'));
  keys.set('tandem.sessionEditors', withFlag('session'));
  keys.set('tandem.answerEditors', withFlag('answer'));
}
