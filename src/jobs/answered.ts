import type { JobResult } from '../protocol/report.ts';
import type { Finished } from './jobRun.ts';

type Said = Pick<JobResult, 'summary' | 'rawText'> & Partial<Pick<JobResult, 'changes' | 'check'>>;

/** The result of work that is no review: what was said, and which files were changed. */
export function answerResult({ summary, rawText, changes = [], check }: Said): JobResult {
  return {
    verdict: null,
    summary,
    findings: [],
    nextSteps: [],
    changes,
    ...(check && { check }),
    evidence: null,
    news: null,
    rawText,
  };
}

/**
 * The end of such work.
 * @param summary in a few words, for lists and notifications
 */
export function answered(summary: string, said: Said): Finished {
  return {
    outcome: { state: 'succeeded', verdict: null, structure: null, failure: null, summary },
    result: answerResult(said),
  };
}
