import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import path from 'node:path';
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
import { UserError } from '../base/errors.ts';
import { LineMessageReader, LineMessageWriter } from '../base/lineTransport.ts';
import type { Logger } from '../base/logger.ts';
import {
  type AppServerNotification,
  type Method,
  type MethodParams,
  type MethodResult,
  methods,
  readNotification,
} from '../protocol/appServer.ts';
import type { CodexLaunch } from './locate.ts';

export interface ConnectionOptions {
  launch: CodexLaunch;
  /** Version of Tandem, told to Codex. */
  version: string;
  env: NodeJS.ProcessEnv;
  /** Working directory of the server; not the workspace, so that the server never keeps a folder busy. */
  cwd: string;
  logger: Logger;
  /** Deadline of every request. Milliseconds. */
  requestTimeout?: number;
}

/** Measured: at most 0.8 s for the first start of the native program; slow machines get plenty more. */
const defaultRequestTimeout = 60_000;
const stderrTailLength = 4_000;
const endTimeout = 2_000;
const exitGrace = 500;

/**
 * A running `codex app-server` and the conversation with it. Requests reject when the process ends;
 * notifications are handed on synchronously and in order, so that folding them needs no locks.
 */
export class AppServerConnection {
  private readonly notificationEmitter = new Emitter<AppServerNotification>();
  private readonly end = deferred<UserError>();
  private readonly rpc: MessageConnection;
  private stderrTail = '';
  private closing = false;
  /** Version of Codex as it introduced itself, e.g. `0.169.0`; empty before the handshake. */
  version = '';

