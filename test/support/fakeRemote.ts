import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { type JsonObject, objectOf, textOf } from './json.ts';

/** Something on this machine that speaks WebSocket, as an App Server does or otherwise. */
export interface FakeRemote {
  readonly port: number;
  readonly endpoint: string;
  /** Requests for a WebSocket so far. */
  readonly upgrades: readonly IncomingMessage[];
  /** Codes with which connections were closed so far. */
  readonly closed: readonly number[];
  /** Breaks all connections, without a goodbye. */
  breakOff(): void;
  dispose(): Promise<void>;
}

/** @returns what is answered (`result` or `error`); nothing for no answer */
export type Answer = (method: string, socket: WebSocket) => JsonObject | undefined;

/** Introduces itself as this version, and answers everything else with an empty object. */
export function asCodex(version: string): Answer {
  return (method) => ({ result: method === 'initialize' ? { userAgent: `tandem/${version} (test)` } : {} });
}

export async function startFakeRemote(answer: Answer = asCodex('0.169.0'), port = 0): Promise<FakeRemote> {
  const server = new WebSocketServer({ port, host: '127.0.0.1' });
  await once(server, 'listening');
  const upgrades: IncomingMessage[] = [];
  const closed: number[] = [];
  server.on('connection', (socket, request) => {
    upgrades.push(request);
    socket.on('close', (code) => closed.push(code));
    socket.on('message', (data: Buffer) => {
      const { id, method } = objectOf(JSON.parse(data.toString('utf8')));
      const answered = id === undefined ? undefined : answer(textOf(method), socket);
      if (answered) socket.send(JSON.stringify({ id, ...answered }));
    });
  });
  const address = server.address() as AddressInfo;
  const breakOff = () => {
    for (const socket of server.clients) socket.terminate();
  };
  return {
    port: address.port,
    endpoint: `ws://127.0.0.1:${address.port}`,
    upgrades,
    closed,
    breakOff,
    dispose: async () => {
      breakOff();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
