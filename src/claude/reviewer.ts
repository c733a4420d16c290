import type { ReadOutput } from '../findings/finding.ts';
import type { AgentContext, ReviewAnswer, ReviewRequest, Reviewer } from '../jobs/agent.ts';
import type { Headless } from './headless.ts';

export interface ClaudeReviewerParts {
  headless: Headless;
  /** Reads an answer by any schema of ours; null where it is none. */
  read(answer: string): ReadOutput | null;
}

/** Claude as a reviewer: one read-only run, which is handed what it reviews, and answers by a schema of ours. */
export class ClaudeReviewer implements Reviewer {
  readonly id = 'claude';

  constructor(private readonly parts: ClaudeReviewerParts) {}

  async review({ brief, ...request }: ReviewRequest, context: AgentContext): Promise<ReviewAnswer> {
    if (brief.form !== 'structured') throw new Error(`Claude has no review of the form ${brief.form}.`);
    const { prompt, schema, complete } = brief;
    const { repository, folder, model, effort } = request;
    const asked = { repository, folder, prompt, schema, model, effort, rights: 'read' } as const;
    const answer = await this.parts.headless.run(asked, context);
    const { text, isStructured, commands, observations } = answer;
    // Whatever a model says outside of the form is no answer of the review (facts: claude-code.md, 5.3).
    return { read: isStructured ? this.parts.read(text) : null, text, commands, observations, complete };
  }
}
