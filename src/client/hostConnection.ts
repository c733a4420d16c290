import { type Socket, createConnection } from 'node:net';
import {
  ErrorCodes,
  type MessageConnection,
  type RequestType,
  ResponseError,
  createMessageConnection,
} from 'vscode-jsonrpc/node';
import * as z from 'zod/mini';
import { settlesWithin, withDeadline } from '../base/async.ts';
import { UsageError, UserError, errorCode } from '../base/errors.ts';
import { LineMessageReader, LineMessageWriter } from '../base/lineTransport.ts';
import {
  type CancelParams,
  type Client,
  type DecideParams,
  type FindingsParams,
  type FindingsResult,
  type HelloParams,
  type HelloResult,
  type PrepareTaskParams,
  type PrepareTaskResult,
  type Progress,
  type Questions,
  type ResultParams,
  type SessionParams,
  type SetupParams,
  type SetupResult,
  type StartJobParams,
  type StartJobResult,
  type StatusParams,
  type StatusResult,
  type StopParams,
  type StopResult,
  bridgeErrors,
  cancelJobRequest,
  decideRequest,
  findingsRequest,
  findingsResultSchema,
  type ScoreParams,
  type ScoreResult,
  scoreRequest,
  scoreResultSchema,
  helloRequest,
  helloResultSchema,
  prepareTaskRequest,
  prepareTaskResultSchema,
  progressNotification,
  progressSchema,
  questionsNotification,
  questionsSchema,
  resultRequest,
  sessionEndRequest,
  sessionStartRequest,
  setupRequest,
  setupResultSchema,
  startJobRequest,
  startJobResultSchema,
  statusRequest,
  statusResultSchema,
  stopRequest,
  stopResultSchema,
  waitForJobRequest,
} from '../protocol/bridge.ts';
import { type Discovery, bridgeProtocolVersion } from '../protocol/discovery.ts';
import { type Report, reportSchema } from '../protocol/report.ts';

/** Deadlines of what a host answers at once, after looking around, after asking the user, and after ending a job. Milliseconds. */
const helloTimeout = 5_000;
const answerTimeout = 60_000;
const consentTimeout = 10 * 60_000;
const cancelTimeout = 30_000;
/** The set-up's test makes a turn of the model, to which the host gives 5 minutes. */
const testTimeout = 6 * 60_000;

/** Why a host that was found cannot be used. */
export type HostProblem = 'gone' | 'other version' | 'silent';

export class HostUnusable extends Error {
  constructor(readonly problem: HostProblem) {
    super(`The host is unusable: ${problem}`);
  }
}

