import {
  Emitter,
  ErrorCodes,
  type Event,
  type MessageConnection,
  ResponseError,
  createMessageConnection,
} from 'vscode-jsonrpc/node';
import * as z from 'zod/mini';
import { DeadlineError, deferred, settlesWithin, withDeadline } from '../base/async.ts';
import type { ProcessIdentity } from '../base/childProcess.ts';
import { UserError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import {
  type AppServerNotification,
  type Method,
  type MethodParams,
  type MethodResult,
  type AccountLimits,
  type ServerNotification,
  methods,
  readNotification,
  readServerNotification,
} from '../protocol/appServer.ts';
import { ServerRequests } from './serverRequests.ts';
import type { ServerTransport } from './serverTransport.ts';

/**
 * Answers a request of the server. What it throws is logged and sent as a JSON-RPC error: the turn goes on without it.
 * @param signal aborted when the server no longer waits for the answer, or has ended
 */
export type RequestHandler = (method: string, params: unknown, signal: AbortSignal) => Promise<unknown>;

export interface ConnectionOptions {
  logger: Logger;
  /** Version of Tandem, told to Codex. */
  version: string;
  /** Deadline of requests that have none of their own. Milliseconds. */
  requestTimeout?: number;
  /** Default: refuses everything. */
  onRequest?: RequestHandler;
}

/** Measured: at most 0.8 s for the first start of the native program; slow machines get plenty more. */
const defaultRequestTimeout = 60_000;
/** How long the reason of a failed write may take to show. Milliseconds. */
const endGrace = 1_000;

/**
 * A running `codex app-server` and the conversation with it. Requests reject when the process ends;
 * notifications are handed on synchronously and in order, so that folding them needs no locks.
 */
export class AppServerConnection {
  private readonly notificationEmitter = new Emitter<AppServerNotification>();
  private readonly serverNotificationEmitter = new Emitter<ServerNotification>();
  private readonly end = deferred<AppServerEnded>();
  private readonly rpc: MessageConnection;
  private readonly serverRequests = new ServerRequests();
  private isEnded = false;
  /** Version of Codex as it introduced itself, e.g. `0.169.0`; empty before the handshake. */
  version = '';
  /** Folder of Codex's own state, with the login; empty before the handshake. */
  codexHome = '';
  /** The account's usage limits as they were told last; null before that, and where the provider has none. */
  limits: AccountLimits | null = null;
  /** When the server last sent anything. Milliseconds since the epoch; at first the time of the start. */
  lastHeard = Date.now();

  /** Fires for the notifications that Tandem uses. Listeners must not await before they have folded one. */
  readonly onNotification: Event<AppServerNotification> = this.notificationEmitter.event;
  /** Fires for what is about no thread: logins, imports, MCP servers. */
  readonly onServerNotification: Event<ServerNotification> = this.serverNotificationEmitter.event;
  /** Resolves, once, with the reason when the server has ended or is about to be. */
  readonly ended: Promise<AppServerEnded> = this.end.promise;

  /** `handshake` comes next. What goes wrong shows in `ended`. */
  constructor(
    private readonly transport: ServerTransport,
    private readonly options: ConnectionOptions,
  ) {
    const { logger } = options;
    const rpcLogger = {
      error: (message: string) => logger.error(message),
      warn: (message: string) => logger.warn(message),
      info: (message: string) => logger.info(message),
      log: (message: string) => logger.debug(message),
    };
    this.rpc = createMessageConnection(transport.reader, transport.writer, rpcLogger, {
      messageStrategy: this.serverRequests,
    });
    transport.onHeard(() => (this.lastHeard = Date.now()));
    this.rpc.onNotification((method, params) => this.notified(method, params));
    this.rpc.onRequest((method, params) => this.asked(method, params));
    this.rpc.onError(([error]) => logger.warn(`App Server connection: ${error.message}`));
    void transport.ended.then((how) => this.finish('exit', how));
    this.rpc.listen();
  }

  get identity(): ProcessIdentity | null {
    return this.transport.identity;
  }

  /** Where the server is; null for a child of ours. What lies on its disk need not lie on this one, then. */
  get remote(): string | null {
    return this.transport.remote;
  }

  /**
   * Introduces Tandem.
   * @param timeout as of `request`
   * @throws as `request`; the server is of no use then and to be closed.
   */
  async handshake(timeout?: number): Promise<void> {
    const params = {
      clientInfo: { name: 'tandem', title: 'Tandem', version: this.options.version },
      capabilities: { experimentalApi: true, requestAttestation: false },
    };
    const options = timeout === undefined ? {} : { timeout };
    const { userAgent, codexHome } = await this.request('initialize', params, options);
    this.version = /\/(\d+\.\d+\.\d+)/.exec(userAgent)?.[1] ?? '';
    this.codexHome = codexHome;
    await this.rpc.sendNotification('initialized');
  }

  /**
   * @param timeout in ms. A server that does not answer in time is of no use to anybody: it is ended.
   * @throws AppServerError with the server's own words, AppServerEnded when the server ends meanwhile or is silent.
   */
  async request<M extends Method>(
    method: M,
    params: MethodParams[M],
    { timeout = this.options.requestTimeout ?? defaultRequestTimeout }: { timeout?: number } = {},
  ): Promise<MethodResult<M>> {
    const answerOrEnd = Promise.race([
      this.send(method, params),
      this.ended.then((reason) => {
        throw reason;
      }),
    ]);
    const result = await this.inTime(withDeadline(answerOrEnd, timeout, `Codex (${method})`));
    const parsed = z.safeParse<z.ZodMiniType>(methods[method], result);
    if (!parsed.success)
      throw new UserError(`Codex answered ${method} in a form that Tandem does not know.`, updateAdvice);
    // The schema was chosen by the method, which the compiler cannot follow.
    return parsed.data as MethodResult<M>;
  }

  private async inTime<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof DeadlineError)) throw error;
      this.finish('silent', error.message);
      throw await this.ended;
    }
  }

  private async send(method: string, params: object): Promise<unknown> {
    try {
      return await this.rpc.sendRequest<unknown>(method, params);
    } catch (error) {
      // A server that ends before it has read what it is sent shows in the writing first; the reason follows at once.
      const isCut = error instanceof ResponseError && error.code === ErrorCodes.MessageWriteError;
      if (isCut) await settlesWithin(this.ended, endGrace);
      if (this.isEnded) throw await this.ended;
      throw error instanceof ResponseError ? new AppServerError(method, error.code, error.message) : error;
    }
  }

  /**
   * Ends the server, and with it whatever runs on it; of one that is not ours only the connection. Resolves when the
   * process is gone.
   * @param why a sentence for those whose work was on it
   */
  async close(cause: 'restart' | 'stopped', why = ''): Promise<void> {
    this.finish(cause, why);
    await this.transport.end();
  }

  private notified(method: string, params: unknown): void {
    const notification = readNotification(method, params);
    const ofServer = readServerNotification(method, params);
    if (ofServer?.method === 'serverRequest/resolved')
      this.serverRequests.resolved(ofServer.params.requestId);
    if (ofServer?.method === 'account/rateLimits/updated') this.limited(ofServer.params.rateLimits);
    if (notification) this.notificationEmitter.fire(notification);
    else if (ofServer) this.serverNotificationEmitter.fire(ofServer);
    else this.options.logger.trace(`Notification ${method} is not used.`);
  }

  /** All null stands for unknown (facts: app-server.md, 1.3), not for none. */
  private limited(limits: AccountLimits | null): void {
    if (limits && (limits.primary !== null || limits.secondary !== null)) this.limits = limits;
  }

  private async asked(method: string, params: unknown): Promise<unknown> {
    try {
      return await this.serverRequests.answer((signal) =>
        (this.options.onRequest ?? refuse)(method, params, signal),
      );
    } catch (error) {
      this.options.logger.warn(`The App Server's request ${method} was not granted: ${messageOf(error)}`);
      return new ResponseError(ErrorCodes.InternalError, messageOf(error));
    }
  }

  /**
   * Whatever ends it, it ends once, and its process with it. vscode-jsonrpc leaves requests pending for ever when a
   * stream ends; only `dispose` rejects them.
   */
  private finish(cause: EndCause, how: string): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.serverRequests.allResolved();
    const { transport } = this;
    this.end.resolve(
      transport.remote === null
        ? new AppServerEnded(cause, endMessage(cause, how, transport.lastWords()))
        : remoteEnded(cause, how, transport.remote),
    );
    this.rpc.dispose();
    transport.end().catch((error: unknown) => {
      this.options.logger.error(`The App Server could not be ended: ${messageOf(error)}`);
    });
  }
}

