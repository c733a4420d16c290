import * as z from 'zod/mini';
import type {
  CancelLoginAccountParams,
  CommandExecParams,
  ConfigReadParams,
  ExternalAgentConfigImportParams,
  GetAccountParams,
  InitializeParams,
  LoginAccountParams,
  ModelListParams,
  ReviewStartParams,
  ThreadArchiveParams,
  ThreadBackgroundTerminalsCleanParams,
  ThreadForkParams,
  ThreadInjectItemsParams,
  ThreadListParams,
  ThreadReadParams,
  ThreadResumeParams,
  ThreadSetNameParams,
  ThreadStartParams,
  ThreadUnarchiveParams,
  TurnInterruptParams,
  TurnStartParams,
  TurnSteerParams,
} from './appServer.gen.ts';

/**
 * The part of Codex's App Server protocol that Tandem uses. What is sent has the generated types; what is received is
 * read tolerantly: unknown fields, items and enum values are normal (facts: app-server.md, rule 10), a field of an
 * unexpected type reads as absent.
 */

/** Absent, null and unexpected types all read as null. */
function lenient<T>(schema: z.ZodMiniType<T>) {
  return z.catch(z.nullable(schema), null);
}
const text = lenient(z.string());
const number = lenient(z.number());

export const turnErrorSchema = z.object({
  message: z.catch(z.string(), 'unknown error'),
  additionalDetails: text,
  /** A word, or an object with one key (facts: app-server.md, 6.1). */
  codexErrorInfo: lenient(z.unknown()),
});
export type TurnError = z.infer<typeof turnErrorSchema>;

/** An item of a turn, flat: which fields are there depends on `type`. */
export const itemSchema = z.object({
  type: z.string(),
  id: text,
  /** agentMessage, plan */
  text,
  phase: text,
  /** userMessage */
  content: z.catch(z.array(z.object({ type: text, text })), []),
  /** enteredReviewMode, exitedReviewMode */
  review: text,
  /** commandExecution */
  command: text,
  /** Absolute. */
  cwd: text,
  status: text,
  exitCode: number,
  aggregatedOutput: text,
  /** What the command does, as far as Codex understands it: read, search, listFiles. Paths are as they were written. */
  commandActions: z.catch(z.array(z.object({ type: text, command: text, path: text })), []),
  /** fileChange; paths are absolute. What `diff` is depends on the kind: `ProposedFile` tells. */
  changes: z.catch(
    z.array(
      z.object({
        path: z.string(),
        kind: z.object({ type: text, move_path: text }),
        diff: z.catch(z.string(), ''),
      }),
    ),
    [],
  ),
  /** collabAgentToolCall: threads of sub-agents */
  receiverThreadIds: z.catch(z.array(z.string()), []),
  /** subAgentActivity (models of 0.169 in code mode): the sub-agent's thread */
  agentThreadId: text,
  /** mcpToolCall */
  server: text,
  tool: text,
  /** webSearch */
  query: text,
});
export type ThreadItem = z.infer<typeof itemSchema>;

const accountWindowSchema = lenient(
  z.object({
    usedPercent: z.number(),
    windowDurationMins: number,
    /** Seconds since the epoch. */
    resetsAt: number,
  }),
);
const accountLimitsSchema = lenient(
  z.object({ limitId: text, primary: accountWindowSchema, secondary: accountWindowSchema }),
);
export type AccountLimits = NonNullable<z.infer<typeof accountLimitsSchema>>;
export type AccountWindow = NonNullable<AccountLimits['primary']>;

const usageSchema = lenient(z.object({ totalTokens: z.number() }));

export const turnSchema = z.object({
  id: z.string(),
  /** 0.169: of the turn in a review the id of the review's own; else the same as `id`. */
  rootTurnId: text,
  status: text,
  error: lenient(turnErrorSchema),
  items: z.catch(z.array(itemSchema), []),
});

/** What is known of a thread; the turns where they were asked for. */
const threadStateSchema = {
  status: lenient(z.object({ type: z.string() })),
  turns: z.catch(z.array(turnSchema), []),
};

export type ThreadTurn = z.infer<typeof turnSchema>;

const threadAnswerSchema = z.object({
  thread: z.object({ id: z.string(), path: text, ...threadStateSchema }),
  /** A word, or an object with a policy for each kind. */
  approvalPolicy: lenient(z.unknown()),
  model: text,
  modelProvider: text,
  reasoningEffort: text,
});

