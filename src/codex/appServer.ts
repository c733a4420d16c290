import { Emitter, type Event } from 'vscode-jsonrpc/node';
import { Sequence } from '../base/async.ts';
import { makePrivateFolder } from '../base/files.ts';
import { UserError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { AppServerConnection, AppServerError, updateAdvice } from './connection.ts';
import { locateCodex } from './locate.ts';

export interface AppServerOptions {
  /** Path from the user's settings, read at every start; empty to look for it. */
  executable(): string;
  version: string;
  env: NodeJS.ProcessEnv;
  /** Working directory of the server. */
  folder: string;
  logger: Logger;
  /** Milliseconds; for tests. */
  requestTimeout?: number;
}

export type AppServerState =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'starting' }
  | {
      readonly kind: 'running';
      readonly version: string;
      readonly file: string;
      readonly pid: number | undefined;
    };

/** The oldest Codex that Tandem is tested with. */
export const oldestVersion = '0.130.0';

/** The one App Server of this host: started on first use, started anew after it ended, stopped with the host. */
export class AppServer {
  private readonly changeEmitter = new Emitter<AppServerState>();
  private readonly sequence = new Sequence();
  private current: { connection: AppServerConnection; executable: string } | null = null;
  private disposed = false;
  state: AppServerState = { kind: 'stopped' };

  /** Fires when the server starts, is ready, or ends. */
  readonly onDidChangeState: Event<AppServerState> = this.changeEmitter.event;

  constructor(private readonly options: AppServerOptions) {}

  /**
   * The running server, started if need be. Callers that come together share one start.
   * @throws UserError: Codex missing, too old, or not starting; each says what to do.
   */
  connect(): Promise<AppServerConnection> {
    return this.sequence.run(async () => {
      if (this.disposed) throw new UserError('Tandem is shutting down.');
      const executable = this.options.executable();
      if (this.current?.executable === executable) return this.current.connection;
      await this.stopCurrent();
      return this.start(executable);
    });
  }

  /** Ends the server, and with it whatever runs on it; the next use starts a new one. */
  restart(): Promise<void> {
    return this.sequence.run(() => this.stopCurrent());
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await this.restart();
    this.changeEmitter.dispose();
  }

  private async start(executable: string): Promise<AppServerConnection> {
    this.become({ kind: 'starting' });
    try {
      const { logger, env, version, folder, requestTimeout } = this.options;
      const launch = await locateCodex(executable, env);
      await makePrivateFolder(folder);
      logger.info(`Starting ${launch.file} (found through: ${launch.found.source})`);
      const connection = await AppServerConnection.start({
        launch,
        env,
        version,
        cwd: folder,
        logger,
        ...(requestTimeout !== undefined && { requestTimeout }),
      });
      if (isOlder(connection.version, oldestVersion)) {
        await connection.close();
        throw new UserError(
          `Codex ${connection.version} at ${launch.found.file} is too old: Tandem needs ${oldestVersion} or later.`,
          updateAdvice,
        );
      }
      this.adopt(connection, executable, launch.file);
      return connection;
    } catch (error) {
      this.become({ kind: 'stopped' });
      throw error;
    }
  }

  private adopt(connection: AppServerConnection, executable: string, file: string): void {
    this.current = { connection, executable };
    this.become({ kind: 'running', version: connection.version, file, pid: connection.pid });
    void connection.ended.then((reason) => {
      this.options.logger.info(reason.message);
      if (this.current?.connection !== connection) return;
      this.current = null;
      this.become({ kind: 'stopped' });
    });
  }

  private async stopCurrent(): Promise<void> {
    await this.current?.connection.close();
    this.current = null;
  }

  private become(state: AppServerState): void {
    this.state = state;
    if (!this.disposed) this.changeEmitter.fire(state);
  }
}

/**
 * True if Codex is sure that it has no login. Doubt is not a no: custom providers need none, and a ChatGPT login
 * whose backend is down answers with an error (facts: app-server.md, 1.2).
 */
export async function isLoggedOut(connection: AppServerConnection): Promise<boolean> {
  const account = await answerOrNull(connection.request('account/read', {}));
  if (account) return account.account === null && account.requiresOpenaiAuth;
  const status = await answerOrNull(
    connection.request('getAuthStatus', { includeToken: false, refreshToken: false }),
  );
  return status !== null && status.authMethod === null;
}

/** Null where the server refuses the request; anything else that goes wrong is thrown. */
async function answerOrNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AppServerError) return null;
    throw error;
  }
}

export const loginAdvice = 'Run `codex login` in a terminal, then try again.';

/** Compares versions by their three numbers; an unknown version is not older. */
export function isOlder(version: string, than: string): boolean {
  if (version === '') return false;
  const numbers = version.split('.').map(Number);
  const limits = than.split('.').map(Number);
  for (const [index, limit] of limits.entries()) {
    const number = numbers[index] ?? 0;
    if (number !== limit) return number < limit;
  }
  return false;
}
