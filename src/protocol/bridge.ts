import { RequestType, NotificationType } from 'vscode-jsonrpc/node';
import * as z from 'zod/mini';
import { approvalSchema, decisionSchema } from './approval.ts';
import { exportFormats } from './exportFormat.ts';
import { findingSchema, reviewers } from './finding.ts';
import { jobSchema, jobStates, phases, waitReasons } from './job.ts';
import { orderSchema } from './order.ts';
import { reportSchema } from './report.ts';
import { changeStates } from './taskChange.ts';

/**
 * The conversation with a host: JSON-RPC, one JSON object a line, over the host's local socket. The caller is a companion,
 * or another host, and speaks first: `hello` with the token. Anything before it, or a wrong token, closes the connection.
 * Errors carry a message fit for the user; `code` is one of `bridgeErrors`.
 */

/** Requests larger than this close the connection. Bytes. */
export const maxRequestBytes = 8 * 1024 * 1024;

export const bridgeErrors = {
  /** The request could not be carried out (`message`, and `data.advice` where there is one). */
  failed: -32000,
  /** The request itself was wrong: unknown branch, not a repository, nothing to review, bad parameters. */
  usage: -32001,
  /** Wrong token, no `hello` yet, or another protocol version. */
  refused: -32002,
} as const;

/**
 * How the caller came: a hook of Claude Code, a tool that its model called, a person or script in a terminal, the host's
 * own check of an installation, or another host on behalf of its caller.
 */
export const doors = ['hook', 'mcp', 'cli', 'check', 'host'] as const;
export type DoorKind = (typeof doors)[number];

export const helloParamsSchema = z.object({
  protocol: z.int(),
  token: z.string(),
  client: z.object({
    door: z.enum(doors),
    pid: z.int(),
    version: z.string(),
    /** Session of Claude Code, if there is one. */
    session: z.optional(z.string()),
    /** Name of the hook's event, e.g. `Stop`. */
    event: z.optional(z.string()),
  }),
});
export type HelloParams = z.infer<typeof helloParamsSchema>;
export type Client = HelloParams['client'];

export const helloResultSchema = z.object({
  protocol: z.int(),
  host: z.object({
    kind: z.enum(['window', 'headless']),
    version: z.string(),
    pid: z.int(),
    folders: z.array(z.string()),
  }),
});
export type HelloResult = z.infer<typeof helloResultSchema>;

/** Real path of the folder that the caller works in. */
const cwd = z.string();
/** A job, by its id or the beginning of it. */
const id = z.string();

export const startJobParamsSchema = z.object({
  cwd,
  order: orderSchema,
  /**
   * Whether the caller is going to wait for the end; `auto` lets the host say so. The job of a person at a terminal who
   * waits is cancelled when the connection ends before it; hooks are cut short by Claude Code, and their jobs go on.
   */
  mode: z.enum(['wait', 'background', 'auto']),
  /**
   * Somebody sits at the caller's terminal and answers what the job's agent asks, where the host has no window to ask in:
   * this connection gets `job/questions` then, and nobody else. Hosts of version 0.1 decline all questions.
   */
  asks: z.optional(z.boolean()),
});
export type StartJobParams = z.infer<typeof startJobParamsSchema>;

export const startJobResultSchema = z.object({
  report: reportSchema,
  /** True if the caller is to wait. */
  wait: z.boolean(),
});
export type StartJobResult = z.infer<typeof startJobResultSchema>;

/** What a job asks now, all of it: what was there before and is not any more was answered, timed out, or dropped. */
export const questionsSchema = z.object({ job: z.string(), open: z.array(approvalSchema) });
export type Questions = z.infer<typeof questionsSchema>;

export const decideParamsSchema = z.object({
  /** Of a question that this connection was told of. */
  id: z.string(),
  decision: decisionSchema,
});
export type DecideParams = z.infer<typeof decideParamsSchema>;

export const waitParamsSchema = z.object({ id });
export type WaitParams = z.infer<typeof waitParamsSchema>;

export const cancelParamsSchema = z.object({
  cwd,
  /** Left out: the one that runs for this session, else in this repository. */
  id: z.optional(id),
});
export type CancelParams = z.infer<typeof cancelParamsSchema>;

export const statusParamsSchema = z.object({
  cwd,
  /** One job; all of the repository's if left out. */
  id: z.optional(id),
  /** Jobs of all repositories, however many. */
  all: z._default(z.boolean(), false),
});
export type StatusParams = z.input<typeof statusParamsSchema>;

export const statusResultSchema = z.object({
  /** Those of the caller's own session first, else newest first. */
  jobs: z.array(jobSchema),
  /** What became of tasks' changes, by job; hosts of version 0.1 do not tell. */
  changes: z.optional(z.record(z.string(), z.enum(changeStates))),
  markdown: z.string(),
});
export type StatusResult = z.infer<typeof statusResultSchema>;

export const resultParamsSchema = z.object({
  cwd,
  /** Left out: the last one of this session, else of this repository. */
  id: z.optional(id),
  /** With everything that is kept, the raw answer too. */
  full: z._default(z.boolean(), false),
});
export type ResultParams = z.input<typeof resultParamsSchema>;

export const setupParamsSchema = z.object({
  cwd,
  /** Switches the stop-time review gate of the repository. */
  gate: z.optional(z.boolean()),
  /** Makes one real turn of Codex, which costs a little. */
  test: z._default(z.boolean(), false),
});
export type SetupParams = z.input<typeof setupParamsSchema>;

