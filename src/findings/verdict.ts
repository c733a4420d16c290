import type { Failure, Verdict } from '../protocol/job.ts';
import type { ReadOutput } from './finding.ts';

/** What the reviewer was seen doing; see `CommandCount` in jobs/reviewer.ts. */
export interface Looked {
  succeeded: number;
  failed: number;
  lastFailure: string | null;
}

export interface Judgement {
  verdict: Extract<Verdict, 'clean' | 'findings' | 'inconclusive'>;
  /** Why there is no verdict; null where there is one. */
  reason: Failure | null;
}

/**
 * What a completed review says, never better than its evidence: `clean` needs a positive statement by a reviewer
 * that was seen looking at the code, or was handed all of it.
 * @param complete the reviewer was handed the whole change
 */
export function judge(read: ReadOutput | null, text: string, looked: Looked, complete: boolean): Judgement {
  if (!read) return inconclusive(unreadable(text));
  if (!complete && looked.succeeded === 0 && looked.failed > 0) return inconclusive(couldNotLook(looked));
  if (read.output.findings.length > 0) return { verdict: 'findings', reason: null };
  const { correctness } = read.output;
  if (correctness === '')
    return inconclusive({
      message: 'The reviewer listed no findings, and did not say that the change is correct.',
    });
  if (!saysCorrect(correctness))
    return inconclusive({ message: `The reviewer lists no findings, but says “${correctness}”.` });
  if (!complete && looked.succeeded === 0)
    return inconclusive({
      message: 'The reviewer found nothing, but it ran no command that could have read the change.',
    });
  return { verdict: 'clean', reason: null };
}

/** The rubric's words are `patch is correct` and `patch is incorrect`. */
function saysCorrect(correctness: string): boolean {
  return /^(the )?patch is correct\.?$/i.test(correctness);
}

function inconclusive(reason: Failure): Judgement {
  return { verdict: 'inconclusive', reason };
}

function unreadable(text: string): Failure {
  if (text.trim() === '')
    return { message: 'The reviewer gave no answer.', advice: 'Start the review again.' };
  return {
    message: 'The reviewer answered in prose that holds no list of findings.',
    advice: 'Read its answer as it came: “Show Raw Answer”.',
  };
}

/** Every command failed: what the reviewer says, findings or not, is not about code that it has seen. */
function couldNotLook({ failed, lastFailure }: Looked): Failure {
  const commands = failed === 1 ? 'the one command that it ran' : `all ${failed} commands that it ran`;
  const sandboxed = lastFailure?.startsWith('bwrap:') === true;
  return {
    message: `The reviewer could not read the change: ${commands} failed${lastFailure === null ? '.' : ` (${lastFailure}).`}`,
    ...(sandboxed && {
      advice: "Codex's sandbox does not work on this machine: user namespaces are not available to it.",
    }),
  };
}
