import type { Finding } from '../protocol/finding.ts';
import type { JobResult } from '../protocol/report.ts';
import type { Target } from '../protocol/target.ts';
import type { ReviewAnswer, ReviewBrief, Reviewer } from './agent.ts';
import type { Job, Outcome } from './job.ts';
import type { Runner } from './jobRun.ts';

/** What a review is to be: how its reviewer is told, and what the user should know of that. */
export interface PreparedReview {
  brief: ReviewBrief;
  notes: readonly string[];
}

/** What a review needs of the other rooms; `app.ts` joins them. */
export interface ReviewParts {
  reviewer: Reviewer;
  prepare(job: Job, target: Target, focus: string): Promise<PreparedReview>;
  /** Judges an answer and gives its findings their places. */
  interpret(
    answer: ReviewAnswer,
    job: Job,
  ): Promise<{ outcome: Outcome; summary: string; nextSteps: string[]; findings: Finding[] }>;
  /** Makes the findings of a review with a verdict known; returns them as they are known from then on. */
  record(job: Job, findings: Finding[]): Promise<Finding[]>;
}

/** Reviews of all kinds as jobs: from a target to findings on record. */
export function createReviewRunner(parts: ReviewParts): Runner {
  return async (job, order, context) => {
    const { target, repository, threadId } = job;
    if (target === null) throw new Error(`${job.id} has no target.`);
    const focus = order !== null && 'focus' in order ? order.focus : '';
    const { brief, notes } = await parts.prepare(job, target, focus);
    for (const note of notes) context.onProgress({ note });
    const { model, effort } = job;
    const request = {
      repository,
      threadId,
      mustResume: false,
      model: model ?? '',
      effort: effort ?? '',
      brief,
    };
    const answer = await parts.reviewer.review(request, context);
    context.onProgress({ phase: 'finishing' });
    const { outcome, summary, nextSteps, findings: reported } = await parts.interpret(answer, job);
    // Without a verdict nothing is recorded: an unreadable answer is no news about what is known.
    const counts = outcome.verdict === 'clean' || outcome.verdict === 'findings';
    const findings = counts ? await parts.record(job, reported) : reported;
    const result: JobResult = {
      verdict: outcome.verdict ?? 'inconclusive',
      summary,
      findings,
      nextSteps,
      changes: [],
      rawText: answer.text,
    };
    return { outcome, result };
  };
}
