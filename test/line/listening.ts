import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import tls from 'node:tls';
import { waitFor } from '../engine/wait.ts';
import { type CodexVersion, codexBinary } from '../support/binaries.ts';
import type { TlsIdentity } from '../support/certificates.ts';
import type { Environment } from '../support/environment.ts';
import { createTempFolder } from '../support/temp.ts';

/** An App Server that listens, as somebody else would have started it. */
export interface ListeningServer {
  /** `ws://127.0.0.1:PORT`, or `unix://PATH`. */
  readonly endpoint: string;
  /** It has not ended. */
  isAlive(): boolean;
  dispose(): Promise<void>;
}

export interface ListeningOptions {
  readonly version: CodexVersion;
  readonly env: Environment;
  /** What clients have to log in with; left out for nothing. */
  readonly token?: string;
  /** On a Unix socket. */
  readonly socket?: boolean;
  /** Default: one that is free. */
  readonly port?: number;
  /** A folder that it does not see, as in a container: it has a file system of its own (Linux, `canHide`). */
  readonly hidden?: string;
}

/** Whether this user may give a program a file system of its own. */
export const canHide = spawnSync('unshare', ['-m', 'true']).status === 0;

export async function startListening(options: ListeningOptions): Promise<ListeningServer> {
  const { version, env, token, socket = false, port = 0, hidden } = options;
  const folder = createTempFolder('listening');
  const tokenFile = path.join(folder.path, 'token');
  if (token !== undefined) writeFileSync(tokenFile, token, { mode: 0o600 });
  const login = token === undefined ? [] : ['--ws-auth', 'capability-token', '--ws-token-file', tokenFile];
  const address = socket ? `unix://${path.join(folder.path, 's:1')}` : `ws://127.0.0.1:${port}`;
  const args = ['app-server', '--listen', address, ...login];
  const program = codexBinary(version).native;
  const hide = 'mount --make-rprivate / && mount -t tmpfs tmpfs "$0" && exec "$@"';
  const [file, all] =
    hidden === undefined ? [program, args] : ['unshare', ['-m', 'sh', '-c', hide, hidden, program, ...args]];
  const child = spawn(file, all, {
    cwd: folder.path,
    env: { ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const endpoint = await listening(child, socket ? address : null);
  return {
    endpoint,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    dispose: async () => {
      const ended = once(child, 'exit');
      // Asked to end, it waits for its turns (measured); killed, it would leave its socket.
      const signal = socket ? 'SIGTERM' : 'SIGKILL';
      if (child.exitCode === null && child.signalCode === null && child.kill(signal)) await ended;
      await folder.dispose();
    },
  };
}

/** It says on stderr where it listens (facts: app-server.md, 6.3), but of a socket nothing: that is there, or not yet. */
async function listening(
  child: ChildProcessByStdio<null, null, Readable>,
  socket: string | null,
): Promise<string> {
  const said: string[] = [];
  const lines = createInterface({ input: child.stderr });
  lines.on('line', (line) => said.push(line));
  return waitFor('the App Server to listen', () => {
    if (child.exitCode !== null) throw new Error(said.join('\n'));
    if (socket !== null) return existsSync(socket.slice('unix://'.length)) && socket;
    return /ws:\/\/127\.0\.0\.1:\d+/.exec(said.join('\n'))?.[0];
  });
}

/** A network that can break: passes connections on, until they are cut. */
export interface BreakableNetwork {
  readonly endpoint: string;
  /** How many connections there were so far. */
  connections(): number;
  /** How much clients have sent so far, without TLS around it. Bytes. */
  received(): number;
  /** Cuts every connection; `restored` lets new ones through again, until then they are cut at once. */
  cut(): void;
  /** @param identity what the TLS proxy shows from now on, if it is to be another */
  restore(identity?: TlsIdentity): void;
  dispose(): Promise<void>;
}

/** @param identity with it, a TLS proxy stands in front of the endpoint: `wss://localhost:PORT` */
export async function createBreakableNetwork(
  endpoint: string,
  identity?: TlsIdentity,
): Promise<BreakableNetwork> {
  const port = Number(new URL(endpoint).port);
  const sockets = new Set<net.Socket>();
  let isCut = false;
  let count = 0;
  let received = 0;
  const passOn = (client: net.Socket) => {
    if (isCut) {
      client.destroy();
      return;
    }
    client.on('data', (data) => (received += data.length));
    const upstream = net.connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  };
  const proxy = identity && tls.createServer(identity, passOn);
  const server = proxy ?? net.createServer(passOn);
  server.on('connection', () => (count += isCut ? 0 : 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  const address = server.address() as net.AddressInfo;
  return {
    endpoint: `${proxy ? 'wss://localhost' : 'ws://127.0.0.1'}:${address.port}`,
    connections: () => count,
    received: () => received,
    cut,
    restore: (other) => {
      if (other) proxy?.setSecureContext(other);
      isCut = false;
    },
    dispose: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
