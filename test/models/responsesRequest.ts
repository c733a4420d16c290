import { type JsonObject, objectOf, objectsOf, textOf } from '../support/json.ts';
import { type LoopbackRequest } from './loopback.ts';

/** One request of Codex to the Responses API, with what scripts decide by already read out of it. */
export interface ModelRequest {
  readonly headers: LoopbackRequest['headers'];
  /** The parsed JSON body. */
  readonly body: JsonObject;
  /**
   * The App Server's thread. In a review: the thread that `review/start` was called on, not the reviewer's hidden one.
   * (`prompt_cache_key` is the review thread in 0.169 and the hidden one in 0.130, so headers decide. Measured.)
   */
  readonly threadId: string;
  /** Whether Codex's reviewer asks. */
  readonly isReview: boolean;
  /** Everything the model is told about how to behave: `instructions` and the developer messages. */
  readonly developerText: string;
  /** The last user message, without what Codex adds by itself (AGENTS.md, environment). */
  readonly userText: string;
  /** Outputs of the tool calls of this turn so far, in the order of the calls. */
  readonly toolOutputs: readonly string[];
  /** Which request of the turn this is, 0-based. Counted by finished tool rounds, so a retry has the same number. */
  readonly step: number;
  /** Aborted when the client goes away or the model is disposed of. */
  readonly signal: AbortSignal;
}

const guidelines = '# Review guidelines';

export function readModelRequest(request: LoopbackRequest): ModelRequest {
  const body = objectOf(JSON.parse(request.text));
  const input = objectsOf(body['input']);
  const prompt = lastPrompt(input);
  const turn = input.slice(prompt.index + 1);
  const instructions = textOf(body['instructions']);
  const developerTexts = input
    .filter((item) => item['role'] === 'developer')
    .map((item) => texts(item['content']).join('\n'));
  return {
    headers: request.headers,
    body,
    threadId: threadOf(request.headers, body),
    isReview: [instructions, ...developerTexts].some((text) => text.startsWith(guidelines)),
    developerText: [instructions, ...developerTexts].filter((text) => text !== '').join('\n\n'),
    userText: prompt.text,
    toolOutputs: turn.filter(isToolOutput).map(outputOf),
    step: turn.filter((item, index) => isToolOutput(item) && !isToolOutput(turn[index - 1])).length,
    signal: request.signal,
  };
}

function threadOf(headers: LoopbackRequest['headers'], body: JsonObject): string {
  const isSubagent = headers['x-openai-subagent'] !== undefined;
  // Session = the thread that the subagent works for. Header names: 0.169 with a hyphen, 0.130 with an underscore.
  const names = isSubagent ? ['session-id', 'session_id'] : ['thread-id', 'thread_id'];
  const known = names.map((name) => textOf(headers[name])).find((value) => value !== '');
  return known ?? textOf(body['prompt_cache_key']);
}

function lastPrompt(input: readonly JsonObject[]): { readonly index: number; readonly text: string } {
  for (const [index, item] of [...input.entries()].reverse()) {
    if (item['role'] !== 'user') continue;
    const own = texts(item['content']).filter((text) => !isAddedByCodex(text));
    if (own.length > 0) return { index, text: own.join('\n') };
  }
  return { index: -1, text: '' };
}

function isAddedByCodex(text: string): boolean {
  return /^(# AGENTS\.md instructions|<environment_context>|<turn_aborted>|<user_instructions>)/.test(
    text.trimStart(),
  );
}

function isToolOutput(item: JsonObject | undefined): boolean {
  return item?.['type'] === 'function_call_output' || item?.['type'] === 'custom_tool_call_output';
}

function outputOf(item: JsonObject): string {
  const output = item['output'];
  return typeof output === 'string' ? output : texts(output).join('\n');
}

function texts(content: unknown): readonly string[] {
  return typeof content === 'string' ? [content] : objectsOf(content).map((part) => textOf(part['text']));
}

/** What a command printed and how it ended, out of the text that Codex gives the model. */
export interface CommandOutput {
  /** undefined: still running, or Codex would not start it. */
  readonly exitCode: number | undefined;
  readonly text: string;
  /** Codex cut out the middle, because no model gets more than 10 000 tokens (about 40 000 characters) of a command. */
  readonly truncated: boolean;
}

const truncation = /…\d+ tokens truncated…/;
/** Two more header lines, of which 0.130 has only the second. */
const truncationHeader = /^(Warning: truncated output [^\n]*\n)?Total output lines: \d+\n\n/;

/** Reads an output of `runs()`: header lines, `Output:`, then what the command printed (measured, 0.130 and 0.169). */
export function commandOutput(toolOutput: string): CommandOutput {
  const [header = '', ...rest] = toolOutput.split('\nOutput:\n');
  if (rest.length === 0) return { exitCode: undefined, text: toolOutput, truncated: false };
  const code = /^Process exited with code (-?\d+)$/m.exec(header)?.[1];
  const printed = rest.join('\nOutput:\n');
  const truncated = truncationHeader.test(printed) && truncation.test(printed);
  return {
    exitCode: code === undefined ? undefined : Number(code),
    text: truncated ? printed.replace(truncationHeader, '') : printed,
    truncated,
  };
}
