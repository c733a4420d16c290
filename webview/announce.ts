import { isTerminal, type Job } from '../src/protocol/job.ts';
import type { Snapshot } from '../src/protocol/findingsPage.ts';
import type { ListModel } from './list.ts';
import { countText, currentFindings, outcomeOf } from './run.ts';

/** How much of the findings a filter leaves: `3 of 5 findings shown`. */
export function shownText({ shown, total }: Pick<ListModel, 'shown' | 'total'>): string {
  return `${shown} of ${countText(total)} shown`;
}

/**
 * What a screen reader should say about a new snapshot, or null where nothing began or ended.
 * Phases and activities are left out: they change every second. So is what was over before the page was opened.
 */
export function announcement(before: Snapshot | null, after: Snapshot): string | null {
  const job = after.job;
  if (before === null || job === null) return null;
  const known = before.job?.id === job.id ? before.job : null;
  if (!isTerminal(job.state)) return beginning(known, job);
  return known !== null && isTerminal(known.state) ? null : ending(after, job);
}

function beginning(known: Job | null, job: Job): string | null {
  if (known === null) return `Review of ${job.title} started`;
  if (job.state === known.state) return null;
  if (job.state === 'cancelling') return 'Cancelling the review';
  return job.state === 'waiting' ? 'The review is waiting' : null;
}

function ending(snapshot: Snapshot, job: Job): string {
  const kept =
    snapshot.former && snapshot.findings.length > 0
      ? '. The findings of the previous review are still listed'
      : '';
  const why = job.failure === null ? '' : `: ${job.failure.message.replace(/\.$/, '')}`;
  switch (outcomeOf(job)) {
    case 'findings':
      return `Review finished: ${countText(currentFindings(snapshot).length)}`;
    case 'clean':
      return 'Review finished: no findings';
    case 'inconclusive':
      return `Review finished without a verdict${why}${kept}`;
    case 'failed':
      return `Review failed${why}${kept}`;
    case 'interrupted':
      return `Review interrupted${why}${kept}`;
    case 'cancelled':
      return `Review cancelled${kept}`;
  }
}
