import { Emitter, type Event } from 'vscode-jsonrpc/node';
import { Sequence, deferred, settlesWithin } from '../base/async.ts';
import { UserError, messageOf } from '../base/errors.ts';
import { makePrivateFolder } from '../base/files.ts';
import type { Logger } from '../base/logger.ts';
import type { ServerNotification } from '../protocol/appServer.ts';
import type { AppServerConnection, AppServerEnded, EndCause, RequestHandler } from './connection.ts';
import { ChildServer } from './childServer.ts';
import { type Endpoint, parseEndpoint } from './endpoint.ts';
import { locateCodex } from './locate.ts';
import { Unreachable } from './remoteFailures.ts';
import { RemoteServer } from './remoteServer.ts';
import { RestartPolicy, remoteBackoff, remoteWords } from './restartPolicy.ts';
import type { ServerOrigin, Wanted } from './serverOrigin.ts';
import { ServerRun } from './serverRun.ts';

export interface AppServerOptions {
  /** Path from the user's settings, read at every use; empty to look for it. */
  executable(): string;
  /** Address of a server elsewhere to use instead, read at every use; empty or left out for a child of ours. */
  endpoint?: () => string;
  /** What logs in there, read at every use; empty for nothing. */
  token?: (endpoint: Endpoint) => Promise<string>;
  version: string;
  env: NodeJS.ProcessEnv;
  /** Folder of all state: working directory of the server, and its place in the process journal. */
  folder: string;
  logger: Logger;
  /** The server is stopped so long after the last use ended. Read anew each time; 0 for never. Milliseconds. */
  idleTimeout?: () => number;
  /** Answers what the server asks; default: everything is refused. */
  onRequest?: RequestHandler;
  /** Milliseconds; for tests, as all below. */
  requestTimeout?: number;
  /** See `defaultBackoff` and `remoteBackoff`. */
  backoff?: readonly number[];
  /** A server that was of use and ran so long is no failure when it ends. Milliseconds. */
  stableAfter?: number;
}

export type AppServerState =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'starting' }
  | {
      readonly kind: 'running';
      readonly version: string;
      /** The program's file, or the address. */
      readonly file: string;
      /** Of a child of ours. */
      readonly pid: number | undefined;
      /** It is not ours: connected to, never started or ended. */
      readonly isRemote: boolean;
    }
  /** It ended by itself too often: it is started again only by `restart`, or when its program or login changes. */
  | { readonly kind: 'failing'; readonly reason: string };

const defaultStableAfter = 60_000;

/** Ends that count against the server. */
const unasked: readonly EndCause[] = ['exit', 'silent', 'lost'];

/**
 * The one App Server of this host: started on first use, started anew after it ended, stopped when nobody uses it. One
 * elsewhere is connected to, connected to anew, and disconnected from in the same way; it is never ended.
 */
export class AppServer {
  private readonly changeEmitter = new Emitter<AppServerState>();
  private readonly notificationEmitter = new Emitter<ServerNotification>();
  private readonly sequence = new Sequence();
  private readonly ownPolicy: RestartPolicy;
  private readonly remotePolicy: RestartPolicy;
  /** The last one that was started; it may have ended. */
  private run: ServerRun | null = null;
  private hurry = deferred<undefined>();
  private disposed = false;
  state: AppServerState = { kind: 'stopped' };

  /** Fires when the server starts, is ready, ends, or is given up. */
  readonly onDidChangeState: Event<AppServerState> = this.changeEmitter.event;
  /** Fires for what the server tells of itself, whichever one it is. */
  readonly onNotification: Event<ServerNotification> = this.notificationEmitter.event;

  constructor(private readonly options: AppServerOptions) {
    this.ownPolicy = new RestartPolicy(options.backoff);
    this.remotePolicy = new RestartPolicy(options.backoff ?? remoteBackoff, remoteWords);
  }

  /** The settings name a server elsewhere: what lies on its disk need not lie on this one. */
  get isRemote(): boolean {
    return this.wanted().endpoint !== '';
  }

  /**
   * Works with the running server, started if need be. Callers that come together share one start. The server is not
   * stopped for being idle while work uses it, but it may end: then the connection rejects with `AppServerEnded`.
   * @throws UserError: Codex missing, too old, not starting, or ending again and again; each says what to do.
   */
  async use<T>(work: (connection: AppServerConnection) => Promise<T>): Promise<T> {
    const run = await this.sequence.run(() => this.enter());
    try {
      const result = await work(run.connection);
      run.hasServed();
      return result;
    } finally {
      run.leave(this.options.idleTimeout?.() ?? 0, () => this.stopIdle(run));
    }
  }

  /**
   * Ends the server, and with it whatever runs on it; the next use starts a new one, also if it was given up before.
   * @param why a sentence for everybody whose work was on it
   * @param only the server that is meant: another one that was started since then stays
   */
  async restart(why: string, only?: AppServerConnection): Promise<void> {
    const { run } = this;
    if (only && (run?.connection !== only || run.ended)) return;
    this.clearPolicies();
    this.hurry.resolve(undefined);
    if (this.state.kind === 'failing') this.become({ kind: 'stopped' });
    await run?.close('restart', why);
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    this.hurry.resolve(undefined);
    // A start that hangs is not waited for; one that is just about to begin sees that it is too late.
    await this.run?.close('stopped', '');
    await this.sequence.run(async () => this.run?.close('stopped', ''));
    this.changeEmitter.dispose();
    this.notificationEmitter.dispose();
  }

  private async enter(): Promise<ServerRun> {
    const run = await this.ready();
    run.enter();
    return run;
  }

