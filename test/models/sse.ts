import { type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** An answer as server-sent events, the way both vendors stream. */
export interface EventStream {
  /** Sends one event; `type` names it both in the `event:` line and in the JSON. */
  send(type: string, fields: Readonly<Record<string, unknown>>): void;
  end(): void;
  /** Breaks the connection without a proper end. */
  cut(): void;
}

export function openEventStream(
  response: ServerResponse,
  headers: Readonly<Record<string, string>> = {},
): EventStream {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', ...headers });
  response.flushHeaders();
  return {
    send: (type, fields) => {
      if (!response.destroyed)
        response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
    },
    end: () => void response.end(),
    cut: () => void response.socket?.destroy(),
  };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** @param milliseconds 0 means: no pause, not even a tick. Rejects with an AbortError once `signal` is aborted. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (milliseconds > 0) await delay(milliseconds, undefined, { signal });
}

/** Waits, without end, until the client goes away or the server is disposed of. */
export async function untilGone(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** The same for a test. @throws Error when the client is still there after `deadlineMs`. */
export async function gone(signal: AbortSignal, deadlineMs = 10_000): Promise<void> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), deadlineMs);
  await Promise.race([untilGone(signal), untilGone(late.signal)]);
  clearTimeout(timer);
  if (!signal.aborted) throw new Error(`the client did not go away within ${deadlineMs} ms`);
}
