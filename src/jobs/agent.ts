import type { ReadOutput } from '../findings/finding.ts';
import type { ReviewerId } from '../protocol/finding.ts';
import type { Phase, WaitReason } from '../protocol/job.ts';
import type { JobResult } from '../protocol/report.ts';
import type { Target } from '../protocol/target.ts';

/*
 * What jobs need of an agent. The rooms of the agents implement it, `app.ts` joins them.
 */

/** What became known while an agent works; absent fields are unchanged. */
export interface AgentProgress {
  phase?: Phase;
  /** The last action, in one line. */
  activity?: string;
  /** Null once it waits no more. */
  waitingFor?: WaitReason | null;
  /** When the agent was last heard of, ISO 8601. */
  lastHeardAt?: string;
  threadId?: string;
  model?: string;
  provider?: string;
  effort?: string;
  /** Spent so far; see `Job.tokens` and `Job.cost`. */
  tokens?: number;
  cost?: number;
  /** Something that the user should know, added to the job's notes. */
  note?: string;
}

/** A step of an agent's plan. */
export interface PlanStep {
  /** Model text in one line. */
  readonly text: string;
  readonly state: 'pending' | 'inProgress' | 'completed';
}

/** What work has come to while it goes on; nobody keeps it. */
export interface WorkSoFar {
  readonly plan: readonly PlanStep[];
  /** What was changed with the agent's own tool, as git prints it; commands may have changed more. */
  readonly diff: string;
}

/** How an agent tells what it does, and is told to stop. */
export interface AgentContext {
  readonly onProgress: (progress: AgentProgress) => void;
  /** Aborted to stop the work; then `CancelledError` is thrown once the end has been confirmed. */
  readonly signal: AbortSignal;
  /** Gets what can be done with the work while it runs, null once it can't any more. */
  readonly onControl?: (control: AgentControl | null) => void;
  /** Gets the plan and the changes so far, whenever there is more of them. */
  readonly onWork?: (work: WorkSoFar) => void;
}

/** What can be done with work while it runs. */
export interface AgentControl {
  /**
   * Says something to the agent, who reads it before its next step.
   * @throws UserError where it does not listen
   */
  steer(text: string): Promise<void>;
}

/** What every kind of work on a thread of an agent is given. */
export interface AgentRequest {
  /** Absolute real path of the repository's root. */
  repository: string;
  /** Where the agent works: the repository, or a worktree of it. Absolute real path. */
  folder: string;
  /** Empty for the agent's own choice. */
  model: string;
  effort: string;
  /** A thread to go on with; null for a new one. */
  threadId: string | null;
  /** A thread to go on with a copy of, where there is none to go on with itself. */
  copyOf?: string;
  /** The user wants that thread: where it is gone a new one will not do. */
  mustResume: boolean;
}

/** How a reviewer is told what to do. */
export type ReviewBrief =
  /** The agent's own review of a target that it knows. `context`: what it is told besides; empty for nothing. */
  | { readonly form: 'native'; readonly target: Target; readonly context: string }
  /** The agent's own review, of what the text says. */
  | { readonly form: 'custom'; readonly instructions: string; readonly context: string }
  /** A turn with our own prompt and an output schema. `complete`: the prompt holds the whole change. */
  | {
      readonly form: 'structured';
      readonly prompt: string;
      readonly schema: unknown;
      readonly complete: boolean;
    };

export interface ReviewRequest extends AgentRequest {
  brief: ReviewBrief;
}

/** What the reviewer was seen doing: a verdict needs a reviewer that could look at the change. */
export interface CommandCount {
  succeeded: number;
  failed: number;
  /** Last line of the output of the last command that failed. */
  lastFailure: string | null;
}

/** One command (or tool call) of an agent, with what it showed. */
export interface Observation {
  /** In one line; bounded. */
  command: string;
  succeeded: boolean;
  /** Absolute; empty where it is not known. */
  folder: string;
  /** The files whose text its output is, as they were written; empty unless that is all that it does. */
  reads: readonly string[];
  /** What the agent saw of its output: see codex/looks.ts and claude/looks.ts. Text of others. */
  output: string;
}

/** The answer of a completed review. */
export interface ReviewAnswer {
  /** Null where the text could not be read as findings. */
  read: ReadOutput | null;
  /** Exactly as it came. */
  text: string;
  commands: CommandCount;
  /** In the order in which they ended; bounded. */
  observations: readonly Observation[];
  /** The reviewer was handed the whole change, so that it needed no command to see it. */
  complete: boolean;
}

export interface Reviewer {
  readonly id: ReviewerId;
  /**
   * Runs one review to its end.
   * @throws UserError if it failed, CancelledError once an abort has been confirmed.
   */
  review(request: ReviewRequest, context: AgentContext): Promise<ReviewAnswer>;
}

export interface TaskRequest extends AgentRequest {
  /** Id of the job; what the agent asks is asked for it. */
  job: string;
  prompt: string;
  /** May it change files in the repository? */
  write: boolean;
  /** Awaited before the agent hears that the user has allowed something, which may change files whatever `write` says. */
  beforeAllowed?: () => Promise<void>;
  /** The thread's last turn was this very task, and was cut off. */
  interrupted: boolean;
}

export interface QuestionRequest extends AgentRequest {
  /** @param goesOn the thread is the one of the request, and knows what was said on it */
  prompt(goesOn: boolean): string;
  /** JSON schema that the answer is to have; left out for Markdown. */
  schema?: unknown;
}

export interface QuestionAnswer {
  /** Markdown. */
  text: string;
  /** All that was said, with what led to the answer. */
  rawText: string;
  commands: CommandCount;
  /** In the order in which they ended; bounded. */
  observations: readonly Observation[];
}

/**
 * Answers one question, read-only and without asking back.
 * @throws UserError if it failed, CancelledError once an abort has been confirmed.
 */
export type Answerer = (request: QuestionRequest, context: AgentContext) => Promise<QuestionAnswer>;

/** What a task said and did. */
export type TaskAnswer = Pick<JobResult, 'summary' | 'changes' | 'rawText' | 'check'> & {
  commands: CommandCount;
};

export interface TaskRunner {
  /**
   * Runs one turn to its end.
   * @param onPartial gets what there is so far, whenever there is more
   * @throws UserError if it failed, CancelledError once an abort has been confirmed.
   */
  run(
    request: TaskRequest,
    context: AgentContext,
    onPartial: (answer: TaskAnswer) => void,
  ): Promise<TaskAnswer>;
}
