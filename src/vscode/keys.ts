import type { TaskChanges } from '../app/taskChanges.ts';
import type { Approvals } from '../codex/approvals.ts';
import type { FindingStore } from '../findings/findingStore.ts';
import type { JobList } from '../jobs/jobList.ts';
import { isTerminal } from '../protocol/job.ts';
import { type TaskChange, isOnlyThere, isPending } from '../protocol/taskChange.ts';
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
  keys.set('tandem.approvalPending', approvals.pending.length > 0);
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
