import { isObject, type JsonObject, objectOf, objectsOf, textOf } from '../support/json.ts';
import { type LoopbackRequest } from './loopback.ts';

/** One request of Claude Code to the Messages API, with what scripts decide by already read out of it. */
export interface MessagesRequest {
  readonly headers: LoopbackRequest['headers'];
  /** The parsed JSON body. */
  readonly body: JsonObject;
  /** Claude Code's session id. */
  readonly sessionId: string;
  readonly systemText: string;
  /** Names of the tools that the model may call. */
  readonly tools: readonly string[];
  /** As sent: roles `user`, `assistant` and `system` (that is where the context added by hooks is). */
  readonly messages: readonly JsonObject[];
  /** The last prompt of the user, without `<system-reminder>` blocks. */
  readonly userText: string;
  /** Every text of the turn that began with that prompt: reminders, hook context and tool results included. */
  readonly turnText: string;
  /**
   * What the program itself says in the last message: a subagent has ended, a hook wakes the session. Empty if it says
   * nothing. Not the user's words (2.1.330 puts it into a reminder, 2.1.197 into a text of its own; measured).
   */
  readonly notification: string;
  /** Results of the tool calls of this turn so far, as text, in order. */
  readonly toolResults: readonly string[];
  /** Which request of the turn this is, 0-based. Counted by messages with tool results, so a retry has the same number. */
  readonly step: number;
  /** Aborted when the client goes away or the model is disposed of. */
  readonly signal: AbortSignal;
}

export function readMessagesRequest(request: LoopbackRequest): MessagesRequest {
  const body = objectOf(JSON.parse(request.text));
  const messages = objectsOf(body['messages']);
  const promptIndex = messages.findLastIndex(
    (message) => message['role'] === 'user' && promptOf(message) !== '',
  );
  const prompt = messages[promptIndex] ?? {};
  const turn = messages.slice(Math.max(promptIndex, 0));
  const results = turn.map((message) => blocksOf(message).filter((block) => block['type'] === 'tool_result'));
  return {
    headers: request.headers,
    body,
    sessionId: textOf(request.headers['x-claude-code-session-id']),
    systemText: flatText(body['system']),
    tools: objectsOf(body['tools']).map((tool) => textOf(tool['name'])),
    messages,
    userText: promptOf(prompt),
    turnText: turn.map((message) => flatText(message['content'])).join('\n'),
    notification: notificationIn(flatText(messages.at(-1)?.['content'])),
    toolResults: results.flat().map((block) => flatText(block['content'])),
    step: results.filter((blocks) => blocks.length > 0).length,
    signal: request.signal,
  };
}

/**
 * Whether this is the interactive program's request for a session title: small, without tools, and no part of the conversation
 * (2.1.197; 2.1.330 sends none when non-essential traffic is off. Measured).
 */
export function isTitleRequest(request: MessagesRequest): boolean {
  const format = objectOf(objectOf(request.body['output_config'])['format']);
  const asksForTitle = isObject(objectOf(objectOf(format['schema'])['properties'])['title']);
  return request.tools.length === 0 && (asksForTitle || /^Generate a .*\btitle\b/m.test(request.systemText));
}

/** The user's own words in a message: text blocks that the program did not add. Empty for a message of tool results. */
function promptOf(message: JsonObject): string {
  return blocksOf(message)
    .filter((block) => block['type'] === 'text')
    .map((block) => textOf(block['text']).replace(/<system-reminder>.*?<\/system-reminder>\s*/gs, ''))
    .join('\n')
    .trim();
}

function notificationIn(text: string): string {
  return /<task-notification>.*<\/task-notification>/s.exec(text)?.[0] ?? '';
}

function blocksOf(message: JsonObject): readonly JsonObject[] {
  const content = message['content'];
  return typeof content === 'string' ? [{ type: 'text', text: content }] : objectsOf(content);
}

function flatText(content: unknown): string {
  if (typeof content === 'string') return content;
  return objectsOf(content)
    .map((block) => textOf(block['text']) + flatText(block['content']))
    .filter((text) => text !== '')
    .join('\n');
}
