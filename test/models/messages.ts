import { type ServerResponse } from 'node:http';
import { type LoopbackRequest, startLoopback } from './loopback.ts';
import { type MessagesReply, type MessageStreamReply, type ReplyBlock, says } from './messagesReply.ts';
import { isTitleRequest, type MessagesRequest, readMessagesRequest } from './messagesRequest.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { type EventStream, openEventStream, pause, sendJson, untilGone } from './sse.ts';

/** Decides what the model says. May be asynchronous; `request.signal` tells when nobody waits for it any more. */
export type MessagesScript = (request: MessagesRequest) => MessagesReply | Promise<MessagesReply>;

/** A stand-in for the Anthropic Messages API on this machine. */
export interface MessagesModel extends Pick<Recorder<MessagesRequest>, 'requests' | 'waitFor'> {
  /** For ANTHROPIC_BASE_URL. */
  readonly url: string;
  /** `METHOD /path` of everything that the script was not asked about; a title request reads `title`. */
  readonly otherRequests: readonly string[];
  /**
   * Closes everything, open answers included.
   * @throws AggregateError when the script threw: such a request was answered with HTTP 400 and the error's text.
   */
  dispose(): Promise<void>;
}

export async function startMessagesModel(script: MessagesScript): Promise<MessagesModel> {
  const recorder = createRecorder<MessagesRequest>();
  const otherRequests: string[] = [];
  const scriptErrors: unknown[] = [];
  let answers = 0;

  async function handle(request: LoopbackRequest, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (request.method !== 'POST' || pathname !== '/v1/messages') {
      otherRequests.push(`${request.method} ${pathname}`);
      answerOther(request.method, pathname, response);
      return;
    }
    const messagesRequest = readMessagesRequest(request);
    answers += 1;
    const id = `msg_standin_${answers}`;
    if (isTitleRequest(messagesRequest)) {
      otherRequests.push('title');
      return send(says('{"title": "Stand-in model session"}'), response, { id, request: messagesRequest });
    }
    recorder.add(messagesRequest);
    return send(await ask(messagesRequest), response, { id, request: messagesRequest });
  }

  async function ask(request: MessagesRequest): Promise<MessagesReply> {
    try {
      return await script(request);
    } catch (error) {
      request.signal.throwIfAborted();
      scriptErrors.push(error);
      const message = `the script of the stand-in model threw: ${String(error)}`;
      return {
        kind: 'error',
        status: 400,
        body: { type: 'error', error: { type: 'invalid_request_error', message } },
        headers: {},
      };
    }
  }

  const loopback = await startLoopback(handle);
  return {
    url: loopback.origin,
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

function answerOther(method: string, pathname: string, response: ServerResponse): void {
  if (pathname === '/' && method === 'HEAD') sendJson(response, 200, '');
  else if (pathname === '/v1/messages/count_tokens') sendJson(response, 200, { input_tokens: 100 });
  else if (pathname === '/v1/models')
    sendJson(response, 200, { data: [], has_more: false, first_id: null, last_id: null });
  else
    sendJson(response, 404, {
      type: 'error',
      error: { type: 'not_found_error', message: `the stand-in has no ${pathname}` },
    });
}

interface Context {
  readonly id: string;
  readonly request: MessagesRequest;
}

async function send(reply: MessagesReply, response: ServerResponse, context: Context): Promise<void> {
  if (reply.kind === 'error') {
    sendJson(response, reply.status, reply.body, reply.headers);
    return;
  }
  const events = openEventStream(response, reply.headers);
  const message = {
    id: context.id,
    type: 'message',
    role: 'assistant',
    model: context.request.body['model'],
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 100, output_tokens: 1 },
  };
  events.send('message_start', { message });
  for (const [index, block] of reply.blocks.entries()) {
    await sendBlock(events, block, {
      id: `toolu_${context.id}_${index}`,
      index,
      signal: context.request.signal,
    });
  }
  await end(events, reply, context.request.signal);
}

interface Place {
  readonly id: string;
  readonly index: number;
  readonly signal: AbortSignal;
}

async function sendBlock(
  events: EventStream,
  block: ReplyBlock,
  { id, index, signal }: Place,
): Promise<void> {
  if (block.kind === 'text') {
    events.send('content_block_start', { index, content_block: { type: 'text', text: '' } });
    for (const [position, text] of block.chunks.entries()) {
      if (position > 0) await pause(block.pauseMs, signal);
      events.send('content_block_delta', { index, delta: { type: 'text_delta', text } });
    }
  } else {
    events.send('content_block_start', {
      index,
      content_block: { type: 'tool_use', id, name: block.name, input: {} },
    });
    const delta = { type: 'input_json_delta', partial_json: JSON.stringify(block.input) };
    events.send('content_block_delta', { index, delta });
  }
  events.send('content_block_stop', { index });
}

async function end(events: EventStream, reply: MessageStreamReply, signal: AbortSignal): Promise<void> {
  if (reply.ending === 'hang') return untilGone(signal);
  if (reply.ending === 'disconnect') {
    events.cut();
    return;
  }
  const stop_reason = reply.blocks.some((block) => block.kind === 'toolUse') ? 'tool_use' : 'end_turn';
  events.send('message_delta', { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 20 } });
  events.send('message_stop', {});
  events.end();
}