/**
 * How a server ended: `exit` by itself, `silent` because it did not answer, `restart` for somebody else's sake (the
 * work on it can go on on the next one), `stopped` because nobody needs it. `lost`: the connection to a server elsewhere
 * is gone, and the work may go on there without us.
 */
export type EndCause = 'exit' | 'restart' | 'stopped' | 'silent' | 'lost';

/** The server, or the connection to it, ended while it was needed. */
export class AppServerEnded extends UserError {
  override readonly name = 'AppServerEnded';
  constructor(
    override readonly cause: EndCause,
    message: string,
    advice = 'Try again: the next command starts it anew. `Tandem: Show Log` has the details.',
  ) {
    super(message, advice);
  }
}

/** The work may go on on the server, and be found there by the next connection. */
export function isLost(error: unknown): error is AppServerEnded {
  return error instanceof AppServerEnded && error.cause === 'lost';
}

/** A server that is not ours is never ended: whatever cuts the connection, what runs there may go on. */
function remoteEnded(cause: EndCause, how: string, remote: string): AppServerEnded {
  const connection = `The connection to the Codex App Server at ${remote}`;
  const advice = 'Try again: the next command connects anew. `Tandem: Show Log` has the details.';
  switch (cause) {
    case 'exit':
    case 'lost':
      return new AppServerEnded('lost', `${connection} was lost: it ${how}.`, advice);
    case 'silent':
      return new AppServerEnded('lost', `${how} ${connection} was given up.`, advice);
    case 'restart':
      return new AppServerEnded('restart', `${connection} was made anew. ${how}`.trimEnd(), advice);
    case 'stopped':
      return new AppServerEnded('stopped', `${connection} was closed. ${how}`.trimEnd(), advice);
  }
}

