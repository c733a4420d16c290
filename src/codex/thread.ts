import { pause } from '../base/async.ts';
import { UserError } from '../base/errors.ts';
import type { AgentProgress, AgentRequest } from '../jobs/agent.ts';
import type {
  AskForApproval,
  JsonValue,
  ThreadForkParams,
  ThreadResumeParams,
  ThreadStartParams,
} from '../protocol/appServer.gen.ts';
import type { MethodResult, ThreadTurn } from '../protocol/appServer.ts';
import { isBehind } from './catchUp.ts';
import { type AppServerConnection, AppServerError } from './connection.ts';
import { endOfUnstored } from './unstoredThread.ts';

export interface ThreadRequest extends AgentRequest {
  /** Reviews never ask; what a task asks is answered by `Approvals`. Null for the user's configuration. */
  approvalPolicy: AskForApproval | null;
  /** Over the user's configuration; `cwd` is where the agent works. */
  config(connection: AppServerConnection, cwd: string): Promise<ThreadConfig>;
  /** What the model is told besides, also inside of a review; left out or empty for nothing. */
  developerInstructions?: string;
  /** A turn was begun on it, which may still run: the connection was lost. */
  wasBegun?: boolean;
}

export type ThreadConfig = Record<string, JsonValue>;

/** Nothing over the user's configuration. */
export const userConfig: ThreadRequest['config'] = () => Promise.resolve({});

export interface OpenThread {
  id: string;
  /** Its rollout file, where there is one. */
  path: string | null;
  /** It had a life before. */
  resumed: boolean;
  /** As of now. */
  status: { type: string } | null;
  turns: readonly ThreadTurn[];
  /** When it asks, unless a turn says otherwise; null where that is not one word. */
  approvalPolicy: string | null;
}

/**
 * Opens the thread of the request, or a new one if there is none or it was never stored. It is kept (not ephemeral):
 * two of the ways to structured findings, resuming, and later questions need it. It is always opened read-only: a
 * writable one would have Codex trust the folder in the user's configuration for ever (facts: app-server.md, 4.6); a
 * task may write by the policy of its turn.
 * @throws UserError if another program holds the thread.
 */
export async function openThread(
  connection: AppServerConnection,
  request: ThreadRequest,
  onProgress: (progress: AgentProgress) => void,
): Promise<OpenThread> {
  const params = parameters(request, await request.config(connection, request.folder));
  const resumed =
    request.threadId === null
      ? await copied(connection, params, request)
      : await resumeAgain(connection, params, request);
  if (resumed === null && request.mustResume)
    throw new UserError(`Codex has no thread ${request.threadId ?? ''} to go on with.`, 'Start a fresh one.');
  const answer = resumed ?? (await start(connection, params));
  onProgress(resolved(answer));
  const { approvalPolicy: policy } = answer;
  const approvalPolicy = typeof policy === 'string' ? policy : null;
  return { ...answer.thread, resumed: resumed !== null, approvalPolicy };
}

function parameters(request: ThreadRequest, config: ThreadConfig) {
  const { folder, approvalPolicy, model, effort, developerInstructions = '' } = request;
  return {
    cwd: folder,
    sandbox: 'read-only' as const,
    ...(approvalPolicy !== null && { approvalPolicy }),
    // The user's configuration may let a model of Codex's answer what is to be asked here.
    approvalsReviewer: 'user' as const,
    ...(model !== '' && { model }),
    ...(developerInstructions !== '' && { developerInstructions }),
    config: {
      ...config,
      // A `review_model` of the user's config would win over the model asked for here.
      ...(model !== '' && { review_model: model }),
      ...(effort !== '' && { model_reasoning_effort: effort }),
    },
  };
}

async function start(
  connection: AppServerConnection,
  params: ThreadStartParams,
): Promise<MethodResult<'thread/start'>> {
  try {
    return await connection.request('thread/start', { ...params, experimentalRawEvents: true });
  } catch (error) {
    if (error instanceof AppServerError && error.unsupported)
      return connection.request('thread/start', params);
    throw error;
  }
}

/**
 * The thread, with what came of a turn that was begun on it. One that the server still works on, but has not stored yet,
 * is waited for; and so is, for a moment, what is said to be over and is not stored as such yet.
 */
async function resumeAgain(
  connection: AppServerConnection,
  params: Omit<ThreadResumeParams, 'threadId'>,
  { threadId, wasBegun = false }: ThreadRequest,
): Promise<MethodResult<'thread/resume'> | null> {
  if (threadId === null) return null;
  let resumed = await resume(connection, params, threadId);
  if (!wasBegun || (resumed === null && !(await endOfUnstored(connection, threadId)))) return resumed;
  const deadline = Date.now() + storingTime;
  while ((resumed === null || isBehind(resumed.thread)) && Date.now() < deadline) {
    await pause(storingPoll);
    resumed = await resume(connection, params, threadId);
  }
  return resumed;
}

/** How long a server may take to store what it said is over; measured: less than 100. Milliseconds. */
const storingTime = 1_500;
const storingPoll = 50;

/**
 * A new thread that knows all that was said on another one, which stays as it is (measured on 0.130 and 0.169). Null where
 * no copy is wanted.
 * @throws UserError if there is no such thread
 */
async function copied(
  connection: AppServerConnection,
  params: Omit<ThreadForkParams, 'threadId'>,
  { copyOf }: ThreadRequest,
): Promise<MethodResult<'thread/fork'> | null> {
  if (copyOf === undefined) return null;
  try {
    return await connection.request('thread/fork', { ...params, threadId: copyOf });
  } catch (error) {
    if (!(error instanceof AppServerError) || !isUnknownThread.test(error.serverMessage)) throw error;
    throw new UserError(`Codex has no thread ${copyOf} to copy.`, 'Start a fresh one.', { cause: error });
  }
}

const isUnknownThread =
  /no rollout found|thread not found|invalid (?:thread|session) id|rollout at .* is empty/;

/** Null for a thread that was never stored: before its first turn there is no file (facts: app-server.md, 5). */
async function resume(
  connection: AppServerConnection,
  params: Omit<ThreadResumeParams, 'threadId'>,
  threadId: string,
): Promise<MethodResult<'thread/resume'> | null> {
  try {
    return await connection.request('thread/resume', { ...params, threadId });
  } catch (error) {
    if (!(error instanceof AppServerError)) throw error;
    if (isUnknownThread.test(error.serverMessage)) return null;
    if (error.serverMessage.includes('archived')) return unarchived(connection, params, threadId);
    if (error.serverMessage.includes('active writer'))
      throw new UserError(
        'Another program has this Codex thread open.',
        'Close it there (`codex`, the Codex extension, another window), or start a fresh thread.',
        { cause: error },
      );
    throw error;
  }
}

/** Whatever ended us between the two steps of `releaseThread` left it so; the user may have archived it, too. */
async function unarchived(
  connection: AppServerConnection,
  params: Omit<ThreadResumeParams, 'threadId'>,
  threadId: string,
): Promise<MethodResult<'thread/resume'>> {
  await connection.request('thread/unarchive', { threadId });
  return connection.request('thread/resume', { ...params, threadId });
}

function resolved(answer: MethodResult<'thread/start'>): AgentProgress {
  const { thread, model, modelProvider, reasoningEffort } = answer;
  return {
    threadId: thread.id,
    ...(model !== null && { model }),
    ...(modelProvider !== null && { provider: modelProvider }),
    ...(reasoningEffort !== null && { effort: reasoningEffort }),
  };
}
