import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  Message,
  type MessageReader,
  type MessageWriter,
} from 'vscode-jsonrpc/node';
import { messageOf } from './errors.ts';

export interface LineReaderOptions {
  /** A longer line closes the connection with an error. Bytes; no limit if left out. */
  maxLineBytes?: number;
  /** Told of a line that is not a JSON object; it is skipped. Gets at most the first 200 characters. */
  onBadLine?(start: string, reason: string): void;
}

/** Reads newline-delimited JSON. Splits on bytes, so that a character cut by a chunk border stays whole. */
export class LineMessageReader extends AbstractMessageReader implements MessageReader {
  private pending: Buffer[] = [];
  private pendingBytes = 0;

  constructor(
    private readonly stream: NodeJS.ReadableStream,
    private readonly options: LineReaderOptions = {},
  ) {
    super();
  }

  listen(callback: DataCallback): Disposable {
    const onData = (chunk: Buffer) => this.take(chunk, callback);
    const onError = (error: Error) => this.fireError(error);
    const onClose = () => this.fireClose();
    this.stream.on('data', onData).on('error', onError).on('end', onClose).on('close', onClose);
    return {
      dispose: () => {
        this.stream.off('data', onData).off('error', onError).off('end', onClose).off('close', onClose);
      },
    };
  }

  private take(chunk: Buffer, callback: DataCallback): void {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      this.pending.push(chunk.subarray(start, end));
      const line = Buffer.concat(this.pending).toString('utf8');
      this.pending = [];
      this.pendingBytes = 0;
      start = end + 1;
      this.parse(line, callback);
    }
    if (start === chunk.length) return;
    this.pending.push(chunk.subarray(start));
    this.pendingBytes += chunk.length - start;
    if (this.options.maxLineBytes !== undefined && this.pendingBytes > this.options.maxLineBytes) {
      this.pending = [];
      this.pendingBytes = 0;
      this.fireError(new Error(`A message is longer than ${this.options.maxLineBytes} bytes.`));
      this.fireClose();
    }
  }

  private parse(line: string, callback: DataCallback): void {
    if (line.trim() === '') return;
    const reason = handOver(line, callback);
    if (reason !== null) this.options.onBadLine?.(line.slice(0, 200), reason);
  }
}

/** Hands a message on; gives the reason why not, if its text is not a JSON object. */
export function handOver(text: string, callback: DataCallback): string | null {
  const message = parseMessage(text);
  if (message instanceof Error) return message.message;
  try {
    callback(message);
    return null;
  } catch (error) {
    // vscode-jsonrpc 10 throws at a `$/cancelRequest` without params; out of a stream's event that would end the process.
    return messageOf(error);
  }
}

/** The text of a message, on one line. */
function messageText(message: Message): string {
  return JSON.stringify({ ...message, jsonrpc: undefined });
}

function parseMessage(line: string): Message | Error {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return new Error('not an object');
    // The App Server leaves the field out (facts: app-server.md, rule 1); vscode-jsonrpc does not look at it.
    return { jsonrpc: '2.0', ...value };
  } catch (error) {
    return new Error(messageOf(error));
  }
}

/** Writes messages as texts, one at a time. */
export class TextMessageWriter extends AbstractMessageWriter implements MessageWriter {
  protected errorCount = 0;

  /**
   * @param send calls back once the text is out, or with what went wrong
   * @param end is called when nothing more comes
   */
  constructor(
    private readonly send: (text: string, done: (error?: Error | null) => void) => void,
    readonly end: () => void,
  ) {
    super();
  }

  /**
   * Rejects where a request or a notification cannot be sent. Of an answer only the error event tells: vscode-jsonrpc
   * hands what becomes of it to nobody, so that a rejection would end this process when the other side has gone.
   */
  write(message: Message): Promise<void> {
    return new Promise((resolve, reject) => {
      this.send(messageText(message), (error) => {
        if (!error) {
          resolve();
          return;
        }
        this.errorCount += 1;
        this.fireError(error, message, this.errorCount);
        if (Message.isResponse(message)) resolve();
        else reject(error);
      });
    });
  }
}

/** Writes newline-delimited JSON. */
export class LineMessageWriter extends TextMessageWriter {
  constructor(stream: NodeJS.WritableStream) {
    super(
      (text, done) => stream.write(`${text}\n`, done),
      () => stream.end(),
    );
    stream.on('error', (error: Error) => this.fireError(error, undefined, this.errorCount));
    stream.on('close', () => this.fireClose());
  }
}
