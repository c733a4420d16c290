import { type ServerResponse } from 'node:http';
import { type LoopbackRequest, startLoopback } from './loopback.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { type HttpErrorReply, type ModelReply, type OutputItem, type StreamReply } from './responsesReply.ts';
import { type ModelRequest, readModelRequest } from './responsesRequest.ts';
import { type EventStream, openEventStream, pause, sendJson, untilGone } from './sse.ts';

/** Decides what the model says. May be asynchronous; `request.signal` tells when nobody waits for it any more. */
export type ModelScript = (request: ModelRequest) => ModelReply | Promise<ModelReply>;

/** A stand-in for the OpenAI Responses API on this machine. */
export interface ResponsesModel extends Pick<Recorder<ModelRequest>, 'requests' | 'waitFor'> {
  /** Base URL for a provider of Codex; ends in `/v1`. */
  readonly url: string;
  /** `METHOD /path` of requests that were not for a model's answer (they get 404; a WebSocket 426). */
  readonly otherRequests: readonly string[];
  /**
   * Closes everything, open answers included.
   * @throws AggregateError when the script threw: such a request was answered with HTTP 400 and the error's text.
   */
  dispose(): Promise<void>;
}

export async function startResponsesModel(script: ModelScript): Promise<ResponsesModel> {
  const recorder = createRecorder<ModelRequest>();
  const otherRequests: string[] = [];
  const scriptErrors: unknown[] = [];
  let answers = 0;

  async function handle(request: LoopbackRequest, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (request.method !== 'POST' || pathname !== '/v1/responses') {
      otherRequests.push(`${request.method} ${request.url}`);
      // The built-in provider asks for a WebSocket first. 426 makes it fall back at once, any other status after seven tries (6 s).
      const status = pathname === '/v1/responses' ? 426 : 404;
      sendJson(response, status, { error: { message: 'the stand-in has only POST /v1/responses' } });
      return;
    }
    const modelRequest = readModelRequest(request);
    recorder.add(modelRequest);
    answers += 1;
    await send(await ask(modelRequest), response, `resp_${answers}`, request.signal);
  }

  async function ask(request: ModelRequest): Promise<ModelReply> {
    try {
      return await script(request);
    } catch (error) {
      request.signal.throwIfAborted();
      scriptErrors.push(error);
      return scriptFailure(error);
    }
  }

  const loopback = await startLoopback(handle);
  return {
    url: `${loopback.origin}/v1`,
    requests: recorder.requests,
    waitFor: (matches, timeoutMs) => recorder.waitFor(matches, timeoutMs),
    otherRequests,
    dispose: async () => {
      await loopback.dispose();
      if (scriptErrors.length > 0)
        throw new AggregateError(scriptErrors, 'the script of the stand-in model threw');
    },
  };
}

function scriptFailure(error: unknown): HttpErrorReply {
  const message = `the script of the stand-in model threw: ${String(error)}`;
  return { kind: 'httpError', status: 400, body: { error: { message } }, headers: {} };
}

async function send(
  reply: ModelReply,
  response: ServerResponse,
  responseId: string,
  signal: AbortSignal,
): Promise<void> {
  if (reply.kind === 'httpError') {
    sendJson(response, reply.status, reply.body, reply.headers);
    return;
  }
  const events = openEventStream(response, reply.headers);
  events.send('response.created', { response: { id: responseId } });
  for (const [index, item] of reply.items.entries()) {
    await sendItem(events, item, { id: `${responseId}_${index}`, index, signal });
  }
  await end(events, reply, responseId, signal);
}

interface Place {
  readonly id: string;
  readonly index: number;
  readonly signal: AbortSignal;
}

async function sendItem(events: EventStream, item: OutputItem, place: Place): Promise<void> {
  const output = { output_index: place.index };
  const wire = wireItem(item, place.id);
  const begun = item.kind === 'message' ? { ...wire, content: [] } : wire;
  events.send('response.output_item.added', { ...output, item: begun });
  if (item.kind === 'message') {
    for (const [index, delta] of item.chunks.entries()) {
      if (index > 0) await pause(item.pauseMs, place.signal);
      events.send('response.output_text.delta', { ...output, item_id: place.id, content_index: 0, delta });
    }
    if (!item.complete) return;
  }
  events.send('response.output_item.done', { ...output, item: wire });
}

function wireItem(item: OutputItem, id: string): Readonly<Record<string, unknown>> {
  const call = { id, call_id: `call_${id}` };
  switch (item.kind) {
    case 'message':
      return {
        type: 'message',
        id,
        role: 'assistant',
        content: [{ type: 'output_text', text: item.chunks.join('') }],
      };
    case 'reasoning':
      return {
        type: 'reasoning',
        id,
        summary: [{ type: 'summary_text', text: item.text }],
        encrypted_content: null,
      };
    case 'functionCall':
      return {
        type: 'function_call',
        ...call,
        ...(item.namespace !== undefined && { namespace: item.namespace }),
        name: item.name,
        arguments: JSON.stringify(item.arguments),
      };
    case 'customToolCall':
      return { type: 'custom_tool_call', ...call, name: item.name, input: item.input };
  }
}

const usage = { input_tokens: 100, output_tokens: 20, total_tokens: 120 };

async function end(events: EventStream, reply: StreamReply, id: string, signal: AbortSignal): Promise<void> {
  const { ending } = reply;
  switch (ending.kind) {
    case 'completed':
      events.send('response.completed', { response: { id, usage } });
      events.end();
      break;
    case 'failed':
      events.send('response.failed', {
        response: { id, error: { code: ending.code, message: ending.message } },
      });
      events.end();
      break;
    case 'disconnect':
      events.cut();
      break;
    case 'hang':
      await untilGone(signal);
  }
}
