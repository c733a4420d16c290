import type { Finding } from '../protocol/finding.ts';
import type { Job } from '../protocol/job.ts';
import type { ReviewResult } from '../protocol/report.ts';
import type { Target, TargetRequest } from '../protocol/target.ts';
import type { Outcome } from './job.ts';
import type { Finished, Jobs } from './jobs.ts';
import type { ReviewAnswer, Reviewer } from './reviewer.ts';

export interface ReviewOrder {
  /** The folder that the review was asked for in. */
  cwd: string;
  target: TargetRequest;
  /** Empty for the settings' or Codex's own choice. */
  model: string;
  effort: string;
  origin: Job['origin'];
}

/** What a review needs of the other rooms; `app.ts` joins them. */
export interface ReviewParts {
  jobs: Jobs;
  reviewer: Reviewer;
  /** @throws UsageError if there is nothing to review. */
  resolveTarget(cwd: string, target: TargetRequest): Promise<{ repository: string; target: Target }>;
  /** Judges an answer and gives its findings their places. */
  interpret(
    answer: ReviewAnswer,
    job: Job,
  ): Promise<{ outcome: Outcome; summary: string; findings: Finding[] }>;
  /** Makes the findings of a review with a verdict the known ones. */
  record(job: Job, findings: Finding[]): Promise<void>;
}

/** Reviews as jobs: from an order to findings on record. */
export class Reviews {
  constructor(private readonly parts: ReviewParts) {}

  /**
   * Starts a review; resolves as soon as its job is durable.
   * @throws UsageError if the target is not there: then there is no job.
   */
  async start(order: ReviewOrder): Promise<Job> {
    const { jobs, reviewer } = this.parts;
    const { repository, target } = await this.parts.resolveTarget(order.cwd, order.target);
    const spec = {
      kind: 'review',
      origin: order.origin,
      repository,
      target,
      reviewer: reviewer.id,
      model: order.model === '' ? null : order.model,
      effort: order.effort === '' ? null : order.effort,
    } as const;
    return jobs.start(spec, async (job, onProgress, signal) => {
      const { model, effort } = order;
      const answer = await reviewer.review({ repository, target, model, effort }, onProgress, signal);
      onProgress({ phase: 'finishing' });
      return this.finish(job, answer);
    });
  }

  private async finish(job: Job, answer: ReviewAnswer): Promise<Finished> {
    const { outcome, summary, findings } = await this.parts.interpret(answer, job);
    // Without a verdict the former findings stay: an unreadable answer is no news about them.
    if (outcome.verdict === 'clean' || outcome.verdict === 'findings') await this.parts.record(job, findings);
    const result: ReviewResult = {
      verdict: outcome.verdict ?? 'inconclusive',
      summary,
      findings,
      rawText: answer.text,
    };
    return { outcome, result };
  }
}
