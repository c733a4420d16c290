import type {
  CancelParams,
  Client,
  DecideParams,
  FindingsParams,
  FindingsResult,
  PrepareTaskParams,
  PrepareTaskResult,
  Progress,
  Questions,
  ResultParams,
  ScoreParams,
  ScoreResult,
  SessionParams,
  SetupParams,
  SetupResult,
  StartJobParams,
  StartJobResult,
  StatusParams,
  StatusResult,
  StopParams,
  StopResult,
  WaitParams,
} from '../protocol/bridge.ts';
import type { Report } from '../protocol/report.ts';

/** Who asks, and how it is told of what happens meanwhile. */
export interface Call {
  readonly client: Client;
  /** Aborted when the caller goes away; a job is not touched by that. */
  readonly signal: AbortSignal;
  onProgress(progress: Progress): void;
  /** Puts the questions to the caller, who may answer them from then on. */
  onQuestions(questions: Questions): void;
}

/**
 * What a host does for its callers. A `UsageError` or `UserError` thrown here is told to the caller in its own words;
 * anything else is a bug, goes to the log and reaches the caller without details.
 */
export interface BridgeService {
  /** Called once for each caller that was let in. */
  greeted(client: Client): void;
  /** Answers as soon as the job is durable. */
  startJob(params: StartJobParams, call: Call): Promise<StartJobResult>;
  /** Only for questions that were put to the caller. */
  decide(params: DecideParams, call: Call): Promise<null>;
  /** Answers once the job has ended. */
  wait(params: WaitParams, call: Call): Promise<Report>;
  /** Answers once the job has ended; no error if it already has. */
  cancel(params: CancelParams, call: Call): Promise<Report>;
  /** Answers at once: with the result, or with how the job goes. */
  result(params: ResultParams, call: Call): Promise<Report>;
  status(params: StatusParams, call: Call): Promise<StatusResult>;
  setup(params: SetupParams, call: Call): Promise<SetupResult>;
  findings(params: FindingsParams, call: Call): Promise<FindingsResult>;
  score(params: ScoreParams, call: Call): Promise<ScoreResult>;
  prepareTask(params: PrepareTaskParams, call: Call): Promise<PrepareTaskResult>;
  /** Answers once the gate has decided. */
  stop(params: StopParams, call: Call): Promise<StopResult>;
  sessionStart(params: SessionParams, call: Call): Promise<null>;
  sessionEnd(params: SessionParams, call: Call): Promise<null>;
}
