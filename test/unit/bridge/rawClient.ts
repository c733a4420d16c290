import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type Socket, createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import { withDeadline } from '../../../src/base/async.ts';
import { type Discovery, bridgeProtocolVersion, parseDiscovery } from '../../../src/protocol/discovery.ts';
import { type JsonObject, objectOf } from '../../support/json.ts';

export function discoveryOf(file: string | undefined): Discovery {
  const discovery = parseDiscovery(readFileSync(file ?? '', 'utf8'));
  if (discovery === null) throw new Error(`${file} is not a discovery file`);
  return discovery;
}

export function helloParams(token: string, overrides: JsonObject = {}): JsonObject {
  const client = { door: 'cli', pid: process.pid, version: '0.0.0' };
  return { protocol: bridgeProtocolVersion, token, client, ...overrides };
}

/** How long a host may take here. Milliseconds. */
const patience = 10_000;

/** A companion that says whatever it is told to, well formed or not. */
export class RawClient {
  private readonly lines: JsonObject[] = [];
  private readonly waiting: ((line: JsonObject) => void)[] = [];
  private nextId = 1;
  readonly notifications: JsonObject[] = [];
  private readonly closed: Promise<unknown>;

  private constructor(private readonly socket: Socket) {
    // How it was closed is not the question here.
    socket.on('error', () => undefined);
    this.closed = once(socket, 'close');
    createInterface({ input: socket }).on('line', (line) => this.take(objectOf(JSON.parse(line))));
  }

  static async connect(address: string): Promise<RawClient> {
    const socket = createConnection(address);
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  write(text: string): void {
    this.socket.write(text);
  }

  /** Sends a request without waiting for the answer; gives its id. */
  send(method: string, params: unknown): number {
    const id = this.nextId++;
    this.write(`${JSON.stringify({ id, method, params })}\n`);
    return id;
  }

  /** The whole answer: `result` or `error`. Notifications that come first are in `notifications`. */
  async request(method: string, params: unknown): Promise<JsonObject> {
    const id = this.send(method, params);
    for (;;) {
      const message = await this.next();
      if (message['id'] === id) return message;
      this.notifications.push(message);
    }
  }

  /** Resolves once the host has closed the connection. */
  async untilClosed(): Promise<void> {
    await withDeadline(this.closed, patience, 'The end of the connection');
  }

  end(): void {
    this.socket.destroy();
  }

  private next(): Promise<JsonObject> {
    const line = this.lines.shift();
    if (line) return Promise.resolve(line);
    const next = new Promise<JsonObject>((resolve) => this.waiting.push(resolve));
    return withDeadline(next, patience, 'The host');
  }

  private take(line: JsonObject): void {
    const waiter = this.waiting.shift();
    if (waiter) waiter(line);
    else this.lines.push(line);
  }
}
