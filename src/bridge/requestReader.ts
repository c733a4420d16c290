import { type DataCallback, type Disposable, Message } from 'vscode-jsonrpc/node';
import { LineMessageReader } from '../base/lineTransport.ts';

export interface RequestReaderOptions {
  /** Bytes. */
  maxLineBytes: number;
  /** Told of anything that is not a request; the connection is then of no more use. */
  onViolation(what: string): void;
}

/**
 * Lets only requests through. A companion sends nothing else, and vscode-jsonrpc 10.0.0 throws out of the stream's
 * event (which would end the whole host) for a `$/cancelRequest` without parameters.
 */
export class RequestReader extends LineMessageReader {
  constructor(
    stream: NodeJS.ReadableStream,
    private readonly requests: RequestReaderOptions,
  ) {
    super(stream, {
      maxLineBytes: requests.maxLineBytes,
      onBadLine: (_, reason) => requests.onViolation(`it sent a line that is no JSON-RPC (${reason})`),
    });
  }

  override listen(callback: DataCallback): Disposable {
    return super.listen((message) => {
      if (Message.isRequest(message)) callback(message);
      else this.requests.onViolation('it sent something other than a request');
    });
  }
}
