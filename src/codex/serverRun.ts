import { AppServerConnection, type ConnectionOptions } from './connection.ts';
import type { ServerOrigin, Wanted } from './serverOrigin.ts';
import { isOlder, oldestVersion } from './version.ts';

/** The longest that a timer of Node can wait. Milliseconds. */
const maxTimeout = 2 ** 31 - 1;

/** One App Server from its start (or from the connection to it) to its end, and who uses it. */
export class ServerRun {
  readonly connection: AppServerConnection;
  private readonly startedAt = Date.now();
  private idleTimer: NodeJS.Timeout | undefined;
  private served = false;
  private users = 0;
  private hasEnded = false;
  /** It has shown itself to be an App Server that is of use. */
  introduced = false;

  /** `handshake` comes next. */
  constructor(
    private readonly origin: ServerOrigin,
    options: ConnectionOptions,
  ) {
    this.connection = new AppServerConnection(origin.transport, options);
    void this.connection.ended.then(() => {
      this.hasEnded = true;
      clearTimeout(this.idleTimer);
    });
  }

  /** The program's file, or the address. */
  get place(): string {
    return this.origin.place;
  }

  get isRemote(): boolean {
    return this.connection.remote !== null;
  }

  get ended(): boolean {
    return this.hasEnded;
  }

  get isUsed(): boolean {
    return this.users > 0;
  }

  /** @throws UserError: no answer, ended, too old, no App Server; it is to be closed then. */
  async handshake(): Promise<void> {
    await this.origin.handshake(this.connection);
    const { version } = this.connection;
    if (isOlder(version, oldestVersion)) throw this.origin.tooOld(version);
    this.introduced = true;
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

  /**
   * True if it did useful work and ran that long: what ends it then is no sign that starting it is of no use. A
   * connection need only have held: what it was used for may go on after it.
   */
  wasStable(minimum: number): boolean {
    return (this.served || this.isRemote) && Date.now() - this.startedAt >= minimum;
  }

  /** What is not as it was when this server was started, in words for the log; null if nothing. */
  change(wanted: Wanted): Promise<string | null> {
    return this.origin.change(wanted);
  }

  /** Ends the server as `AppServerConnection.close`, and what it left behind. */
  async close(cause: 'restart' | 'stopped', why?: string): Promise<void> {
    await this.connection.close(cause, why);
    await this.origin.close();
  }
}
