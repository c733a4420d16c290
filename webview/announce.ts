import { isTerminal, type Job } from '../src/protocol/job.ts';
import type { ListModel } from './list.ts';
import {
  countText,
  currentFindings,
  earlierFindings,
  originText,
  outcomeOfBoth,
  type Snapshot,
} from './run.ts';

/** How much of the findings a filter leaves: `3 findings shown, 2 hidden by your filter`. */
export function shownText({ shown, hiddenCount }: Pick<ListModel, 'shown' | 'hiddenCount'>): string {
  return `${countText(shown)} shown${hiddenCount === 0 ? '' : `, ${hiddenText({ hiddenCount })}`}`;
}

/** `4 hidden by your filter`. */
export function hiddenText({ hiddenCount }: Pick<ListModel, 'hiddenCount'>): string {
  return `${hiddenCount} hidden by your filter`;
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
  const earlier = earlierFindings(snapshot);
  const kept =
    snapshot.former && earlier.length > 0 ? `. The ${originText(earlier, 'findings')} are still listed` : '';
  const why = job.failure === null ? '' : `: ${job.failure.message.replace(/\.$/, '')}`;
  switch (outcomeOfBoth(job, snapshot.partner)) {
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