  /** Fires for the notifications that Tandem uses. Listeners must not await before they have folded one. */
  readonly onNotification: Event<AppServerNotification> = this.notificationEmitter.event;
  /** Resolves, once, with the reason when the server has ended or was closed. */
  readonly ended: Promise<UserError> = this.end.promise;

  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly options: ConnectionOptions,
  ) {
    const { logger } = options;
    const reader = new LineMessageReader(child.stdout, {
      onBadLine: (start, reason) =>
        logger.warn(`The App Server sent a line that is not JSON-RPC (${reason}): ${start}`),
    });
    this.rpc = createMessageConnection(reader, new LineMessageWriter(child.stdin), {
      error: (message) => logger.error(message),
      warn: (message) => logger.warn(message),
      info: (message) => logger.info(message),
      log: (message) => logger.debug(message),
    });
    this.rpc.onNotification((method, params) => this.notified(method, params));
    this.rpc.onRequest((method) => this.refuse(method));
    this.rpc.onError(([error]) => logger.warn(`App Server connection: ${error.message}`));
    this.rpc.onClose(() => void this.outputClosed());
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.keepStderr(text));
    child.once('error', (error) => this.finish(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) =>
      this.finish(signal === null ? `exited with code ${code ?? '?'}` : `was ended by ${signal}`),
    );
    this.rpc.listen();
  }

  /**
   * Starts the server and shakes hands.
   * @throws UserError if it cannot be started, ends at once or does not answer; the process is gone then.
   */
  static async start(options: ConnectionOptions): Promise<AppServerConnection> {
    const { launch } = options;
    const child = spawn(launch.file, [...launch.args, 'app-server'], {
      cwd: options.cwd,
      env: environment(options),
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const connection = new AppServerConnection(child, options);
    try {
      await connection.handshake();
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** @throws UserError with the server's own words, on time-out, and when the server ends meanwhile. */
  async request<M extends Method>(method: M, params: MethodParams[M]): Promise<MethodResult<M>> {
    const answerOrEnd = Promise.race([
      this.send(method, params),
      this.ended.then((reason) => {
        throw reason;
      }),
    ]);
    const result = await this.inTime(method, answerOrEnd);
    const parsed = z.safeParse<z.ZodMiniType>(methods[method], result);
    if (!parsed.success)
      throw new UserError(`Codex answered ${method} in a form that Tandem does not know.`, updateAdvice);
    // The schema was chosen by the method, which the compiler cannot follow.
    return parsed.data as MethodResult<M>;
  }

  /** A server that does not answer is of no use to anybody: it is ended, and the next use starts another one. */
  private async inTime<T>(method: string, answer: Promise<T>): Promise<T> {
    try {
      return await withDeadline(
        answer,
        this.options.requestTimeout ?? defaultRequestTimeout,
        `Codex (${method})`,
      );
    } catch (error) {
      if (error instanceof DeadlineError) void this.close();
      throw error;
    }
  }

  private async send(method: string, params: object): Promise<unknown> {
    try {
      return await this.rpc.sendRequest<unknown>(method, params);
    } catch (error) {
      if (this.closing) throw await this.ended;
      throw error instanceof ResponseError ? new AppServerError(method, error.code, error.message) : error;
    }
  }

  /** Ends the server: closes its stdin (measured: gone within 40 ms), then asks, then kills. */
  async close(): Promise<void> {
    if (!this.closing) this.finish('was stopped');
    const exited = this.exited();
    this.child.stdin.end();
    if (await settlesWithin(exited, endTimeout)) return;
    this.child.kill('SIGTERM');
    if (await settlesWithin(exited, endTimeout)) return;
    this.child.kill('SIGKILL');
    await exited;
  }

  private exited(): Promise<void> {
    if (this.isGone()) return Promise.resolve();
    return new Promise((resolve) => this.child.once('exit', () => resolve()));
  }

  private async handshake(): Promise<void> {
    const { userAgent } = await this.request('initialize', {
      clientInfo: { name: 'tandem', title: 'Tandem', version: this.options.version },
      capabilities: { experimentalApi: true, requestAttestation: false },
    });
    this.version = /\/(\d+\.\d+\.\d+)/.exec(userAgent)?.[1] ?? '';
    await this.rpc.sendNotification('initialized');
  }

  private notified(method: string, params: unknown): void {
    const notification = readNotification(method, params);
    if (notification) this.notificationEmitter.fire(notification);
    else this.options.logger.trace(`Notification ${method} is not used.`);
  }

  /** Reviews never ask (approval policy `never`); whatever does is refused, and the turn goes on (facts: app-server.md, 4.3). */
  private refuse(method: string): ResponseError<undefined> {
    this.options.logger.warn(`The App Server asked for ${method}, which a review does not grant.`);
    return new ResponseError(ErrorCodes.MethodNotFound, `Tandem does not grant ${method}`);
  }

  private keepStderr(text: string): void {
    this.options.logger.debug(`codex: ${text.trimEnd()}`);
    this.stderrTail = (this.stderrTail + text).slice(-stderrTailLength);
  }

  /** A process that dies closes its output first; how it died is worth a short wait. */
  private async outputClosed(): Promise<void> {
    await settlesWithin(this.exited(), exitGrace);
    this.finish('closed its output');
  }

  /** vscode-jsonrpc leaves requests pending for ever when a stream ends; only `dispose` rejects them. */
  private finish(how: string): void {
    if (this.closing) return;
    this.closing = true;
    const lastWords = plain(this.stderrTail).trim().split('\n').slice(-3).join('\n');
    const quote = lastWords === '' || how === 'was stopped' ? '' : `\n${lastWords}`;
    this.end.resolve(new AppServerEnded(`The Codex App Server ${how}.${quote}`));
    this.rpc.dispose();
    if (!this.isGone()) this.child.stdin.end();
  }

  private isGone(): boolean {
    return this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }
}

/** The server ended while it was needed. */
export class AppServerEnded extends UserError {
  override readonly name = 'AppServerEnded';
  constructor(message: string) {
    super(message, 'Try again: the next review starts it anew. `Tandem: Show Log` has the details.');
  }
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

function environment({ env, launch }: ConnectionOptions): NodeJS.ProcessEnv {
  // Windows calls it `Path`, and a second one under another spelling would hide it.
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  const folders = [...launch.pathFolders, env[name] ?? ''].filter((folder) => folder !== '');
  return { ...env, ...launch.env, NO_COLOR: '1', [name]: folders.join(path.delimiter) };
}

/** Without terminal escapes. */
function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- escape sequences start with a control character
  return text.replaceAll(/\u001b\[[0-9;]*[A-Za-z]/g, '');
}
