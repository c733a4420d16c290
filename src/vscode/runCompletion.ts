import { contradictions } from '../findings/contradiction.ts';
import { agreementOf } from '../jobs/agreement.ts';
import { findingsSummary } from '../jobs/report.ts';
import { type Finding, reviewers, voiceName } from '../protocol/finding.ts';
import type { Job } from '../protocol/job.ts';
import {
  type Completion,
  type CompletionAction,
  show,
  showLog,
  showProblems,
  told,
  why,
} from './completion.ts';
import { sentences } from './errorMessage.ts';
import { lowerFirst } from './jobTexts.ts';
import type { WatchedJob } from './jobWatch.ts';

/**
 * How the end of a review by both reviewers is told: once, when both have ended. Null where the window is closing.
 * @param known the findings that are listed now
 */
export function runCompletion(parts: readonly WatchedJob[], known: readonly Finding[]): Completion | null {
  const inOrder = reviewers.flatMap((reviewer) => parts.filter(({ job }) => job.reviewer === reviewer));
  const [first] = inOrder;
  if (!first || inOrder.every(({ job }) => job.state === 'interrupted')) return null;
  const done = inOrder.filter(({ job }) => job.state === 'succeeded');
  const failed = inOrder.filter(({ job }) => job.state !== 'succeeded');
  const kept = done.length === 0 && known.length > 0 ? 'The former findings are kept.' : '';
  if (failed.every(({ job }) => job.state === 'cancelled') && done.length === 0)
    return told('info', sentences(`${subject(inOrder)} was cancelled.`, kept), []);
  if (done.length === 0) {
    const text = [`${subject(inOrder)} has no result.`, ...failed.map(({ job }) => failure(job)), kept];
    return told('error', text.filter((part) => part !== '').join(' '), [compareButton(first), showLog]);
  }
  const text = [`${subject(done)}: ${found(done)}.`, ...failed.map(({ job }) => failure(job))].join(' ');
  const hasPlaces = done.some(({ result }) => result?.findings.some(({ place }) => place === 'anchored'));
  const actions = [compareButton(first), show, ...(hasPlaces ? [showProblems] : [])];
  return told(failed.length === 0 ? 'info' : 'warning', text, actions);
}

/** `Review by Codex and Claude of uncommitted changes (3 files)`. */
function subject(parts: readonly WatchedJob[]): string {
  const names = parts.map(({ job }) => voiceName(job.reviewer)).join(' and ');
  const kind = parts[0]?.job.kind === 'adversarial-review' ? 'Adversarial review' : 'Review';
  return `${kind} by ${names} of ${parts[0]?.job.title ?? ''}`;
}

/** `5 findings, 2 by both, 1 dispute`; of one reviewer alone what its review says. */
function found([one, other]: readonly WatchedJob[]): string {
  const [ones, others] = [one?.result?.findings ?? [], other?.result?.findings ?? []];
  if (!other) return lowerFirst(one?.job.summary ?? findingsSummary(ones));
  const agreement = agreementOf(ones, others);
  const count = agreement.both.length + agreement.ones.length + agreement.others.length;
  const disputes = contradictions(agreement.ones, agreement.others).length;
  return [
    count === 0 ? 'no findings' : count === 1 ? '1 finding' : `${count} findings`,
    ...(agreement.both.length === 0 ? [] : [`${agreement.both.length} by both`]),
    ...(disputes === 0 ? [] : [disputes === 1 ? '1 dispute' : `${disputes} disputes`]),
  ].join(', ');
}

/** Why one of the two has no result. */
function failure(job: Job): string {
  const name = voiceName(job.reviewer);
  switch (job.state) {
    case 'inconclusive':
      return sentences(`${name} gave no verdict.`, why(job));
    case 'cancelled':
      return `The review by ${name} was cancelled.`;
    default:
      return job.failure?.limitResetsAt === undefined
        ? sentences(`The review by ${name} failed.`, why(job))
        : sentences(`There is no review by ${name}.`, why(job));
  }
}

function compareButton({ job }: WatchedJob): CompletionAction {
  return { label: 'Compare', command: 'tandem.compareReviews', about: job.id };
}
