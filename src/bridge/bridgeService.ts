import type {
  Progress,
  SetupParams,
  SetupResult,
  StartReviewParams,
  StatusParams,
  StatusResult,
} from '../protocol/bridge.ts';
import type { Report } from '../protocol/report.ts';

/**
 * What a host does for its companions. A `UsageError` or `UserError` thrown here is told to the companion in its own
 * words; anything else is a bug, goes to the log and reaches the companion without details.
 */
export interface BridgeService {
  /** Answers as soon as the job is durable. */
  startReview(params: StartReviewParams, origin: 'claude' | 'cli'): Promise<Report>;
  /** Answers once the job has ended. The signal is aborted when the companion goes away; the job is not touched by that. */
  wait(id: string, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<Report>;
  /** Answers once the job has ended; no error if it already has. */
  cancel(id: string): Promise<Report>;
  status(params: StatusParams): Promise<StatusResult>;
  setup(params: SetupParams): Promise<SetupResult>;
}
