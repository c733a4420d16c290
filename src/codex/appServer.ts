import { Emitter, type Event } from 'vscode-jsonrpc/node';
import { Sequence, deferred, settlesWithin } from '../base/async.ts';
import { UserError, messageOf } from '../base/errors.ts';
import { makePrivateFolder } from '../base/files.ts';
import type { Logger } from '../base/logger.ts';
import type { AppServerConnection, AppServerEnded, RequestHandler } from './connection.ts';
import { locateCodex } from './locate.ts';
import { RestartPolicy } from './restartPolicy.ts';
import { ServerRun } from './serverRun.ts';

export interface AppServerOptions {
  /** Path from the user's settings, read at every use; empty to look for it. */
  executable(): string;
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
  /** See `defaultBackoff`. */
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
      readonly file: string;
      readonly pid: number | undefined;
    }
  /** It ended by itself too often: it is started again only by `restart`, or when its program or login changes. */
  | { readonly kind: 'failing'; readonly reason: string };

const defaultStableAfter = 60_000;

/** The one App Server of this host: started on first use, started anew after it ended, stopped when nobody uses it. */
export class AppServer {
  private readonly changeEmitter = new Emitter<AppServerState>();
  private readonly sequence = new Sequence();
  private readonly policy: RestartPolicy;
  /** The last one that was started; it may have ended. */
  private run: ServerRun | null = null;
  private hurry = deferred<undefined>();
  private disposed = false;
  state: AppServerState = { kind: 'stopped' };

  /** Fires when the server starts, is ready, ends, or is given up. */
  readonly onDidChangeState: Event<AppServerState> = this.changeEmitter.event;

  constructor(private readonly options: AppServerOptions) {
    this.policy = new RestartPolicy(options.backoff);
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
    this.policy.clear();
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
  }

  private async enter(): Promise<ServerRun> {
    const run = await this.ready();
    run.enter();
    return run;
  }

  private async ready(): Promise<ServerRun> {
    this.requireOpen();
    const executable = this.options.executable();
    const { run } = this;
    if (run && (run.ended || !run.isUsed)) await this.replaceChanged(run, executable);
    if (run && !run.ended) return run;
    const givenUp = this.policy.givenUp();
    if (givenUp) throw givenUp;
    // Two servers at once would contend for the threads on disk.
    await run?.close('stopped');
    return this.start(executable);
  }

  /** A changed program or login also is a reason to try again what failed before. */
  private async replaceChanged(run: ServerRun, executable: string): Promise<void> {
    const change = await run.change(executable);
    if (change === null) return;
    this.policy.clear();
    if (!run.ended) this.options.logger.info(`The App Server is started anew: ${change}.`);
    await run.close('restart', `It was started anew because ${change}.`);
  }

  private async start(executable: string): Promise<ServerRun> {
    this.become({ kind: 'starting' });
    try {
      await this.pause();
      const { folder, env, logger } = this.options;
      const launch = await locateCodex(executable, env);
      await makePrivateFolder(folder);
      logger.info(`Starting ${launch.file} (found through: ${launch.found.source})`);
      const run = await ServerRun.start({
        ...this.options,
        executable,
        launch,
        cwd: folder,
        stateHome: folder,
      });
      return await this.introduce(run);
    } catch (error) {
      if (this.state.kind === 'starting') this.become({ kind: 'stopped' });
      throw error;
    }
  }

  private async introduce(run: ServerRun): Promise<ServerRun> {
    this.run = run;
    void run.connection.ended.then((reason) => this.ended(run, reason));
    try {
      this.requireOpen();
      await run.handshake();
      if (run.ended) throw await run.connection.ended;
    } catch (error) {
      await run.close('stopped');
      throw error;
    }
    const { version, identity } = run.connection;
    this.become({ kind: 'running', version, file: run.file, pid: identity?.pid });
    return run;
  }

  /** Waits as long as the policy says; left at once by `restart` and `dispose`. */
  private async pause(): Promise<void> {
    this.requireOpen();
    const wait = this.policy.wait();
    if (wait === 0) return;
    this.options.logger.info(`The App Server ended by itself; it is started again in ${wait} ms.`);
    this.hurry = deferred();
    await settlesWithin(this.hurry.promise, wait);
    this.requireOpen();
  }

  private ended(run: ServerRun, reason: AppServerEnded): void {
    this.options.logger.info(reason.message);
    if (run.wasStable(this.options.stableAfter ?? defaultStableAfter)) this.policy.clear();
    if (reason.cause === 'exit' || reason.cause === 'silent') this.policy.ended(reason.message);
    const givenUp = this.policy.givenUp();
    this.become(givenUp ? { kind: 'failing', reason: givenUp.message } : { kind: 'stopped' });
    run.close('stopped').catch((error: unknown) => this.options.logger.error(messageOf(error)));
  }

  private stopIdle(run: ServerRun): void {
    const stopped = this.sequence.run(async () => {
      if (run.isUsed || run.ended) return;
      this.options.logger.info('The App Server is stopped: nobody uses it.');
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