/** What Tandem sends, and how it reads the answer. */
export const methods = {
  initialize: z.object({ userAgent: z.catch(z.string(), ''), codexHome: z.catch(z.string(), '') }),
  'account/read': z.object({
    account: lenient(z.object({ type: text, email: text, planType: text })),
    requiresOpenaiAuth: z.catch(z.boolean(), false),
  }),
  getAuthStatus: z.object({ authMethod: text, requiresOpenaiAuth: lenient(z.boolean()) }),
  /** Which fields are there depends on the kind of login. */
  'account/login/start': z.object({ loginId: text, authUrl: text, verificationUrl: text, userCode: text }),
  'account/login/cancel': z.unknown(),
  'account/logout': z.unknown(),
  'model/list': z.object({
    data: z.catch(
      z.array(
        z.object({
          model: z.string(),
          hidden: z.catch(z.boolean(), false),
          isDefault: z.catch(z.boolean(), false),
          supportedReasoningEfforts: z.catch(z.array(z.object({ reasoningEffort: z.string() })), []),
        }),
      ),
      [],
    ),
    nextCursor: text,
  }),
  'account/rateLimits/read': z.object({ rateLimits: accountLimitsSchema }),
  'config/read': z.object({
    config: z.object({
      model: text,
      model_provider: text,
      /** Where the built-in provider is sent instead of OpenAI's own address. */
      openai_base_url: text,
      mcp_servers: z.catch(z.record(z.string(), z.unknown()), {}),
      sandbox_mode: text,
      sandbox_workspace_write: lenient(
        z.object({
          writable_roots: z.catch(z.array(z.string()), []),
          network_access: z.catch(z.boolean(), false),
          exclude_tmpdir_env_var: z.catch(z.boolean(), false),
          exclude_slash_tmp: z.catch(z.boolean(), false),
        }),
      ),
    }),
  }),
  'command/exec': z.object({
    exitCode: z.number(),
    stdout: z.catch(z.string(), ''),
    stderr: z.catch(z.string(), ''),
  }),
  /** The id is null in 0.130. */
  'externalAgentConfig/import': z.object({ importId: text }),
  'thread/start': threadAnswerSchema,
  'thread/resume': threadAnswerSchema,
  'thread/fork': threadAnswerSchema,
  'turn/start': z.object({ turn: z.object({ id: z.string() }) }),
  'review/start': z.object({ turn: z.object({ id: z.string() }) }),
  'turn/steer': z.unknown(),
  'turn/interrupt': z.unknown(),
  'thread/backgroundTerminals/clean': z.unknown(),
  'thread/list': z.object({
    data: z.catch(z.array(z.object({ id: z.string(), parentThreadId: text, createdAt: number })), []),
  }),
  'thread/read': z.object({
    thread: z.object({ name: text, path: text, ...threadStateSchema }),
  }),
  'thread/name/set': z.unknown(),
  'thread/inject_items': z.unknown(),
  'thread/archive': z.unknown(),
  'thread/unarchive': z.unknown(),
} as const;

export interface MethodParams {
  initialize: InitializeParams;
  'account/read': GetAccountParams;
  /** Not in the generated protocol any more, but answered by all measured versions. */
  getAuthStatus: { includeToken: boolean; refreshToken: boolean };
  'account/login/start': LoginAccountParams;
  'account/login/cancel': CancelLoginAccountParams;
  'account/logout': Record<string, never>;
  'model/list': ModelListParams;
  'account/rateLimits/read': Record<string, never>;
  'config/read': ConfigReadParams;
  'command/exec': CommandExecParams;
  'externalAgentConfig/import': ExternalAgentConfigImportParams;
  'thread/start': ThreadStartParams;
  'thread/resume': ThreadResumeParams;
  'thread/fork': ThreadForkParams;
  'turn/start': TurnStartParams;
  'review/start': ReviewStartParams;
  'turn/steer': TurnSteerParams;
  'turn/interrupt': TurnInterruptParams;
  'thread/backgroundTerminals/clean': ThreadBackgroundTerminalsCleanParams;
  'thread/list': ThreadListParams;
  'thread/read': ThreadReadParams;
  'thread/name/set': ThreadSetNameParams;
  'thread/inject_items': ThreadInjectItemsParams;
  'thread/archive': ThreadArchiveParams;
  'thread/unarchive': ThreadUnarchiveParams;
}
export type Method = keyof typeof methods & keyof MethodParams;
export type MethodResult<M extends Method> = z.infer<(typeof methods)[M]>;

