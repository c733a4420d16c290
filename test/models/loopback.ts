import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface LoopbackRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Whole and unpacked. */
  readonly text: string;
  /** Aborted when the client goes away or the server is disposed of. */
  readonly signal: AbortSignal;
}

export interface Loopback {
  /** `http://127.0.0.1:PORT`, port chosen by the operating system. */
  readonly origin: string;
  /** Ends every open answer and closes the port. */
  dispose(): Promise<void>;
}

/**
 * An HTTP server for this machine only, with whole request bodies and a signal per request.
 * `handle` must settle once the signal is aborted; what it throws after that is the abort itself and of no interest.
 */
export async function startLoopback(
  handle: (request: LoopbackRequest, response: ServerResponse) => Promise<void>,
): Promise<Loopback> {
  const sockets = new Set<Socket>();
  const running = new Set<Promise<void>>();
  const server = createServer((message, response) => {
    const work = serve(message, response, handle).finally(() => running.delete(work));
    running.add(work);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${portOf(server.address())}`,
    dispose: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
      await Promise.all(running);
    },
  };
}

async function serve(
  message: IncomingMessage,
  response: ServerResponse,
  handle: (request: LoopbackRequest, response: ServerResponse) => Promise<void>,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  try {
    const text = await bodyOf(message);
    const { method = 'GET', url = '/', headers } = message;
    await handle({ method, url, headers, text, signal: gone.signal }, response);
  } catch (error) {
    // A client that left in the middle is everyday life for a server; anything else is a bug and ends the process.
    if (gone.signal.aborted) return;
    response.destroy();
    throw error;
  }
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const encoding = message.headers['content-encoding'];
  if (encoding === 'gzip') return gunzipSync(body).toString('utf8');
  if (encoding !== undefined) throw new Error(`the stand-in cannot unpack content-encoding ${encoding}`);
  return body.toString('utf8');
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string')
    throw new Error('the stand-in is not listening on a port');
  return address.port;
}
