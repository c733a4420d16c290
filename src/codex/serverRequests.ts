import type { Message, MessageStrategy } from 'vscode-jsonrpc/node';

type RequestId = string | number;

/**
 * The requests of the server that wait for an answer, by their ids: `serverRequest/resolved` names one. vscode-jsonrpc
 * does not tell its handlers the id, so that it is taken from the message just before the handler runs.
 */
export class ServerRequests implements MessageStrategy {
  private readonly open = new Map<RequestId, AbortController>();
  private current: RequestId | null = null;

  handleMessage(message: Message, next: (message: Message) => void): void {
    this.current = idOf(message);
    next(message);
    this.current = null;
  }

  /** To be called synchronously by the handler of a request. The signal is aborted once no answer is wanted any more. */
  async answer<T>(handler: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const id = this.current;
    const controller = new AbortController();
    if (id !== null) this.open.set(id, controller);
    try {
      return await handler(controller.signal);
    } finally {
      if (id !== null && this.open.get(id) === controller) this.open.delete(id);
    }
  }

  resolved(id: RequestId): void {
    this.open.get(id)?.abort();
  }

  allResolved(): void {
    for (const controller of this.open.values()) controller.abort();
  }
}

function idOf(message: Message): RequestId | null {
  const { id } = message as { id?: unknown };
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}