/** The notifications that a turn folds; all carry the thread's id. */
export const notifications = {
  'turn/started': z.object({ threadId: z.string(), turn: turnSchema }),
  'turn/completed': z.object({ threadId: z.string(), turn: turnSchema }),
  'item/started': z.object({ threadId: z.string(), turnId: z.string(), item: itemSchema }),
  'item/completed': z.object({ threadId: z.string(), turnId: z.string(), item: itemSchema }),
  'turn/plan/updated': z.object({
    threadId: z.string(),
    plan: z.catch(z.array(z.object({ step: z.string(), status: text })), []),
  }),
  /** All that Codex changed in this turn with its own tool, as git prints it; told several times for each change. */
  'turn/diff/updated': z.object({ threadId: z.string(), diff: z.string() }),
  'thread/status/changed': z.object({
    threadId: z.string(),
    status: z.object({ type: text, activeFlags: z.catch(z.array(z.string()), []) }),
  }),
  error: z.object({ threadId: z.string(), error: turnErrorSchema, willRetry: z.catch(z.boolean(), false) }),
  'rawResponseItem/completed': z.object({
    threadId: z.string(),
    item: z.object({
      type: z.string(),
      role: text,
      content: z.catch(z.array(z.object({ type: z.string(), text })), []),
      /** function_call_output */
      call_id: text,
      output: text,
    }),
  }),
  /** Of one answer of the model, with raw events (facts: app-server.md, 2.4 A). */
  'rawResponse/completed': z.object({ threadId: z.string(), usage: usageSchema }),
  /** Of the thread so far; not sent during native reviews. */
  'thread/tokenUsage/updated': z.object({
    threadId: z.string(),
    tokenUsage: z.object({ total: usageSchema }),
  }),
} as const;

/** Notifications that are about the server as a whole. */
export const serverNotifications = {
  'account/login/completed': z.object({
    /** Null for an API key. */
    loginId: text,
    success: z.catch(z.boolean(), false),
    error: text,
  }),
  /** A login or logout through this server; auth.json is written before it is told (measured). */
  'account/updated': z.object({ authMode: text }),
  /** After every answer of the model; all null for custom providers (facts: app-server.md, 1.3). */
  'account/rateLimits/updated': z.object({ rateLimits: accountLimitsSchema }),
  'mcpServer/startupStatus/updated': z.object({ status: text }),
  /** A question of the server is open no more, whoever answered it. The id is the one of the server's request. */
  'serverRequest/resolved': z.object({ requestId: z.union([z.string(), z.number()]) }),
  /** Empty in 0.130. */
  'externalAgentConfig/import/completed': z.object({
    importId: text,
    itemTypeResults: z.catch(
      z.array(
        z.object({
          successes: z.catch(z.array(z.object({ source: text, target: text })), []),
          failures: z.catch(z.array(z.object({ subErrorType: text, message: text })), []),
        }),
      ),
      [],
    ),
  }),
} as const;

type NotificationOf<S extends Readonly<Record<string, z.ZodMiniType>>> = {
  [N in keyof S]: { method: N; params: z.infer<S[N]> };
}[keyof S];

/** A notification of the App Server as it is folded. */
export type AppServerNotification = NotificationOf<typeof notifications>;
export type ServerNotification = NotificationOf<typeof serverNotifications>;

/** Null for a notification that no turn uses, or that cannot be read. */
export function readNotification(method: string, params: unknown): AppServerNotification | null {
  return read(notifications, method, params);
}

/** Null for a notification of another kind, or that cannot be read. */
export function readServerNotification(method: string, params: unknown): ServerNotification | null {
  return read(serverNotifications, method, params);
}

function read<S extends Readonly<Record<string, z.ZodMiniType>>>(
  schemas: S,
  method: string,
  params: unknown,
): NotificationOf<S> | null {
  const schema = Object.hasOwn(schemas, method) ? schemas[method] : undefined;
  const parsed = schema && z.safeParse(schema, params);
  // The schema was chosen by the method, which the compiler cannot follow.
  return parsed?.success === true ? ({ method, params: parsed.data } as NotificationOf<S>) : null;
}
