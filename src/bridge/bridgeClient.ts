import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import {
  ErrorCodes,
  type MessageConnection,
  type NotificationType,
  ResponseError,
  createMessageConnection,
} from 'vscode-jsonrpc/node';
import * as z from 'zod/mini';
import { UsageError, UserError, messageOf } from '../base/errors.ts';
import { LineMessageWriter } from '../base/lineTransport.ts';
import type { Logger } from '../base/logger.ts';
import {
  type Client,
  type DecideParams,
  type HelloParams,
  type HelloResult,
  type Questions,
  type StartJobParams,
  type StartJobResult,
  type WaitParams,
  bridgeErrors,
  cancelJobRequest,
  cancelParamsSchema,
  decideParamsSchema,
  decideRequest,
  findingsParamsSchema,
  findingsRequest,
  helloParamsSchema,
  helloRequest,
  maxRequestBytes,
  prepareTaskParamsSchema,
  prepareTaskRequest,
  progressNotification,
  questionsNotification,
  resultParamsSchema,
  resultRequest,
  scoreParamsSchema,
  scoreRequest,
  sessionEndRequest,
  sessionParamsSchema,
  sessionStartRequest,
  setupParamsSchema,
  setupRequest,
  startJobParamsSchema,
  startJobRequest,
  statusParamsSchema,
  statusRequest,
  stopParamsSchema,
  stopRequest,
  waitForJobRequest,
  waitParamsSchema,
} from '../protocol/bridge.ts';
import { bridgeProtocolVersion } from '../protocol/discovery.ts';
import { type Report, jobsOf } from '../protocol/report.ts';
import type { BridgeService, Call } from './bridgeService.ts';
import { RequestReader } from './requestReader.ts';

export interface BridgeClientOptions {
  token: string;
  service: BridgeService;
  logger: Logger;
  host(): HelloResult['host'];
  /** A connection without a `hello` is closed after this time. Milliseconds. */
  helloTimeout: number;
  /** Where a user finds the log, for errors that are ours. */
  logPlace: string;
  onGreeted(): void;
  /** Called once, however the connection ended. */
  onEnded(): void;
}

/** The caller is not let in; the connection ends after this answer. */
class RefusedError extends Error {}

/** One caller's connection, from its first byte to its end. */
export class BridgeClient {
  private readonly rpc: MessageConnection;
  private readonly ended = new AbortController();
  private readonly cancelWhenGone = new Set<string>();
  /** Questions that were put to this caller. */
  private readonly asked = new Set<string>();
  private readonly helloTimer: NodeJS.Timeout;
  private greeting: HelloParams | undefined;
  private refused = false;

  private readonly routes: ReadonlyMap<string, Route>;

  constructor(
    private readonly socket: Socket,
    private readonly options: BridgeClientOptions,
  ) {
    this.routes = this.makeRoutes();
    const { logger } = options;
    const reader = new RequestReader(socket, {
      maxLineBytes: maxRequestBytes,
      onViolation: (what) => this.violation(what),
    });
    // The library reports a peer that went away as errors; here that is everyday life.
    const quiet = (message: string) => logger.debug(message);
    this.rpc = createMessageConnection(reader, new LineMessageWriter(socket), {
      error: quiet,
      warn: quiet,
      info: quiet,
      log: quiet,
    });
    this.rpc.onRequest((method, params) => this.answer(method, params));
    this.rpc.onError(([error]) => logger.debug(`Companion connection: ${error.message}`));
    this.rpc.onClose(() => this.end());
    this.helloTimer = setTimeout(() => this.violation('no hello in time'), options.helloTimeout);
    this.rpc.listen();
  }

  /** Closes the connection at once. */
  end(): void {
    if (this.ended.signal.aborted) return;
    clearTimeout(this.helloTimer);
    this.ended.abort();
    this.rpc.dispose();
    this.socket.destroy();
    for (const id of this.cancelWhenGone) void this.cancelAbandoned(id);
    this.options.onEnded();
  }

  private violation(what: string): void {
    this.options.logger.warn(`A connection to the local socket was closed: ${what}.`);
    this.end();
  }

  private async answer(method: string, params: unknown): Promise<unknown> {
    try {
      if (method === helloRequest.method) return this.hello(params);
      if (this.greeting === undefined || this.refused) throw new RefusedError('Say hello first.');
      const handle = this.routes.get(method);
      if (!handle)
        return new ResponseError(ErrorCodes.MethodNotFound, `Unknown request ${method.slice(0, 60)}.`);
      return await handle(params);
    } catch (error) {
      return this.asResponse(method, error);
    }
  }

  private hello(params: unknown): HelloResult {
    const parsed = z.safeParse(helloParamsSchema, params);
    if (this.refused || this.greeting !== undefined || !parsed.success)
      throw new RefusedError('Not a hello.');
    const { protocol, token } = parsed.data;
    if (protocol !== bridgeProtocolVersion)
      throw new RefusedError(
        `This host speaks version ${bridgeProtocolVersion} of Tandem's protocol, the caller version ${protocol}.`,
      );
    if (!sameSecret(token, this.options.token)) throw new RefusedError('Wrong token.');
    clearTimeout(this.helloTimer);
    this.greeting = parsed.data;
    this.options.onGreeted();
    this.options.service.greeted(parsed.data.client);
    return { protocol: bridgeProtocolVersion, host: this.options.host() };
  }