/** The caller's end of the conversation with one host. Always close it: pending requests end only then. */
export class HostConnection {
  private isClosed = false;
  private onProgress: ((progress: Progress) => void) | undefined;
  private onQuestions: ((questions: Questions) => void) | undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly rpc: MessageConnection,
    readonly host: HelloResult['host'],
  ) {
    rpc.onNotification(progressNotification, (progress) => {
      const parsed = z.safeParse(progressSchema, progress);
      if (parsed.success) this.onProgress?.(parsed.data);
    });
    rpc.onNotification(questionsNotification, (questions) => {
      const parsed = z.safeParse(questionsSchema, questions);
      if (parsed.success) this.onQuestions?.(parsed.data);
    });
    rpc.onClose(() => this.close());
  }

  /** @throws HostUnusable */
  static async open({ address, token }: Discovery, client: Client): Promise<HostConnection> {
    const socket = await connect(address);
    const rpc = createMessageConnection(new LineMessageReader(socket), new LineMessageWriter(socket));
    // The end of the stream follows every error and is what matters; it leaves requests pending unless we dispose.
    rpc.onError(() => undefined);
    rpc.onClose(() => rpc.dispose());
    rpc.listen();
    try {
      const host = await shakeHands(rpc, { protocol: bridgeProtocolVersion, token, client });
      return new HostConnection(socket, rpc, host);
    } catch (error) {
      rpc.dispose();
      socket.destroy();
      throw error;
    }
  }

  /**
   * A user may be asked first, where Claude's model wants it.
   * @param onQuestions is told what the job asks, if the caller `asks`
   */
  startJob(params: StartJobParams, onQuestions?: (questions: Questions) => void): Promise<StartJobResult> {
    this.onQuestions = onQuestions;
    return this.request(startJobRequest, params, startJobResultSchema, consentTimeout);
  }

  /** Answers a question that was put to this caller. */
  decide(params: DecideParams): Promise<null> {
    return this.request(decideRequest, params, z.null(), cancelTimeout);
  }

  /** Waits as long as the job takes. */
  async wait(id: string, onProgress: (progress: Progress) => void): Promise<Report> {
    this.onProgress = onProgress;
    try {
      return await this.request(waitForJobRequest, { id }, reportSchema, null);
    } finally {
      this.onProgress = undefined;
    }
  }

  cancel(params: CancelParams): Promise<Report> {
    return this.request(cancelJobRequest, params, reportSchema, cancelTimeout);
  }

  result(params: ResultParams): Promise<Report> {
    return this.request(resultRequest, params, reportSchema, answerTimeout);
  }

  status(params: StatusParams): Promise<StatusResult> {
    return this.request(statusRequest, params, statusResultSchema, answerTimeout);
  }

  setup(params: SetupParams): Promise<SetupResult> {
    const timeout = params.test === true ? testTimeout : answerTimeout;
    return this.request(setupRequest, params, setupResultSchema, timeout);
  }

  score(params: ScoreParams): Promise<ScoreResult> {
    return this.request(scoreRequest, params, scoreResultSchema, answerTimeout);
  }

  findings(params: FindingsParams): Promise<FindingsResult> {
    return this.request(findingsRequest, params, findingsResultSchema, answerTimeout);
  }

  prepareTask(params: PrepareTaskParams): Promise<PrepareTaskResult> {
    return this.request(prepareTaskRequest, params, prepareTaskResultSchema, answerTimeout);
  }

  /** Waits as long as the gate's review takes; the host has a deadline for it. */
  stop(params: StopParams): Promise<StopResult> {
    return this.request(stopRequest, params, stopResultSchema, null);
  }

  sessionStart(params: SessionParams): Promise<null> {
    return this.request(sessionStartRequest, params, z.null(), answerTimeout);
  }

  sessionEnd(params: SessionParams): Promise<null> {
    return this.request(sessionEndRequest, params, z.null(), answerTimeout);
  }

  close(): void {
    this.isClosed = true;
    this.rpc.dispose();
    this.socket.destroy();
  }

  private async request<P, R>(
    type: RequestType<P, R, unknown>,
    params: P,
    schema: z.ZodMiniType<R>,
    timeout: number | null,
  ): Promise<R> {
    const answer = this.send(type, params);
    const result = await (timeout === null ? answer : withDeadline(answer, timeout, 'Tandem'));
    const parsed = z.safeParse(schema, result);
    if (parsed.success) return parsed.data;
    throw new UserError(
      `Tandem answered ${type.method} in an unknown form.`,
      'Reload the VS Code window: it may run another version.',
    );
  }

  private async send<P, R>(type: RequestType<P, R, unknown>, params: P): Promise<unknown> {
    try {
      return await this.rpc.sendRequest(type.method, params);
    } catch (error) {
      if (this.isClosed || isEndOfConnection(error)) throw new ConnectionEnded();
      throw error instanceof ResponseError ? asUserError(error) : error;
    }
  }
}

/** @throws HostUnusable */
async function shakeHands(rpc: MessageConnection, params: HelloParams): Promise<HelloResult['host']> {
  let answer: unknown;
  try {
    const hello = rpc.sendRequest(helloRequest.method, params);
    if (!(await settlesWithin(hello, helloTimeout))) throw new HostUnusable('silent');
    answer = await hello;
  } catch (error) {
    if (error instanceof HostUnusable) throw error;
    const refused = error instanceof ResponseError && error.code === bridgeErrors.refused;
    throw new HostUnusable(refused ? 'other version' : 'gone');
  }
  const parsed = z.safeParse(helloResultSchema, answer);
  if (!parsed.success) throw new HostUnusable('other version');
  return parsed.data.host;
}

class ConnectionEnded extends UserError {
  constructor() {
    super(
      'Tandem ended before it answered: its VS Code window was closed or reloaded, or its process was ended.',
      'Look at `status`, or try again.',
    );
  }
}

/** Writing can fail before the end of the stream is noticed. */
function isEndOfConnection(error: unknown): boolean {
  return error instanceof ResponseError && error.code === ErrorCodes.MessageWriteError;
}

const adviceSchema = z.object({ advice: z.string() });

function asUserError({ code, message, data }: ResponseError<unknown>): UserError {
  const advice = z.safeParse(adviceSchema, data).data?.advice;
  return code === bridgeErrors.usage ? new UsageError(message, advice) : new UserError(message, advice);
}

/** @throws HostUnusable */
function connect(address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(address);
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
    // A stale file names a socket that is gone (ENOENT) or that nobody listens at (ECONNREFUSED).
    socket.once('error', (error) => {
      socket.destroy();
      reject(errorCode(error) === undefined ? error : new HostUnusable('gone'));
    });
  });
}
