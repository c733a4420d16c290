import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import {
  ErrorCodes,
  type MessageConnection,
  ResponseError,
  createMessageConnection,
} from 'vscode-jsonrpc/node';
import * as z from 'zod/mini';
import { UsageError, UserError, messageOf } from '../base/errors.ts';
import { LineMessageWriter } from '../base/lineTransport.ts';
import type { Logger } from '../base/logger.ts';
import {
  type HelloParams,
  type HelloResult,
  type Progress,
  type StartReviewParams,
  bridgeErrors,
  cancelJobRequest,
  helloParamsSchema,
  helloRequest,
  jobParamsSchema,
  maxRequestBytes,
  progressNotification,
  setupParamsSchema,
  setupRequest,
  startReviewParamsSchema,
  startReviewRequest,
  statusParamsSchema,
  statusRequest,
  waitForJobRequest,
} from '../protocol/bridge.ts';
import { bridgeProtocolVersion } from '../protocol/discovery.ts';
import type { Report } from '../protocol/report.ts';
import type { BridgeService } from './bridgeService.ts';
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

/** One companion's connection, from its first byte to its end. */
export class BridgeClient {
  private readonly rpc: MessageConnection;
  private readonly ended = new AbortController();
  private readonly cancelWhenGone = new Set<string>();
  private readonly helloTimer: NodeJS.Timeout;
  private greeting: HelloParams | undefined;
  private refused = false;

  private readonly routes = new Map<string, (params: unknown) => Promise<unknown>>([
    route(startReviewRequest.method, startReviewParamsSchema, (params) => this.startReview(params)),
    route(waitForJobRequest.method, jobParamsSchema, ({ id }) => this.wait(id)),
    route(cancelJobRequest.method, jobParamsSchema, ({ id }) => this.options.service.cancel(id)),
    route(statusRequest.method, statusParamsSchema, (params) => this.options.service.status(params)),
    route(setupRequest.method, setupParamsSchema, (params) => this.options.service.setup(params)),
  ]);

  constructor(
    private readonly socket: Socket,
    private readonly options: BridgeClientOptions,
  ) {
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
    return { protocol: bridgeProtocolVersion, host: this.options.host() };
  }

  private async startReview(params: StartReviewParams): Promise<Report> {
    const origin = this.greeting?.client.door === 'hook' ? 'claude' : 'cli';
    const report = await this.options.service.startReview(params, origin);
    if (params.onDisconnect === 'cancel') {
      if (this.ended.signal.aborted) await this.cancelAbandoned(report.job.id);
      else this.cancelWhenGone.add(report.job.id);
    }
    return report;
  }

  private async wait(id: string): Promise<Report> {
    const report = await this.options.service.wait(
      id,
      (progress) => this.notify(progress),
      this.ended.signal,
    );
    this.cancelWhenGone.delete(report.job.id);
    return report;
  }

  private notify(progress: Progress): void {
    if (this.ended.signal.aborted) return;
    this.rpc.sendNotification(progressNotification, progress).catch((error: unknown) => {
      this.options.logger.debug(`Progress did not reach the companion: ${messageOf(error)}`);
    });
  }

  private async cancelAbandoned(id: string): Promise<void> {
    try {
      await this.options.service.cancel(id);
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

function route<P>(
  method: string,
  schema: z.ZodMiniType<P>,
  run: (params: P) => Promise<unknown>,
): [string, (params: unknown) => Promise<unknown>] {
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
