import http from 'node:http';
import net from 'node:net';
import {
  AbstractMessageReader,
  type DataCallback,
  type Disposable,
  type MessageReader,
  type MessageWriter,
} from 'vscode-jsonrpc/node';
import WebSocket, { type ClientOptions, type RawData } from 'ws';
import { settlesWithin } from '../base/async.ts';
import { TextMessageWriter, handOver } from '../base/lineTransport.ts';
import type { Logger } from '../base/logger.ts';
import { type Endpoint, loginHeaders } from './endpoint.ts';
import { connectFailure, refusal } from './remoteFailures.ts';
import type { ServerTransport } from './serverTransport.ts';

export interface RemoteOptions {
  endpoint: Endpoint;
  /** Empty for none. */
  token: string;
  logger: Logger;
  /** How long the connection may take. Milliseconds. */
  connectTimeout?: number;
}

const defaultConnectTimeout = 10_000;
/** One message of an App Server was up to 1.2 MB (facts: app-server.md, rule 1); 64 MiB lines are read from children, too. Bytes. */
const maxMessage = 256 * 1024 * 1024;
/** How long the other side may take to say goodbye. Milliseconds. */
const closeGrace = 1_000;

/**
 * Connects to an App Server elsewhere. One JSON message is one text frame, and no `Origin` is sent, which the server
 * would refuse (facts: app-server.md, 6.3). Redirects are not followed: the token is meant for this address only.
 * @throws UserError that says what is wrong there; `Unreachable` where it may be better in a moment.
 */
export function connectWebSocket(options: RemoteOptions): Promise<ServerTransport> {
  const { endpoint, token, logger, connectTimeout = defaultConnectTimeout } = options;
  const headers = loginHeaders(endpoint, token);
  const socket = new WebSocket(addressOf(endpoint), {
    headers,
    perMessageDeflate: false,
    maxPayload: maxMessage,
    handshakeTimeout: connectTimeout,
    ...connectionOf(endpoint),
  });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(new WebSocketTransport(socket, endpoint.text, logger)));
    socket.on('error', (error) => reject(connectFailure(endpoint, error, connectTimeout)));
    socket.once('unexpected-response', (request, response) => {
      reject(refusal(endpoint, response.statusCode ?? 0, token !== ''));
      response.resume();
      request.destroy();
    });
  });
}

function addressOf(endpoint: Endpoint): string {
  return endpoint.kind === 'socket' ? 'ws://localhost/' : endpoint.url;
}

/**
 * `ws` has an address for Unix sockets, but splits it at the first colon of the path. Its `createConnection` is not for
 * windows: there VS Code puts an agent of its own in front, which keeps only an agent that a request to localhost brings.
 */
function connectionOf(endpoint: Endpoint): ClientOptions {
  if (endpoint.kind !== 'socket') return {};
  const agent = new http.Agent();
  agent.createConnection = () => net.connect(endpoint.file);
  return { agent };
}

class WebSocketTransport implements ServerTransport {
  readonly identity = null;
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
  readonly ended: Promise<string>;

  constructor(
    private readonly socket: WebSocket,
    readonly remote: string,
    logger: Logger,
  ) {
    let problem = '';
    // Whatever goes wrong ends in `close`; without a listener it would end this process.
    socket.on('error', (error) => (problem = error.message));
    this.ended = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve(closeText(code, String(reason) || problem)));
    });
    this.reader = new FrameReader(socket, (start, why) =>
      logger.warn(`The App Server sent a message that is not JSON-RPC (${why}): ${start}`),
    );
    this.writer = new TextMessageWriter(
      (text, done) => socket.send(text, done),
      () => socket.close(),
    );
  }

  onHeard(listener: () => void): void {
    this.socket.on('message', listener).on('ping', listener).on('pong', listener);
  }

  lastWords(): string {
    return '';
  }

  async end(): Promise<void> {
    this.socket.close();
    if (!(await settlesWithin(this.ended, closeGrace))) this.socket.terminate();
    await this.ended;
  }
}

/** Words that continue "The connection … was lost: it …". 1006: there was no goodbye; 1005: one without a reason (RFC 6455, 7.4.1). */
function closeText(code: number, reason: string): string {
  const why = reason === '' ? '' : ` (${reason})`;
  if (code === 1006) return `broke off${why}`;
  return code === 1005 ? `was closed by the other side${why}` : `was closed with code ${code}${why}`;
}

class FrameReader extends AbstractMessageReader implements MessageReader {
  constructor(
    private readonly socket: WebSocket,
    private readonly onBad: (start: string, reason: string) => void,
  ) {
    super();
  }

  listen(callback: DataCallback): Disposable {
    const onMessage = (data: RawData) => {
      const text = textOf(data);
      const reason = handOver(text, callback);
      if (reason !== null) this.onBad(text.slice(0, 200), reason);
    };
    const onClose = () => this.fireClose();
    this.socket.on('message', onMessage).once('close', onClose);
    return {
      dispose: () => {
        this.socket.off('message', onMessage).off('close', onClose);
      },
    };
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString('utf8');
}
