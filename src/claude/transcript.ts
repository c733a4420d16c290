import { createReadStream } from 'node:fs';
import * as z from 'zod/mini';

/** One side's words in a conversation. */
export interface TranscriptMessage {
  role: 'user' | 'assistant';
  text: string;
}

export interface ConversationOptions {
  /** All messages together; the newest are kept. Characters; default 200 000 (about 50 000 tokens). */
  maxCharacters?: number;
}

const defaultMaxCharacters = 200_000;
/** A longer message is cut in the middle. Characters. */
const maxMessage = 20_000;
/** What a tool was asked for is only hinted at. Characters. */
const maxToolInput = 200;
/** A longer line holds pictures or a file, not a conversation, and is skipped. Bytes. */
const maxLine = 4 * 1024 * 1024;

export const omissionNote = '[The earlier part of this conversation was left out.]';

/**
 * The conversation of a Claude session as plain text: what the user and Claude said, and which tools Claude used. Left
 * out are subagents, what Claude Code put in by itself, thinking, and what tools answered. Reads the file as a stream:
 * the memory that it takes depends on the limit, not on the file (which may have 100 MB).
 * @param file a transcript (facts: claude-code.md, 7.4)
 * @returns empty if there is no conversation in it
 */
export async function readConversation(
  file: string,
  { maxCharacters = defaultMaxCharacters }: ConversationOptions = {},
): Promise<TranscriptMessage[]> {
  const kept: TranscriptMessage[] = [];
  let size = 0;
  let omitted = false;
  for await (const line of transcriptLines(file)) {
    const message = messageIn(line);
    if (!message) continue;
    const text = shortened(message.text);
    kept.push({ role: message.role, text });
    size += text.length;
    while (size > maxCharacters && kept.length > 1) {
      size -= kept.shift()?.text.length ?? 0;
      omitted = true;
    }
  }
  return joined(omitted ? [{ role: 'user', text: omissionNote }, ...kept] : kept);
}

/**
 * True if something was said after that place in the file. Commands that Claude Code answered by itself, such as
 * `/codex:transfer`, make the file longer too, but say nothing.
 * @param position in bytes, at the start of a line
 */
export async function saidAfter(file: string, position: number): Promise<boolean> {
  for await (const line of transcriptLines(file, position)) {
    const message = messageIn(line);
    if (message && !isCommand(message.text)) return true;
  }
  return false;
}

const entrySchema = z.object({
  type: z.enum(['user', 'assistant']),
  isSidechain: z.catch(z.boolean(), false),
  isMeta: z.catch(z.boolean(), false),
  message: z.object({ content: z.union([z.string(), z.array(z.unknown())]) }),
});

const partSchema = z.union([
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('tool_use'), name: z.string(), input: z.unknown() }),
  z.object({ type: z.literal('image') }),
]);

/** Null for a line that is not a part of the conversation, whatever it is. */
export function messageIn(line: string): TranscriptMessage | null {
  const entry = z.safeParse(entrySchema, parsedLine(line)).data;
  if (!entry || entry.isSidechain || entry.isMeta) return null;
  const { content } = entry.message;
  const text = typeof content === 'string' ? content : content.map(partText).filter(Boolean).join('\n\n');
  const said = entry.type === 'user' ? prompt(text) : text.trim();
  return said === '' ? null : { role: entry.type, text: said };
}

/** True for what `messageIn` makes of a slash command. */
export function isCommand(text: string): boolean {
  return /^\/[\w:.-]+( |$)/.test(text);
}

function partText(part: unknown): string {
  const known = z.safeParse(partSchema, part).data;
  switch (known?.type) {
    case 'text':
      return known.text.trim();
    case 'tool_use':
      return `[used ${known.name}: ${toolInput(known.input)}]`;
    case 'image':
      return '[image]';
    default:
      return '';
  }
}

/** A prompt as it was typed: a slash command is stored as markup, and its local output as a prompt of its own. */
function prompt(text: string): string {
  const command = /<command-name>(.*?)<\/command-name>/s.exec(text)?.[1];
  if (command !== undefined) {
    const input = /<command-args>(.*?)<\/command-args>/s.exec(text)?.[1] ?? '';
    return `${command.trim()} ${input.trim()}`.trim();
  }
  return /^\s*<(local-command-|bash-std|task-notification)/.test(text) ? '' : text.trim();
}

/** Consecutive messages of one side as one. */
function joined(messages: readonly TranscriptMessage[]): TranscriptMessage[] {
  const result: TranscriptMessage[] = [];
  for (const { role, text } of messages) {
    const last = result.at(-1);
    if (last?.role === role) last.text += `\n\n${text}`;
    else result.push({ role, text });
  }
  return result;
}

function shortened(text: string): string {
  if (text.length <= maxMessage) return text;
  return `${text.slice(0, maxMessage / 2)}\n[…]\n${text.slice(-maxMessage / 2)}`;
}

function toolInput(input: unknown): string {
  const text = input === undefined ? '' : JSON.stringify(input);
  return text.length > maxToolInput ? `${text.slice(0, maxToolInput)}…` : text;
}

/** Null for a line that is no JSON. */
export function parsedLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The lines of a file from a place on; one that is too long is left out. */
async function* transcriptLines(file: string, start = 0): AsyncGenerator<string> {
  let pending: Buffer[] = [];
  let size = 0;
  const take = () => {
    const line = size > maxLine ? '' : Buffer.concat(pending).toString('utf8');
    pending = [];
    size = 0;
    return line;
  };
  const keep = (bytes: Buffer) => {
    size += bytes.length;
    // What is too long is only counted.
    if (size <= maxLine) pending.push(bytes);
  };
  for await (const chunk of createReadStream(file, { start }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      keep(chunk.subarray(from, end));
      yield take();
      from = end + 1;
    }
    keep(chunk.subarray(from));
  }
  yield take();
}
