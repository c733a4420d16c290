import { RequestType, NotificationType } from 'vscode-jsonrpc/node';
import * as z from 'zod/mini';
import { jobSchema, phases } from './job.ts';
import { type reportSchema } from './report.ts';
import { targetRequestSchema } from './target.ts';

/**
 * The conversation between a companion and a host: JSON-RPC, one JSON object a line, over the host's local socket.
 * The companion speaks first: `hello` with the token. Anything before it, or a wrong token, closes the connection.
 * Errors carry a message fit for the user; `code` is one of `bridgeErrors`.
 */

/** Requests larger than this close the connection. Bytes. */
export const maxRequestBytes = 1024 * 1024;

export const bridgeErrors = {
  /** The request could not be carried out (`message`, and `data.advice` where there is one). */
  failed: -32000,
  /** The request itself was wrong: unknown branch, not a repository, nothing to review, bad parameters. */
  usage: -32001,
  /** Wrong token, no `hello` yet, or another protocol version. */
  refused: -32002,
} as const;

export const helloParamsSchema = z.object({
  protocol: z.int(),
  token: z.string(),
  client: z.object({
    /** Which door: a hook of Claude Code, a person or script in a terminal, or the host's own check of an installation. */
    door: z.enum(['hook', 'cli', 'check']),
    pid: z.int(),
    version: z.string(),
    /** Session of Claude Code, if there is one. */
    session: z.optional(z.string()),
  }),
});
export type HelloParams = z.infer<typeof helloParamsSchema>;

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

export const startReviewParamsSchema = z.object({
  /** Real path of the folder that the caller works in. */
  cwd: z.string(),
  target: targetRequestSchema,
  model: z.optional(z.string()),
  effort: z.optional(z.string()),
  /**
   * What becomes of the job when this connection ends before it: `cancel` for a person at a terminal
   * who stops waiting, `keep` for background jobs and hooks (Claude Code may cut a hook short).
   */
  onDisconnect: z.enum(['keep', 'cancel']),
});
export type StartReviewParams = z.infer<typeof startReviewParamsSchema>;

export const jobParamsSchema = z.object({ id: z.string() });
export type JobParams = z.infer<typeof jobParamsSchema>;

export const statusParamsSchema = z.object({
  cwd: z.string(),
  /** One job, by its id or the beginning of it; all of the repository's if left out. */
  id: z.optional(z.string()),
});
export type StatusParams = z.infer<typeof statusParamsSchema>;

export const statusResultSchema = z.object({
  /** Newest first. */
  jobs: z.array(jobSchema),
  markdown: z.string(),
});
export type StatusResult = z.infer<typeof statusResultSchema>;

export const setupParamsSchema = z.object({ cwd: z.string() });
export type SetupParams = z.infer<typeof setupParamsSchema>;

export const setupResultSchema = z.object({
  checks: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      /** `warning`: works, or may work, but look at it. `missing`: reviews cannot work without it. */
      state: z.enum(['ok', 'warning', 'missing']),
      detail: z.string(),
      advice: z.optional(z.string()),
    }),
  ),
  markdown: z.string(),
});
export type SetupResult = z.infer<typeof setupResultSchema>;
export type SetupCheck = SetupResult['checks'][number];

export const progressSchema = z.object({
  id: z.string(),
  phase: z.nullable(z.enum(phases)),
  activity: z.nullable(z.string()),
});
export type Progress = z.infer<typeof progressSchema>;

/** First message of every connection. */
export const helloRequest = new RequestType<HelloParams, HelloResult, unknown>('hello');
/** Validates the target and starts the review; answers with the job's report as soon as the job is durable. */
export const startReviewRequest = new RequestType<StartReviewParams, z.infer<typeof reportSchema>, unknown>(
  'review/start',
);
/** Answers with the report once the job has ended; meanwhile this connection gets `job/progress`. */
export const waitForJobRequest = new RequestType<JobParams, z.infer<typeof reportSchema>, unknown>(
  'job/wait',
);
/** Asks the job to stop; answers with the report once it has. */
export const cancelJobRequest = new RequestType<JobParams, z.infer<typeof reportSchema>, unknown>(
  'job/cancel',
);
export const statusRequest = new RequestType<StatusParams, StatusResult, unknown>('status');
export const setupRequest = new RequestType<SetupParams, SetupResult, unknown>('setup');
/** Host to companion, only while that companion waits for the job. */
export const progressNotification = new NotificationType<Progress>('job/progress');
