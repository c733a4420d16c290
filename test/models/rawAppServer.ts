import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { endsWithThisProcess } from '../support/cleanup.ts';
import { type Environment } from '../support/environment.ts';
import { type JsonObject, objectOf, textOf } from '../support/json.ts';

/**
 * A real `codex app-server` as raw JSON lines. On purpose not the product's client:
 * the stand-ins are proven against the program, and only against the program.
 */
export interface RawAppServer {
  /** Every message without an id that came so far, in order. */
  readonly notifications: readonly RawNotification[];
  /** @throws Error with the server's message when the answer is an error. */
  request(method: string, params: JsonObject): Promise<JsonObject>;
  /** The first notification, past or coming, that matches; rejects after 30 s or when the server ends. */
  waitFor(method: string, matches?: (params: JsonObject) => boolean): Promise<JsonObject>;
  /** Closes stdin and waits until the process is gone. */
  dispose(): Promise<void>;
}

export interface RawNotification {
  readonly method: string;
  readonly params: JsonObject;
}

const deadlineMs = 30_000;

interface Waiting {
  readonly tryTake: (message: JsonObject) => boolean;
  readonly fail: (reason: Error) => void;
}

/** Starts `command app-server` and does the handshake with the experimental API on. */
export async function startRawAppServer(command: string, env: Environment): Promise<RawAppServer> {
  const child = spawn(command, ['app-server'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  endsWithThisProcess(child);
  const exited = once(child, 'exit');
  const notifications: RawNotification[] = [];
  const waiting = new Set<Waiting>();
  let lastId = 0;

  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = objectOf(JSON.parse(line));
    if (message['id'] === undefined) {
      notifications.push({ method: textOf(message['method']), params: objectOf(message['params']) });
    }
    for (const entry of [...waiting]) if (entry.tryTake(message)) waiting.delete(entry);
  });
  child.on('exit', () => {
    for (const entry of waiting) entry.fail(new Error('the app server ended'));
  });

  function next(
    what: string,
    take: (message: JsonObject) => JsonObject | Error | undefined,
  ): Promise<JsonObject> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => entry.fail(new Error(`${what} did not come within ${deadlineMs} ms`)),
        deadlineMs,
      );
      const entry: Waiting = {
        tryTake: (message) => {
          const taken = take(message);
          if (taken === undefined) return false;
          clearTimeout(timer);
          if (taken instanceof Error) reject(taken);
          else resolve(taken);
          return true;
        },
        fail: (reason) => {
          clearTimeout(timer);
          waiting.delete(entry);
          reject(reason);
        },
      };
      waiting.add(entry);
    });
  }

  const server: RawAppServer = {
    notifications,
    request: (method, params) => {
      lastId += 1;
      const id = lastId;
      const answer = next(`the answer to ${method}`, (message) => {
        if (message['id'] !== id || message['method'] !== undefined) return undefined;
        const error = message['error'];
        return error === undefined
          ? objectOf(message['result'])
          : new Error(textOf(objectOf(error)['message']));
      });
      child.stdin.write(`${JSON.stringify({ id, method, params })}\n`);
      return answer;
    },
    waitFor: (method, matches = () => true) => {
      const seen = notifications.find((entry) => entry.method === method && matches(entry.params));
      if (seen !== undefined) return Promise.resolve(seen.params);
      return next(method, (message) => {
        const params = objectOf(message['params']);
        return message['id'] === undefined && message['method'] === method && matches(params)
          ? params
          : undefined;
      });
    },
    dispose: async () => {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
      await exited;
      clearTimeout(timer);
      if (child.signalCode !== null)
        throw new Error(`the app server did not end by itself (${child.signalCode})`);
    },
  };
  const clientInfo = { name: 'tandem_tests', title: 'Tandem tests', version: '0.0.0' };
  await server.request('initialize', { clientInfo, capabilities: { experimentalApi: true } });
  child.stdin.write('{"method":"initialized"}\n');
  return server;
}
