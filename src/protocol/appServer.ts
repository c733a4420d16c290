import * as z from 'zod/mini';
import type {
  GetAccountParams,
  InitializeParams,
  ReviewStartParams,
  ThreadBackgroundTerminalsCleanParams,
  ThreadListParams,
  ThreadReadParams,
  ThreadStartParams,
  TurnInterruptParams,
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
});

/** An item of a turn, flat: which fields are there depends on `type`. */
export const itemSchema = z.object({
  type: z.string(),
  id: text,
  /** agentMessage, plan */
  text,
  phase: text,
  /** enteredReviewMode, exitedReviewMode */
  review: text,
  /** commandExecution */
  command: text,
  status: text,
  exitCode: number,
  aggregatedOutput: text,
  /** What the command does, as far as Codex understands it. */
  commandActions: z.catch(z.array(z.object({ type: text, command: text })), []),
});
export type ThreadItem = z.infer<typeof itemSchema>;

export const turnSchema = z.object({
  id: z.string(),
  status: text,
  error: lenient(turnErrorSchema),
  items: z.catch(z.array(itemSchema), []),
});

/** What Tandem sends, and how it reads the answer. */
export const methods = {
  initialize: z.object({ userAgent: z.catch(z.string(), '') }),
  'account/read': z.object({
    account: lenient(z.unknown()),
    requiresOpenaiAuth: z.catch(z.boolean(), false),
  }),
  getAuthStatus: z.object({ authMethod: text }),
  'thread/start': z.object({
    thread: z.object({ id: z.string(), path: text }),
    model: text,
    modelProvider: text,
    reasoningEffort: text,
  }),
  'review/start': z.object({ turn: z.object({ id: z.string() }) }),
  'turn/interrupt': z.unknown(),
  'thread/backgroundTerminals/clean': z.unknown(),
  'thread/list': z.object({
    data: z.catch(z.array(z.object({ id: z.string(), parentThreadId: text, createdAt: number })), []),
  }),
  'thread/read': z.object({ thread: z.object({ turns: z.catch(z.array(turnSchema), []) }) }),
} as const;

export interface MethodParams {
  initialize: InitializeParams;
  'account/read': GetAccountParams;
  /** Not in the generated protocol any more, but answered by all measured versions. */
  getAuthStatus: { includeToken: boolean; refreshToken: boolean };
  'thread/start': ThreadStartParams;
  'review/start': ReviewStartParams;
  'turn/interrupt': TurnInterruptParams;
  'thread/backgroundTerminals/clean': ThreadBackgroundTerminalsCleanParams;
  'thread/list': ThreadListParams;
  'thread/read': ThreadReadParams;
}
export type Method = keyof typeof methods & keyof MethodParams;
export type MethodResult<M extends Method> = z.infer<(typeof methods)[M]>;

/** The notifications that a review folds; all carry the thread's id. */
export const notifications = {
  'turn/started': z.object({ threadId: z.string(), turn: turnSchema }),
  'turn/completed': z.object({ threadId: z.string(), turn: turnSchema }),
  'item/started': z.object({ threadId: z.string(), turnId: z.string(), item: itemSchema }),
  'item/completed': z.object({ threadId: z.string(), turnId: z.string(), item: itemSchema }),
  error: z.object({ threadId: z.string(), error: turnErrorSchema, willRetry: z.catch(z.boolean(), false) }),
  'rawResponseItem/completed': z.object({
    threadId: z.string(),
    item: z.object({
      type: z.string(),
      role: text,
      content: z.catch(z.array(z.object({ type: z.string(), text })), []),
    }),
  }),
} as const;
export type NotificationName = keyof typeof notifications;

/** A notification of the App Server as it is folded. */
export type AppServerNotification = {
  [N in NotificationName]: { method: N; params: z.infer<(typeof notifications)[N]> };
}[NotificationName];

/** Null for a notification that Tandem does not use, or cannot read. */
export function readNotification(method: string, params: unknown): AppServerNotification | null {
  if (!isKnown(method)) return null;
  const parsed = z.safeParse(notifications[method], params);
  // The schema was chosen by the method, which the compiler cannot follow.
  return parsed.success ? ({ method, params: parsed.data } as AppServerNotification) : null;
}

function isKnown(method: string): method is NotificationName {
  return Object.hasOwn(notifications, method);
}
