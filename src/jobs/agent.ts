import type { ReadOutput } from '../findings/finding.ts';
import type { ReviewerId } from '../protocol/finding.ts';
import type { Phase } from '../protocol/job.ts';
import type { Target } from '../protocol/target.ts';

/** What a reviewer is asked to do. */
export interface ReviewRequest {
  /** Absolute real path of the repository's root. */
  repository: string;
  target: Target;
  /** Empty for the reviewer's own choice. */
  model: string;
  effort: string;
}

/** What became known while the review runs; absent fields are unchanged. */
export interface ReviewProgress {
  phase?: Phase;
  /** The last action, in one line. */
  activity?: string;
  threadId?: string;
  model?: string;
  provider?: string;
  effort?: string;
}

/** What the reviewer was seen doing: a verdict needs a reviewer that could look at the change. */
export interface CommandCount {
  succeeded: number;
  failed: number;
  /** Last line of the output of the last command that failed. */
  lastFailure: string | null;
}

/** The answer of a completed review. */
export interface ReviewAnswer {
  /** Null where the text could not be read as findings. */
  read: ReadOutput | null;
  /** Exactly as it came. */
  text: string;
  commands: CommandCount;
}

export interface Reviewer {
  readonly id: ReviewerId;
  /**
   * Runs one review to its end.
   * @throws UserError if it failed, CancelledError once an abort of `signal` has been confirmed.
   */
  review(
    request: ReviewRequest,
    onProgress: (progress: ReviewProgress) => void,
    signal: AbortSignal,
  ): Promise<ReviewAnswer>;
}
