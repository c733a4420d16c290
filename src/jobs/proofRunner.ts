import { UserError } from '../base/errors.ts';
import type { ReviewerId } from '../protocol/finding.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import { type Proof, type ProofVerdict, proofOutputSchema, proofSchema } from '../protocol/proof.ts';
import type { Answerer, CommandCount, QuestionAnswer, QuestionRequest } from './agent.ts';
import { answered } from './answered.ts';
import type { Job } from './job.ts';
import type { Runner } from './jobRun.ts';

/** What a proof needs of the other rooms; `app.ts` joins them. */
export interface ProofParts {
  answer: Answerer;
  find(id: string, repository: string): Promise<KnownFinding | undefined>;
  /** @param by who is asked: in its own words it is the same finding */
  prompt(finding: KnownFinding, by: ReviewerId): string;
  /** Whether somebody who did this has looked at where the finding is. */
  looked(finding: KnownFinding, repository: string, answer: QuestionAnswer): Promise<boolean>;
  /** Puts the verdict on record. @returns the one that counts: the fix may have been taken back meanwhile */
  proven(job: Job, finding: string, proof: Proof): Promise<Proof>;
}

const summaries: Readonly<Record<ProofVerdict, string>> = {
  fixed: 'Fix confirmed',
  'still there': 'Still there',
  'cannot tell': 'Cannot tell whether it is fixed',
};

/**
 * Asks the reviewer of a finding whether it is fixed, always on a new thread: who fixed it on the review's thread is not to
 * judge itself.
 */
export function createProofRunner(parts: ProofParts): Runner {
  return async (job, order, context) => {
    if (order?.kind !== 'proof') throw new UserError('What this was about is no longer known.');
    const finding = await parts.find(order.finding, job.repository);
    if (!finding) throw new UserError('The finding is no longer there.');
    const request: QuestionRequest = {
      repository: job.repository,
      folder: job.repository,
      threadId: job.resumed > 0 ? job.threadId : null,
      mustResume: false,
      model: job.model ?? '',
      effort: job.effort ?? '',
      prompt: () => parts.prompt(finding, job.reviewer),
      schema: proofOutputSchema,
    };
    const answer = await parts.answer(request, context).catch(async (error: unknown) => {
      await noteUnanswered(parts, job, finding, error);
      throw error;
    });
    const looked = await parts.looked(finding, job.repository, answer);
    const said = weighed(readProof(answer.text), looked, answer.commands);
    const { verdict, reason } = await parts.proven(job, order.finding, said);
    return answered(summaries[verdict], { summary: reason, rawText: answer.rawText });
  };
}

/** Who is missing, or at its limit, has not said that it is fixed: with the finding stands why. */
async function noteUnanswered(
  parts: ProofParts,
  job: Job,
  { id }: KnownFinding,
  error: unknown,
): Promise<void> {
  if (error instanceof UserError)
    await parts.proven(job, id, { verdict: 'cannot tell', reason: error.message });
}

function readProof(text: string): Proof {
  try {
    return proofSchema.parse(JSON.parse(text));
  } catch {
    return { verdict: 'cannot tell', reason: 'The reviewer’s answer could not be read as a verdict.' };
  }
}

/** Never better than its evidence: who has not looked there cannot have seen a fix. */
function weighed(proof: Proof, looked: boolean, { lastFailure }: CommandCount): Proof {
  if (proof.verdict !== 'fixed' || looked) return proof;
  const why = lastFailure === null ? '' : ` (${lastFailure})`;
  return {
    verdict: 'cannot tell',
    reason: `The reviewer said “fixed” without having read the code${why}. It said: ${proof.reason}`,
  };
}
