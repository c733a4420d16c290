import { type ReviewOutput } from './reviewOutput.ts';

/** One thing that a stand-in model puts into its answer. */
export type OutputItem =
  | {
      readonly kind: 'message';
      readonly chunks: readonly string[];
      readonly pauseMs: number;
      readonly complete: boolean;
    }
  | { readonly kind: 'reasoning'; readonly text: string }
  | {
      readonly kind: 'functionCall';
      /** Of an MCP server's tools. */
      readonly namespace?: string;
      readonly name: string;
      readonly arguments: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'customToolCall'; readonly name: string; readonly input: string };

/** How an answer ends after its items. */
export type Ending =
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'disconnect' }
  | { readonly kind: 'hang' };

export interface StreamReply {
  readonly kind: 'stream';
  readonly items: readonly OutputItem[];
  readonly ending: Ending;
  readonly headers: Readonly<Record<string, string>>;
}

export interface HttpErrorReply {
  readonly kind: 'httpError';
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a script answers to one request. Made by the functions below. */
export type ModelReply = StreamReply | HttpErrorReply;

/** An assistant message. */
export function answer(text: string): StreamReply {
  return streamed([text]);
}

/** An assistant message in pieces: one delta each, `pauseMs` milliseconds apart (default 0). */
export function streamed(
  chunks: readonly string[],
  options: { readonly pauseMs?: number } = {},
): StreamReply {
  return stream({ kind: 'message', chunks, pauseMs: options.pauseMs ?? 0, complete: true });
}

/** A message that begins and is never finished: to be followed by `hang()`, `disconnect()` or `failed()`. */
export function unfinished(chunks: readonly string[]): StreamReply {
  return stream({ kind: 'message', chunks, pauseMs: 0, complete: false });
}

/** A reviewer's answer: the JSON that Codex asks for, as the text of a message. */
export function findings(output: ReviewOutput): StreamReply {
  return answer(JSON.stringify(output));
}

/** A reasoning item with this summary. */
export function reasoning(text: string): StreamReply {
  return stream({ kind: 'reasoning', text });
}

/**
 * A call of Codex's command tool. The command is a line for the user's shell, as a real model writes it.
 * No login shell, so that the developer's profile neither slows it down nor adds to its output.
 */
export function runs(command: string, options: Readonly<Record<string, unknown>> = {}): StreamReply {
  return calls('exec_command', { cmd: command, login: false, ...options });
}

/** A call of any function tool. */
export function calls(name: string, callArguments: Readonly<Record<string, unknown>>): StreamReply {
  return stream({ kind: 'functionCall', name, arguments: callArguments });
}

/** A call of a tool of an MCP server. The namespace is `mcp__SERVER`, in 0.130 with two underscores more. */
export function callsMcp(namespace: string, name: string): StreamReply {
  return stream({ kind: 'functionCall', namespace, name, arguments: {} });
}

/** Has a sub-agent do something. @param namespace of the tools for that, which 0.130 has none for */
export function spawnsAgent(message: string, namespace: string | null, more: object = {}): StreamReply {
  const call = { kind: 'functionCall', name: 'spawn_agent', arguments: { message, ...more } } as const;
  return stream({ ...call, ...(namespace !== null && { namespace }) });
}

/** A call of Codex's patch tool (offered only to models that Codex knows, such as gpt-5.5). */
export function patches(patch: string): StreamReply {
  return stream({ kind: 'customToolCall', name: 'apply_patch', input: patch });
}

/** A script for the one tool of models in code mode (gpt-6; 0.169 and later). */
export function callsScript(script: string): StreamReply {
  return stream({ kind: 'customToolCall', name: 'exec', input: script });
}

/** An HTTP error before any event. A string body is sent as it is. */
export function httpError(
  status: number,
  body: unknown = { error: { message: `stand-in error ${status}` } },
): HttpErrorReply {
  return { kind: 'httpError', status, body, headers: {} };
}

/** The stream ends with `response.failed`. */
export function failed(code: string, message: string): StreamReply {
  return { ...stream(), ending: { kind: 'failed', code, message } };
}

/** The connection breaks before `response.completed`. */
export function disconnect(): StreamReply {
  return { ...stream(), ending: { kind: 'disconnect' } };
}

/** Nothing more comes until the client goes away or the model is disposed of. */
export function hang(): StreamReply {
  return { ...stream(), ending: { kind: 'hang' } };
}

/** All items of several replies in one answer; it ends as the last of them ends. */
export function together(...replies: readonly StreamReply[]): StreamReply {
  return {
    kind: 'stream',
    items: replies.flatMap((reply) => reply.items),
    ending: replies.at(-1)?.ending ?? { kind: 'completed' },
    headers: Object.fromEntries(replies.flatMap((reply) => Object.entries(reply.headers))),
  };
}

/** The same reply with HTTP headers, such as `x-codex-primary-used-percent`. */
export function withHeaders<R extends ModelReply>(reply: R, headers: Readonly<Record<string, string>>): R {
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

function stream(...items: readonly OutputItem[]): StreamReply {
  return { kind: 'stream', items, ending: { kind: 'completed' }, headers: {} };
}
