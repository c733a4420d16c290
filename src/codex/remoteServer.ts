import { UserError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { AppServerConnection } from './connection.ts';
import type { Endpoint } from './endpoint.ts';
import { handshakeFailure, notAnAppServer } from './remoteFailures.ts';
import type { ServerOrigin, Wanted } from './serverOrigin.ts';
import type { ServerTransport } from './serverTransport.ts';
import { oldestVersion } from './version.ts';
import { connectWebSocket } from './webSocketTransport.ts';

export interface RemoteServerOptions {
  endpoint: Endpoint;
  /** The setting that named the endpoint. */
  setting: string;
  /** The token of an endpoint, read anew each time; empty for none. */
  token: (endpoint: Endpoint) => Promise<string>;
  logger: Logger;
}

/** What introduces itself is there, and answers in 20 ms; what does not is no App Server. Milliseconds. */
const handshakeTimeout = 15_000;

/** An App Server that is not ours: connected to, never started nor ended, and its disk is not ours to look at. */
export class RemoteServer implements ServerOrigin {
  readonly place: string;

  private constructor(
    private readonly options: RemoteServerOptions,
    private readonly token: string,
    readonly transport: ServerTransport,
  ) {
    this.place = options.endpoint.text;
  }

  /** @throws UserError as `connectWebSocket` */
  static async connect(options: RemoteServerOptions): Promise<RemoteServer> {
    const { endpoint, logger } = options;
    const token = await options.token(endpoint);
    return new RemoteServer(options, token, await connectWebSocket({ endpoint, token, logger }));
  }

  async handshake(connection: AppServerConnection): Promise<void> {
    try {
      await connection.handshake(handshakeTimeout);
    } catch (error) {
      throw handshakeFailure(this.place, error);
    }
    if (connection.version === '')
      throw notAnAppServer(this.place, 'it does not say which version of Codex it is');
  }

  tooOld(version: string): UserError {
    return new UserError(
      `Codex ${version} at ${this.place} is too old: Tandem needs ${oldestVersion} or later.`,
      'Update Codex where that App Server runs, and start it again.',
    );
  }

  async change({ endpoint: setting }: Wanted): Promise<string | null> {
    const { endpoint, token, setting: former } = this.options;
    if (setting !== former) return 'the setting `tandem.appServer.endpoint` was changed';
    return (await token(endpoint)) === this.token ? null : 'the token was changed';
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
