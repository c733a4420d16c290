import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError, errorCode } from '../base/errors.ts';
import { ProcessRecord } from '../base/processJournal.ts';
import { type AppServerConnection, updateAdvice } from './connection.ts';
import type { ServerOrigin, Wanted } from './serverOrigin.ts';
import { ServerProcess, type ServerProcessOptions } from './serverProcess.ts';
import { oldestVersion } from './version.ts';

export interface ChildServerOptions extends ServerProcessOptions {
  /** The setting that it is started for. */
  executable: string;
  stateHome: string;
}

/** An App Server as a child process of ours: what it was started from, and what is written down about it. */
export class ChildServer implements ServerOrigin {
  readonly transport: ServerProcess;
  readonly place: string;
  private readonly record: ProcessRecord | null;
  private login: Promise<string | null> = Promise.resolve(null);
  private codexHome = '';

  private constructor(
    private readonly options: ChildServerOptions,
    private readonly program: readonly (string | null)[],
  ) {
    const { launch, stateHome, logger } = options;
    this.place = launch.file;
    this.transport = new ServerProcess(options);
    const { identity } = this.transport;
    this.record = identity && new ProcessRecord(stateHome, identity, launch.file, logger);
  }

  /** Starts the process. */
  static async start(options: ChildServerOptions): Promise<ChildServer> {
    return new ChildServer(options, await stampsOf(options));
  }

  async handshake(connection: AppServerConnection): Promise<void> {
    connection.onServerNotification(({ method }) => {
      if (method === 'mcpServer/startupStatus/updated') this.record?.noteChildren();
      if (method === 'account/updated') this.noteLogin();
    });
    await connection.handshake();
    this.codexHome = connection.codexHome;
    this.noteLogin();
    await this.login;
  }

  tooOld(version: string): UserError {
    const { file } = this.options.launch.found;
    return new UserError(
      `Codex ${version} at ${file} is too old: Tandem needs ${oldestVersion} or later.`,
      updateAdvice,
    );
  }

  async change({ executable, endpoint }: Wanted): Promise<string | null> {
    if (endpoint !== '') return 'the setting `tandem.appServer.endpoint` was changed';
    if (executable !== this.options.executable) return 'the setting `tandem.codex.path` was changed';
    const now = await stampsOf(this.options);
    // A file that is not there is no reason: an update is under way, or the server outlives its program.
    if (now.some((stamp, index) => stamp !== null && stamp !== this.program[index]))
      return `${this.place} was replaced`;
    if ((await this.loginStamp()) !== (await this.login)) return 'the login was changed';
    return null;
  }

  async close(): Promise<void> {
    await this.record?.close();
  }

  /** A running server never looks at its login again (measured on 0.130 and 0.169), so a change is noticed here. */
  private noteLogin(): void {
    this.login = this.loginStamp();
  }

  /** Null without a login file; always before the handshake has told where it would be. */
  private async loginStamp(): Promise<string | null> {
    return this.codexHome === '' ? null : stampOf(path.join(this.codexHome, 'auth.json'));
  }
}

/** The program and how it was found: an update may replace the one, or make a link point elsewhere. */
function stampsOf({ launch }: ServerProcessOptions): Promise<(string | null)[]> {
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
