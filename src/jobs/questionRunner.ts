import { UserError } from '../base/errors.ts';
import { voiceName } from '../protocol/finding.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import type { QuestionOrder } from '../protocol/order.ts';
import type { Answerer, CommandCount } from './agent.ts';
import { answered } from './answered.ts';
import { noteNewThread } from './newThread.ts';
import type { Job } from './job.ts';
import type { Runner } from './jobRun.ts';

/** What a question needs of the other rooms; `app.ts` joins them. */
export interface QuestionParts {
  answer: Answerer;
  /** A finding with its place as it is now, because that is what the reviewer reads. */
  find(id: string, repository: string): Promise<KnownFinding | undefined>;
  /** @param goesOn the model knows the review, and what was said since */
  prompt(finding: KnownFinding, order: QuestionOrder, job: Job, goesOn: boolean): string;
  /** Adds the answer to what was said about the finding. */
  answered(job: Job, order: QuestionOrder, text: string): Promise<void>;
}

/** Questions about findings as jobs: from the user's words to an answer on record. */
export function createQuestionRunner(parts: QuestionParts): Runner {
  return async (job, order, context) => {
    if (order?.kind !== 'question') throw new UserError('What this question was is no longer known.');
    const finding = await parts.find(order.finding, job.repository);
    if (!finding) throw new UserError('The finding that the question is about is no longer there.');
    const noted = order.job === '' ? context : noteNewThread(job.threadId, context);
    const request = {
      repository: job.repository,
      folder: job.repository,
      threadId: job.threadId,
      // Somebody who asks wants an answer, and the prompt says what has to be known.
      mustResume: false,
      model: job.model ?? '',
      effort: job.effort ?? '',
      prompt: (goesOn: boolean) => parts.prompt(finding, order, job, goesOn),
    };
    const { text, rawText, commands } = await parts.answer(request, noted);
    if (text.trim() === '')
      throw new UserError(`${voiceName(job.reviewer)} ended without an answer.`, 'Ask again.');
    await parts.answered(job, order, text);
    return answered(summaryOf(commands), { summary: text, rawText });
  };
}

function summaryOf({ succeeded, failed }: CommandCount): string {
  const ran = succeeded + failed;
  return ran === 0 ? 'Answered' : `Answered after ${ran === 1 ? '1 command' : `${ran} commands`}`;
}