  private makeRoutes(): Map<string, Route> {
    const { service } = this.options;
    const call = () => this.call();
    return new Map([
      route(startJobRequest.method, startJobParamsSchema, (params) => this.startJob(params)),
      route(waitForJobRequest.method, waitParamsSchema, (params) => this.wait(params)),
      route(decideRequest.method, decideParamsSchema, (params) => this.decide(params)),
      route(cancelJobRequest.method, cancelParamsSchema, (params) => service.cancel(params, call())),
      route(resultRequest.method, resultParamsSchema, (params) => service.result(params, call())),
      route(statusRequest.method, statusParamsSchema, (params) => service.status(params, call())),
      route(setupRequest.method, setupParamsSchema, (params) => service.setup(params, call())),
      route(findingsRequest.method, findingsParamsSchema, (params) => service.findings(params, call())),
      route(scoreRequest.method, scoreParamsSchema, (params) => service.score(params, call())),
      route(prepareTaskRequest.method, prepareTaskParamsSchema, (params) =>
        service.prepareTask(params, call()),
      ),
      route(stopRequest.method, stopParamsSchema, (params) => service.stop(params, call())),
      route(sessionStartRequest.method, sessionParamsSchema, (params) =>
        service.sessionStart(params, call()),
      ),
      route(sessionEndRequest.method, sessionParamsSchema, (params) => service.sessionEnd(params, call())),
    ]);
  }

  private call(): Call {
    return {
      client: this.client(),
      signal: this.ended.signal,
      onProgress: (progress) => this.notify(progressNotification, progress),
      onQuestions: (questions) => this.ask(questions),
    };
  }

  private client(): Client {
    if (this.greeting === undefined) throw new RefusedError('Say hello first.');
    return this.greeting.client;
  }

  /** A person at a terminal who stops waiting wants the job no more; nobody else means it so. */
  private async startJob(params: StartJobParams): Promise<StartJobResult> {
    const answer = await this.options.service.startJob(params, this.call());
    if (!answer.wait || this.client().door !== 'cli') return answer;
    for (const { id } of jobsOf(answer.report)) {
      if (this.ended.signal.aborted) await this.cancelAbandoned(id);
      else this.cancelWhenGone.add(id);
    }
    return answer;
  }

  private async wait(params: WaitParams): Promise<Report> {
    const report = await this.options.service.wait(params, this.call());
    for (const { id } of jobsOf(report)) this.cancelWhenGone.delete(id);
    return report;
  }

  private ask(questions: Questions): void {
    for (const { id } of questions.open) this.asked.add(id);
    this.notify(questionsNotification, questions);
  }

  private decide(params: DecideParams): Promise<null> {
    if (!this.asked.has(params.id)) throw new UserError('This question was not put to this terminal.');
    return this.options.service.decide(params, this.call());
  }

  private notify<P>(type: NotificationType<P>, params: P): void {
    if (this.ended.signal.aborted) return;
    this.rpc.sendNotification(type.method, params).catch((error: unknown) => {
      this.options.logger.debug(`${type.method} did not reach the companion: ${messageOf(error)}`);
    });
  }

  private async cancelAbandoned(id: string): Promise<void> {
    try {
      await this.options.service.cancel({ cwd: '', id }, this.call());
      this.options.logger.info(`Job ${id}: nobody waits for it any more.`);
    } catch (error) {
      this.options.logger.warn(`Job ${id} could not be cancelled: ${messageOf(error)}`);
    }
  }

  private asResponse(method: string, error: unknown): ResponseError<{ advice?: string } | undefined> {
    const { logger, logPlace } = this.options;
    if (error instanceof RefusedError) {
      logger.warn(`A companion was refused: ${error.message}`);
      this.endAfterAnswer();
      return new ResponseError(bridgeErrors.refused, error.message);
    }
    if (error instanceof UserError) {
      const code = error instanceof UsageError ? bridgeErrors.usage : bridgeErrors.failed;
      return new ResponseError(
        code,
        error.message,
        error.advice === undefined ? undefined : { advice: error.advice },
      );
    }
    if (this.ended.signal.aborted) return new ResponseError(bridgeErrors.failed, messageOf(error));
    logger.error(
      `${method} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return new ResponseError(
      ErrorCodes.InternalError,
      `Something went wrong inside Tandem (${method}). The log has the details: ${logPlace}.`,
    );
  }

  /** The library writes the answer in the microtasks that follow the handler, so the next turn of the loop is late enough. */
  private endAfterAnswer(): void {
    this.refused = true;
    setImmediate(() => this.socket.destroySoon());
  }
}

type Route = (params: unknown) => Promise<unknown>;

function route<P>(
  method: string,
  schema: z.ZodMiniType<P>,
  run: (params: P) => Promise<unknown>,
): [string, Route] {
  return [
    method,
    (params) => {
      const parsed = z.safeParse(schema, params);
      if (!parsed.success)
        throw new UsageError(`The request ${method} is not well formed: ${z.prettifyError(parsed.error)}`);
      return run(parsed.data);
    },
  ];
}

/** Compares digests, so that the time tells neither the length nor the place of a difference. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
