import type { TaskChanges } from '../app/taskChanges.ts';
import type { Approvals } from '../codex/approvals.ts';
import type { FindingStore } from '../findings/findingStore.ts';
import type { JobList } from '../jobs/jobList.ts';
import { isTerminal } from '../protocol/job.ts';
import { isPending } from '../protocol/taskChange.ts';
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
  keys.set('tandem.changePending', changed.some(isPending));
  keys.set(
    'tandem.changeApplied',
    changed.some(({ applied }) => applied.length > 0),
  );
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
