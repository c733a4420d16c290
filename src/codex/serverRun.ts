import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError, errorCode } from '../base/errors.ts';
import { AppServerConnection, type ConnectionOptions, updateAdvice } from './connection.ts';
import { ProcessRecord } from './processJournal.ts';
import { isOlder, oldestVersion } from './version.ts';

export interface ServerRunOptions extends ConnectionOptions {
  /** The setting that it is started for. */
  executable: string;
  stateHome: string;
}

/** One App Server from its start to its end: who uses it, what it was started from, what is written down about it. */
export class ServerRun {
  readonly connection: AppServerConnection;
  readonly file: string;
  private readonly record: ProcessRecord | null;
  private readonly startedAt = Date.now();
  private login: Promise<string | null> = Promise.resolve(null);
  private idleTimer: NodeJS.Timeout | undefined;
  private served = false;
  private users = 0;
  private hasEnded = false;

  private constructor(
    private readonly options: ServerRunOptions,
    private readonly program: readonly (string | null)[],
  ) {
    const { launch, stateHome, logger } = options;
    this.file = launch.file;
    this.connection = new AppServerConnection(options);
    const { identity, ended } = this.connection;
    this.record = identity && new ProcessRecord(stateHome, identity, launch.file, logger);
    this.connection.onServerNotification(({ method }) => {
      if (method === 'mcpServer/startupStatus/updated') this.record?.noteChildren();
      if (method === 'account/updated') this.noteLogin();
    });
    void ended.then(() => {
      this.hasEnded = true;
      clearTimeout(this.idleTimer);
    });
  }

  /** Starts the process; `handshake` comes next. */
  static async start(options: ServerRunOptions): Promise<ServerRun> {
    return new ServerRun(options, await stampsOf(options));
  }

  get ended(): boolean {
    return this.hasEnded;
  }

  get isUsed(): boolean {
    return this.users > 0;
  }

  /** @throws UserError: no answer, ended, too old; the server is to be closed then. */
  async handshake(): Promise<void> {
    await this.connection.handshake();
    const { version } = this.connection;
    if (isOlder(version, oldestVersion))
      throw new UserError(
        `Codex ${version} at ${this.options.launch.found.file} is too old: Tandem needs ${oldestVersion} or later.`,
        updateAdvice,
      );
    this.noteLogin();
    await this.login;
  }

  enter(): void {
    this.users += 1;
    clearTimeout(this.idleTimer);
  }

  /** @param onIdle called after `timeout` ms without a user; never if that is 0 */
  leave(timeout: number, onIdle: () => void): void {
    this.users -= 1;
    if (this.users > 0 || this.hasEnded || timeout <= 0) return;
    this.idleTimer = setTimeout(onIdle, Math.min(timeout, maxTimeout)).unref();
  }

  /** Notes that it was of use. */
  hasServed(): void {
    this.served = true;
  }

  /** True if it did useful work and ran that long: what ends it then is no sign that starting it is of no use. */
  wasStable(minimum: number): boolean {
    return this.served && Date.now() - this.startedAt >= minimum;
  }

  /** What is not as it was when this server was started, in words for the log; null if nothing. */
  async change(executable: string): Promise<string | null> {
    if (executable !== this.options.executable) return 'the setting `tandem.codex.path` was changed';
    const now = await stampsOf(this.options);
    // A file that is not there is no reason: an update is under way, or the server outlives its program.
    if (now.some((stamp, index) => stamp !== null && stamp !== this.program[index]))
      return `${this.file} was replaced`;
    if ((await this.loginStamp()) !== (await this.login)) return 'the login was changed';
    return null;
  }

  /** Ends the server as `AppServerConnection.close`, and what it left behind. */
  async close(cause: 'restart' | 'stopped', why?: string): Promise<void> {
    await this.connection.close(cause, why);
    await this.record?.close();
  }

  /** A running server never looks at its login again (measured on 0.130 and 0.169), so a change is noticed here. */
  private noteLogin(): void {
    this.login = this.loginStamp();
  }

  /** Null without a login file; always before the handshake has told where it would be. */
  private async loginStamp(): Promise<string | null> {
    const { codexHome } = this.connection;
    return codexHome === '' ? null : stampOf(path.join(codexHome, 'auth.json'));
  }
}

/** The longest that a timer of Node can wait. Milliseconds. */
const maxTimeout = 2 ** 31 - 1;

/** The program and how it was found: an update may replace the one, or make a link point elsewhere. */
function stampsOf({ launch }: ServerRunOptions): Promise<(string | null)[]> {
  return Promise.all([launch.found.file, launch.file].map(stampOf));
}

/** What a file is, as far as that can be seen without reading it; null if there is nothing to see. */
async function stampOf(file: string): Promise<string | null> {
  try {
    const real = await realpath(file);
    const { size, mtimeMs } = await stat(real);
    return `${real} ${size} ${mtimeMs}`;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return null;
  }
}
