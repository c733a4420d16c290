/** One block of a stand-in Claude's answer. */
export type ReplyBlock =
  | { readonly kind: 'text'; readonly chunks: readonly string[]; readonly pauseMs: number }
  | { readonly kind: 'toolUse'; readonly name: string; readonly input: Readonly<Record<string, unknown>> };

export interface MessageStreamReply {
  readonly kind: 'stream';
  readonly blocks: readonly ReplyBlock[];
  /** `hang`: nothing more comes. `disconnect`: the connection breaks before `message_stop`. */
  readonly ending: 'completed' | 'hang' | 'disconnect';
  readonly headers: Readonly<Record<string, string>>;
}

export interface MessageErrorReply {
  readonly kind: 'error';
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a script answers to one request. Made by the functions below. */
export type MessagesReply = MessageStreamReply | MessageErrorReply;

/** A text answer. */
export function says(text: string): MessageStreamReply {
  return saysInPieces([text]);
}

/** A text answer in pieces: one delta each, `pauseMs` milliseconds apart (default 0). */
export function saysInPieces(
  chunks: readonly string[],
  options: { readonly pauseMs?: number } = {},
): MessageStreamReply {
  return stream({ kind: 'text', chunks, pauseMs: options.pauseMs ?? 0 });
}

/** A call of one of Claude's tools, such as `usesTool('Read', { file_path })`. */
export function usesTool(name: string, input: Readonly<Record<string, unknown>>): MessageStreamReply {
  return stream({ kind: 'toolUse', name, input });
}

/** An HTTP error of this type (`rate_limit_error`, `authentication_error` …). */
export function apiError(status: number, type: string, message: string): MessageErrorReply {
  return { kind: 'error', status, body: { type: 'error', error: { type, message } }, headers: {} };
}

/** Nothing more comes until the client goes away or the model is disposed of. */
export function hangs(): MessageStreamReply {
  return { ...stream(), ending: 'hang' };
}

/** The connection breaks in the middle of the answer. */
export function disconnects(): MessageStreamReply {
  return { ...stream(), ending: 'disconnect' };
}

/** All blocks of several replies in one answer; it ends as the last of them ends. */
export function inOneMessage(...replies: readonly MessageStreamReply[]): MessageStreamReply {
  return {
    kind: 'stream',
    blocks: replies.flatMap((reply) => reply.blocks),
    ending: replies.at(-1)?.ending ?? 'completed',
    headers: Object.fromEntries(replies.flatMap((reply) => Object.entries(reply.headers))),
  };
}

/** The same reply with HTTP headers, such as `anthropic-ratelimit-unified-5h-utilization`. */
export function withReplyHeaders<R extends MessagesReply>(
  reply: R,
  headers: Readonly<Record<string, string>>,
): R {
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

function stream(...blocks: readonly ReplyBlock[]): MessageStreamReply {
  return { kind: 'stream', blocks, ending: 'completed', headers: {} };
}