export const setupResultSchema = z.object({
  checks: z.array(
    z.object({
      /** Stable, for scripts. */
      id: z.string(),
      title: z.string(),
      /**
       * `info`: to know, neither good nor bad. `warning`: works, or may work, but look at it. `missing`: reviews cannot
       * work without it.
       */
      state: z.enum(['ok', 'info', 'warning', 'missing']),
      detail: z.string(),
      advice: z.optional(z.string()),
    }),
  ),
  markdown: z.string(),
});
export type SetupResult = z.infer<typeof setupResultSchema>;
export type SetupCheck = SetupResult['checks'][number];

export const findingsParamsSchema = z.object({
  cwd,
  /** Asks for the text of a file too; `all` with what is fixed or dismissed. */
  export: z.optional(z.object({ format: z.enum(exportFormats), all: z.boolean() })),
});
export type FindingsParams = z.infer<typeof findingsParamsSchema>;
export const findingsResultSchema = z.object({
  /** The open ones. */
  findings: z.array(findingSchema),
  markdown: z.string(),
  /** Left out where no export was asked for, and by hosts of version 0.1, which know none. */
  exported: z.optional(z.string()),
});
export type FindingsResult = z.infer<typeof findingsResultSchema>;

export const scoreParamsSchema = z.object({ cwd });
export type ScoreParams = z.infer<typeof scoreParamsSchema>;
export const scoreResultSchema = z.object({
  markdown: z.string(),
  /** Text of a JSON file. */
  json: z.string(),
});
export type ScoreResult = z.infer<typeof scoreResultSchema>;

export const prepareTaskParamsSchema = z.object({
  cwd,
  /**
   * The task goes through Claude's model, and the user has typed the command for it: no more than what was typed is
   * permitted. See `prepareTaskRequest`.
   */
  permit: z.optional(z.object({ prompt: z.string(), write: z.boolean() })),
});
export type PrepareTaskParams = z.infer<typeof prepareTaskParamsSchema>;
export const prepareTaskResultSchema = z.object({
  /** The task whose thread could go on; null if there is none. */
  resumable: z.nullable(jobSchema),
});
export type PrepareTaskResult = z.infer<typeof prepareTaskResultSchema>;

export const stopParamsSchema = z.object({
  cwd,
  /** Claude goes on already because of a Stop hook, ours or another one. */
  again: z.boolean(),
  /** Which of our two Stop hooks asks: the one that Claude waits for, or the one that may wake it. */
  hook: z.enum(['blocking', 'waking']),
});
export type StopParams = z.infer<typeof stopParamsSchema>;
export const stopResultSchema = z.object({
  decision: z.enum(['allow', 'block']),
  /** For Claude when blocked. */
  reason: z.optional(z.string()),
  /** For the user: why there was no review. */
  warning: z.optional(z.string()),
});
export type StopResult = z.infer<typeof stopResultSchema>;

export const sessionParamsSchema = z.object({ cwd });
export type SessionParams = z.infer<typeof sessionParamsSchema>;

export const progressSchema = z.object({
  id: z.string(),
  /** Left out by hosts of earlier versions. */
  reviewer: z._default(z.enum(reviewers), 'codex'),
  state: z.enum(jobStates),
  waitingFor: z.nullable(z.enum(waitReasons)),
  phase: z.nullable(z.enum(phases)),
  activity: z.nullable(z.string()),
});
export type Progress = z.infer<typeof progressSchema>;

type Report = z.infer<typeof reportSchema>;

/** First message of every connection. */
export const helloRequest = new RequestType<HelloParams, HelloResult, unknown>('hello');
/** Validates the order and starts the job; answers with its report as soon as it is durable. */
export const startJobRequest = new RequestType<StartJobParams, StartJobResult, unknown>('job/start');
/** Answers with the report once the job has ended; meanwhile this connection gets `job/progress`. */
export const waitForJobRequest = new RequestType<WaitParams, Report, unknown>('job/wait');
/** Asks the job to stop; answers with the report once it has. */
export const cancelJobRequest = new RequestType<CancelParams, Report, unknown>('job/cancel');
/** Answers what a job asks. Only the connection that was asked may. */
export const decideRequest = new RequestType<DecideParams, null, unknown>('job/decide');
/** What a job produced; of one that still runs, how it goes. */
export const resultRequest = new RequestType<ResultParams, Report, unknown>('job/result');
export const statusRequest = new RequestType<StatusParams, StatusResult, unknown>('status');
export const setupRequest = new RequestType<SetupParams, SetupResult, unknown>('setup');
/** The open findings of the repository. */
export const findingsRequest = new RequestType<FindingsParams, FindingsResult, unknown>('findings');
/** What became of the findings of each reviewer in the repository. */
export const scoreRequest = new RequestType<ScoreParams, ScoreResult, unknown>('score');
/** Which task could go on; with `permit`, the next task that the model of this session starts needs no further consent. */
export const prepareTaskRequest = new RequestType<PrepareTaskParams, PrepareTaskResult, unknown>(
  'task/prepare',
);
/** Claude is about to stop: the gate's review, if it is switched on. */
export const stopRequest = new RequestType<StopParams, StopResult, unknown>('gate/stop');
/** A session of Claude Code has begun or ended in this folder. */
export const sessionStartRequest = new RequestType<SessionParams, null, unknown>('session/start');
export const sessionEndRequest = new RequestType<SessionParams, null, unknown>('session/end');
/** Host to caller, only while that caller waits for the job. */
export const progressNotification = new NotificationType<Progress>('job/progress');
/** Host to caller: what its job asks, whenever that changes. */
export const questionsNotification = new NotificationType<Questions>('job/questions');
