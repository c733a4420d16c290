import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type Server, type Socket, createServer } from 'node:net';
import { hostname } from 'node:os';
import path from 'node:path';
import { Emitter, type Event } from 'vscode-jsonrpc/node';
import { Sequence } from '../base/async.ts';
import { identityOf } from '../base/childProcess.ts';
import { messageOf } from '../base/errors.ts';
import { type Logger, tagged } from '../base/logger.ts';
import { realPathOrNull } from '../base/paths.ts';
import { type Discovery, bridgeProtocolVersion } from '../protocol/discovery.ts';
import { BridgeClient } from './bridgeClient.ts';
import type { BridgeService } from './bridgeService.ts';
import { publish, sweepStaleHosts, unpublish, unpublishSync } from './discovery.ts';
import { makeAddress, removeAddress, removeOwnAddressSync } from './endpoint.ts';

export interface BridgeServerOptions {
  kind: 'window' | 'headless';
  /** Version of the extension. */
  version: string;
  stateHome: string;
  logger: Logger;
  /** Absolute paths of the workspace folders; read at `listen` and `updateFolders`. */
  folders(): readonly string[];
  service: BridgeService;
  /** A connection without a `hello` is closed after this time. Milliseconds, default 5000. */
  helloTimeout?: number;
}

/** What exists while the bridge listens. */
interface Listening {
  server: Server;
  /** Settles once nobody listens and the last connection has ended. */
  closed: Promise<void>;
  discovery: Discovery;
  file: string;
  /** Nobody is let in any more. */
  retired: boolean;
}

/** The host's end of the local socket: listens, is found, lets companions in, and hands their requests to the service. */
export class BridgeServer {
  private readonly logger: Logger;
  private readonly sequence = new Sequence();
  private readonly connections = new Set<BridgeClient>();
  private readonly greeted = new Set<BridgeClient>();
  private readonly clientsEmitter = new Emitter<number>();
  private listening: Listening | undefined;

  /** Fires with the new number of companions when one was let in or has gone. */
  readonly onDidChangeClients: Event<number> = this.clientsEmitter.event;

  constructor(private readonly options: BridgeServerOptions) {
    this.logger = tagged(options.logger, 'bridge');
  }

  /** This host's id in its discovery file; undefined while it does not listen. */
  get id(): string | undefined {
    return this.listening?.discovery.id;
  }

  /** Path of the file by which companions find this host; undefined while it does not listen. */
  get discoveryFile(): string | undefined {
    return this.listening?.file;
  }

  /** Number of companions that have said hello. */
  get clientCount(): number {
    return this.greeted.size;
  }

  /** Starts listening, is found from then on, and removes what killed hosts left behind. */
  listen(): Promise<void> {
    return this.sequence.run(async () => {
      if (this.listening) return;
      const address = await makeAddress();
      const server = createServer((socket) => this.accept(socket));
      try {
        server.listen(address);
        await once(server, 'listening');
        const discovery = await this.describe(address);
        const file = await publish(this.options.stateHome, discovery);
        const closed = new Promise<void>((resolve) => server.once('close', resolve));
        this.listening = { server, closed, discovery, file, retired: false };
      } catch (error) {
        server.close();
        await removeAddress(address);
        throw error;
      }
      process.on('exit', this.leaveNothing);
      server.on('error', (error) => this.logger.error(`The local socket failed: ${error.message}`));
      this.logger.info(`Listening at ${address}.`);
      await sweepStaleHosts(this.options.stateHome, this.logger);
    });
  }

  /** Publishes the workspace folders anew, if they have changed. */
  updateFolders(): Promise<void> {
    return this.sequence.run(async () => {
      if (!this.listening || this.listening.retired) return;
      const { discovery } = this.listening;
      const updated = { ...discovery, folders: await this.realFolders() };
      if (JSON.stringify(updated) === JSON.stringify(discovery)) return;
      await publish(this.options.stateHome, updated);
      this.listening.discovery = updated;
    });
  }

  /**
   * Lets nobody in any more, while those who are in are still served: for a host that has begun to end. Who comes now looks
   * for another host instead of asking one that ends before it answers.
   */
  retire(): Promise<void> {
    return this.sequence.run(async () => {
      if (!this.listening || this.listening.retired) return;
      this.listening.retired = true;
      this.listening.server.close();
      for (const connection of [...this.connections]) if (!this.greeted.has(connection)) connection.end();
      try {
        await unpublish(this.listening.file);
      } catch (error) {
        // Who finds it finds nobody there; the next host's sweep removes it.
        this.logger.warn(`${this.listening.file} stays for now: ${messageOf(error)}`);
      }
    });
  }

  /** Ends every connection, and removes the discovery file and the socket with its folder. */
  async close(): Promise<void> {
    await this.retire();
    await this.sequence.run(async () => {
      if (!this.listening) return;
      const { closed, discovery } = this.listening;
      this.listening = undefined;
      process.off('exit', this.leaveNothing);
      for (const connection of [...this.connections]) connection.end();
      await closed;
      await removeAddress(discovery.address);
    });
  }

  /** For a process that ends before it could close, as an extension host does that is given no time. */
  private readonly leaveNothing = () => {
    if (!this.listening) return;
    unpublishSync(this.listening.file);
    removeOwnAddressSync(this.listening.discovery.address);
  };

  private async describe(address: string): Promise<Discovery> {
    return {
      protocol: bridgeProtocolVersion,
      id: randomBytes(16).toString('hex'),
      kind: this.options.kind,
      version: this.options.version,
      machine: hostname(),
      ...identityOf(process.pid),
      startedAt: new Date().toISOString(),
      address,
      token: randomBytes(32).toString('hex'),
      folders: await this.realFolders(),
    };
  }

  private async realFolders(): Promise<string[]> {
    const folders = this.options.folders().filter((folder) => path.isAbsolute(folder));
    const real = await Promise.all(folders.map(realPathOrNull));
    return real.filter((folder) => folder !== null);
  }

  private accept(socket: Socket): void {
    // Before the token is published nobody can know it, and from the beginning of the end nobody is let in.
    if (!this.listening || this.listening.retired) {
      socket.destroy();
      return;
    }
    const client: BridgeClient = new BridgeClient(socket, {
      token: this.listening.discovery.token,
      service: this.options.service,
      logger: this.logger,
      helloTimeout: this.options.helloTimeout ?? 5_000,
      logPlace: this.logPlace(),
      host: () => this.describeHost(),
      onGreeted: () => {
        this.greeted.add(client);
        this.clientsEmitter.fire(this.greeted.size);
      },
      onEnded: () => {
        this.connections.delete(client);
        if (this.greeted.delete(client)) this.clientsEmitter.fire(this.greeted.size);
      },
    });
    this.connections.add(client);
  }

  private describeHost() {
    const { kind, version } = this.options;
    return { kind, version, pid: process.pid, folders: this.listening?.discovery.folders ?? [] };
  }

  private logPlace(): string {
    return this.options.kind === 'window'
      ? '“Tandem: Show Log” in VS Code'
      : path.join(this.options.stateHome, 'logs');
  }
}
