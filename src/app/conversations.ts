import { explainQuestion } from '../../prompts/review/question.ts';
import { Sequence } from '../base/async.ts';
import type { Disposable } from '../base/disposable.ts';
import { UsageError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { FindingStore } from '../findings/findingStore.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { failureOf } from '../jobs/jobRun.ts';
import { type Failure, type Job, isTerminal } from '../protocol/job.ts';
import type { QuestionOrder } from '../protocol/order.ts';

export interface ConversationsParts {
  findings: Pick<FindingStore, 'find' | 'comment'>;
  /** @throws as `App.place` */
  place(order: QuestionOrder, repository: string): Promise<Job>;
  logger: Logger;
}

/**
 * What is said about findings, as their comments and in the order in which it is said: the user's words as soon as the
 * question is placed, then the answer, or why there is none.
 */
export class Conversations {
  private readonly sequence = new Sequence();
  private readonly begun = new Set<string>();
  private readonly ended = new Set<string>();

  constructor(private readonly parts: ConversationsParts) {}

  /**
   * Asks the reviewer of a finding; what is said becomes comments of the finding, also where the question can't be placed.
   * @throws UsageError if the finding is gone, and as `ConversationsParts.place`
   */
  async ask(finding: string, text: string): Promise<Job> {
    const known = this.parts.findings.find(finding);
    if (!known) throw new UsageError('This finding is no longer there.');
    const { repository, job } = known;
    try {
      return await this.parts.place({ kind: 'question', finding, job, text }, repository);
    } catch (error) {
      await this.refused(finding, text, error);
      throw error;
    }
  }

  /**
   * Asks the reviewer of a finding to explain it.
   * @throws as `ask`
   */
  explain(finding: string): Promise<Job> {
    return this.ask(finding, explainQuestion);
  }

  /** From now on the questions among these jobs are part of it. */
  follow(jobs: Pick<Jobs, 'onDidChange' | 'order'>): Disposable {
    return jobs.onDidChange((job) => {
      if (job.kind === 'question' && job.finding !== undefined) this.changed(jobs, job, job.finding);
    });
  }

  /** Adds an answer; its job has not ended before it is on record. */
  answered({ id: job, reviewer: by }: Job, finding: string, text: string): Promise<void> {
    return this.sequence.run(() => this.parts.findings.comment(finding, { by, text, job }));
  }

  /** A question that became no job. */
  private refused(finding: string, text: string, error: unknown): Promise<void> {
    return this.sequence.run(async () => {
      await this.parts.findings.comment(finding, { by: 'user', text, job: null });
      await this.parts.findings.comment(finding, {
        by: 'tandem',
        text: noAnswer(failureOf(error)),
        job: null,
      });
    });
  }

  /** Resolves once everything that has been said so far is written. */
  settled(): Promise<void> {
    return this.sequence.run(() => Promise.resolve());
  }

  private changed(jobs: Pick<Jobs, 'order'>, job: Job, finding: string): void {
    if (!this.begun.has(job.id)) {
      this.begun.add(job.id);
      this.write(() => this.asked(jobs, job, finding));
    }
    if (!isTerminal(job.state) || this.ended.has(job.id)) return;
    this.ended.add(job.id);
    if (job.state !== 'succeeded') this.write(() => this.excuse(job, finding));
  }

  /** A job that was taken up from another host has asked already. */
  private async asked(jobs: Pick<Jobs, 'order'>, job: Job, id: string): Promise<void> {
    const { findings } = this.parts;
    if (findings.find(id)?.comments.some((comment) => comment.job === job.id) === true) return;
    const order = await jobs.order(job);
    if (order?.kind === 'question') await findings.comment(id, { by: 'user', text: order.text, job: job.id });
  }

  private async excuse(job: Job, id: string): Promise<void> {
    await this.parts.findings.comment(id, { by: 'tandem', text: whyNoAnswer(job), job: job.id });
  }

  private write(work: () => Promise<void>): void {
    this.sequence.run(work).catch((error: unknown) => this.parts.logger.error(messageOf(error)));
  }
}

function whyNoAnswer({ state, failure }: Job): string {
  if (state === 'cancelled') return 'There is no answer: the question was cancelled.';
  return noAnswer(failure);
}

function noAnswer(failure: Failure | null): string {
  const words = ['There is no answer.', failure?.message, failure?.advice];
  return words.filter((word) => word !== undefined).join(' ');
}
