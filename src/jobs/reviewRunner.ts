import type { ChangedHunk, Evidence } from '../protocol/evidence.ts';
import type { Finding } from '../protocol/finding.ts';
import type { JobResult } from '../protocol/report.ts';
import type { Target } from '../protocol/target.ts';
import type { ReviewAnswer, ReviewBrief, Reviewer } from './agent.ts';
import type { Job, Outcome } from './job.ts';
import type { Runner } from './jobRun.ts';
import { noteNewThread } from './newThread.ts';

/** What a review is to be: how its reviewer is told, and what the user should know of that. */
export interface PreparedReview {
  brief: ReviewBrief;
  /** The change as it is before the review; null where there is none, or it is too large. */
  hunks: readonly ChangedHunk[] | null;
  notes: readonly string[];
}

/** What an answer comes to. */
export interface Interpreted {
  outcome: Outcome;
  summary: string;
  nextSteps: string[];
  findings: Finding[];
  evidence: Evidence;
  /** What the user should know besides. */
  notes: readonly string[];
}

/** What a review needs of the other rooms; `app.ts` joins them. */
export interface ReviewParts {
  reviewer: Reviewer;
  prepare(job: Job, target: Target, focus: string): Promise<PreparedReview>;
  /** The same of a review that goes on: what else is there? */
  prepareMore(job: Job, target: Target): Promise<PreparedReview>;
  /** Whether findings of the reviewer are open in the repository. */
  hasOpen(job: Job): Promise<boolean>;
  /** Judges an answer by what its reviewer was shown, and gives its findings their places. */
  interpret(answer: ReviewAnswer, prepared: PreparedReview, job: Job): Promise<Interpreted>;
  /**
   * Makes the findings of a review with a verdict known; returns them as they are known from then on.
   * @param additional the review went on with an earlier one: what it did not report is no news
   */
  record(job: Job, interpreted: Interpreted, additional: boolean): Promise<Finding[]>;
}

/** Reviews of all kinds as jobs: from a target to findings on record. */
export function createReviewRunner(parts: ReviewParts): Runner {
  return async (job, order, context) => {
    const { target, repository, threadId } = job;
    if (target === null) throw new Error(`${job.id} has no target.`);
    const goesOn = order?.kind === 'more';
    const focus = order !== null && 'focus' in order ? order.focus : '';
    const prepared = goesOn
      ? await parts.prepareMore(job, target)
      : await parts.prepare(job, target, focus);
    for (const note of prepared.notes) context.onProgress({ note });
    const { model, effort } = job;
    const request = {
      repository,
      threadId,
      mustResume: false,
      model: model ?? '',
      effort: effort ?? '',
      brief: prepared.brief,
    };
    const answer = await parts.reviewer.review(request, goesOn ? noteNewThread(threadId, context) : context);
    context.onProgress({ phase: 'finishing' });
    const { outcome: own, notes, ...interpreted } = await parts.interpret(answer, prepared, job);
    for (const note of notes) context.onProgress({ note });
    const outcome = goesOn ? furtherOutcome(own, await parts.hasOpen(job)) : own;
    // Without a verdict nothing is recorded: an unreadable answer is no news about what is known.
    const counts = outcome.verdict === 'clean' || outcome.verdict === 'findings';
    const findings = counts
      ? await parts.record(job, { ...interpreted, outcome, notes }, goesOn)
      : interpreted.findings;
    const result: JobResult = {
      verdict: outcome.verdict ?? 'inconclusive',
      ...interpreted,
      findings,
      changes: [],
      rawText: answer.text,
    };
    return { outcome, result };
  };
}

/** A further look that finds nothing does not make clean what has open findings. */
function furtherOutcome(own: Outcome, hasOpen: boolean): Outcome {
  if (own.verdict !== 'clean') return own;
  return { ...own, verdict: hasOpen ? 'findings' : 'clean', summary: 'No further findings' };
}