  private async ready(): Promise<ServerRun> {
    this.requireOpen();
    const wanted = this.wanted();
    const { run } = this;
    if (run && (run.ended || !run.isUsed)) await this.replaceChanged(run, wanted);
    if (run && !run.ended) return run;
    this.requireHope(wanted);
    // Two servers at once would contend for the threads on disk.
    await run?.close('stopped');
    return this.start(wanted);
  }

  private wanted(): Wanted {
    return { executable: this.options.executable(), endpoint: this.options.endpoint?.().trim() ?? '' };
  }

  /** A server elsewhere may be back at any time, and asking costs nothing: it is given up for one use only. */
  private requireHope(wanted: Wanted): void {
    const policy = this.policyOf(wanted);
    const givenUp = policy.givenUp();
    if (givenUp === null) return;
    if (wanted.endpoint !== '') policy.clear();
    throw givenUp;
  }

  private policyOf({ endpoint }: Wanted): RestartPolicy {
    return endpoint === '' ? this.ownPolicy : this.remotePolicy;
  }

  private clearPolicies(): void {
    this.ownPolicy.clear();
    this.remotePolicy.clear();
  }

  /** A changed program or login also is a reason to try again what failed before. */
  private async replaceChanged(run: ServerRun, wanted: Wanted): Promise<void> {
    const change = await run.change(wanted);
    if (change === null) return;
    this.clearPolicies();
    if (!run.ended) this.options.logger.info(`The App Server is started anew: ${change}.`);
    await run.close('restart', `It was started anew because ${change}.`);
  }

  private async start(wanted: Wanted): Promise<ServerRun> {
    this.become({ kind: 'starting' });
    try {
      // What somebody had and lost is worth more than one try; what never was there is not.
      while (this.policyOf(wanted).hasFailed && wanted.endpoint !== '') {
        const run = await this.reconnect(wanted);
        if (run) return run;
        this.requireHope(wanted);
      }
      return await this.startOnce(wanted);
    } catch (error) {
      if (this.state.kind === 'starting') this.become({ kind: 'stopped' });
      throw error;
    }
  }

  /** Null if the server cannot be reached now. */
  private async reconnect(wanted: Wanted): Promise<ServerRun | null> {
    try {
      return await this.startOnce(wanted);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      this.options.logger.info(error.message);
      this.remotePolicy.ended(error.message);
      return null;
    }
  }

  private async startOnce(wanted: Wanted): Promise<ServerRun> {
    await this.pause(wanted);
    return this.introduce(new ServerRun(await this.open(wanted), this.options));
  }

  private async open({ executable, endpoint: setting }: Wanted): Promise<ServerOrigin> {
    const { folder, env, logger, token = () => Promise.resolve('') } = this.options;
    const endpoint = parseEndpoint(setting);
    if (endpoint) {
      logger.info(`Connecting to ${endpoint.text}`);
      return RemoteServer.connect({ endpoint, setting, token, logger });
    }
    const launch = await locateCodex(executable, env);
    await makePrivateFolder(folder);
    logger.info(`Starting ${launch.file} (found through: ${launch.found.source})`);
    return ChildServer.start({ executable, launch, env, cwd: folder, stateHome: folder, logger });
  }

  private async introduce(run: ServerRun): Promise<ServerRun> {
    this.run = run;
    run.connection.onServerNotification((told) => void this.notificationEmitter.fire(told));
    void run.connection.ended.then((reason) => this.ended(run, reason));
    try {
      this.requireOpen();
      await run.handshake();
      if (run.ended) throw await run.connection.ended;
    } catch (error) {
      await run.close('stopped');
      throw error;
    }
    const { place: file, isRemote, connection } = run;
    const { version, identity } = connection;
    this.become({ kind: 'running', version, file, pid: identity?.pid, isRemote });
    return run;
  }

  /** Waits as long as the policy says; left at once by `restart` and `dispose`. */
  private async pause(wanted: Wanted): Promise<void> {
    this.requireOpen();
    const wait = this.policyOf(wanted).wait();
    if (wait === 0) return;
    this.options.logger.info(`The App Server ended, or could not be reached; the next try is in ${wait} ms.`);
    this.hurry = deferred();
    await settlesWithin(this.hurry.promise, wait);
    this.requireOpen();
  }

  private ended(run: ServerRun, reason: AppServerEnded): void {
    this.options.logger.info(reason.message);
    const policy = run.isRemote ? this.remotePolicy : this.ownPolicy;
    if (run.wasStable(this.options.stableAfter ?? defaultStableAfter)) policy.clear();
    // A connection that was of no use is counted where it was tried.
    const counts = unasked.includes(reason.cause) && (run.introduced || !run.isRemote);
    if (counts) policy.ended(reason.message);
    const givenUp = policy.givenUp();
    this.become(givenUp ? { kind: 'failing', reason: givenUp.message } : { kind: 'stopped' });
    run.close('stopped').catch((error: unknown) => this.options.logger.error(messageOf(error)));
  }

  private stopIdle(run: ServerRun): void {
    const stopped = this.sequence.run(async () => {
      if (run.isUsed || run.ended) return;
      const what = run.isRemote ? 'disconnected from' : 'stopped';
      this.options.logger.info(`The App Server is ${what}: nobody uses it.`);
      await run.close('stopped', 'Nobody used it.');
    });
    stopped.catch((error: unknown) => this.options.logger.error(messageOf(error)));
  }

  private requireOpen(): void {
    if (this.disposed) throw new UserError('Tandem is shutting down.');
  }

  private become(state: AppServerState): void {
    this.state = state;
    if (!this.disposed) this.changeEmitter.fire(state);
  }
}