function endMessage(cause: EndCause, how: string, lastWords: string): string {
  switch (cause) {
    case 'exit':
    case 'lost':
      return `The Codex App Server ${how}.${lastWords === '' ? '' : `\n${lastWords}`}`;
    case 'silent':
      return `${how} The App Server was ended.`;
    case 'restart':
      return `The Codex App Server was restarted. ${how}`.trimEnd();
    case 'stopped':
      return `The Codex App Server was stopped. ${how}`.trimEnd();
  }
}

function refuse(method: string): Promise<never> {
  return Promise.reject(new Error(`Tandem does not grant ${method}.`));
}

/** The server's own refusal, in its words; all user errors have code -32600 (facts: app-server.md, rule 3). */
export class AppServerError extends UserError {
  override readonly name = 'AppServerError';
  constructor(
    method: string,
    readonly code: number,
    readonly serverMessage: string,
  ) {
    super(`Codex refused ${method}: ${serverMessage}`);
  }

  /** True where this version of Codex does not know a method, a field or a capability. */
  get unsupported(): boolean {
    return (
      this.code === -32600 && /unknown variant|requires experimentalApi capability/.test(this.serverMessage)
    );
  }
}

export const updateAdvice =
  'Update Codex with `npm install -g @openai/codex`, or look at `Tandem: Show Log`.';
