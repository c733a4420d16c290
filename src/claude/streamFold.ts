import { oneLine } from '../base/printable.ts';
import type { AgentProgress, CommandCount } from '../jobs/agent.ts';
import { type Looks, noLooks, withObservation } from '../jobs/observations.ts';
import type { Phase } from '../protocol/job.ts';
import { type ToolCall, lookOf, toolText } from './looks.ts';
import { type Block, type StreamMessage, inputOf } from './streamMessage.ts';

/** A usage limit that stopped a run. */
export interface ReachedLimit {
  /** Its name in the program's words, e.g. `five_hour`; may be empty. */
  kind: string;
  /** ISO 8601; null where it was not told. */
  resetsAt: string | null;
}

/** What is known of a run from what it printed so far. Never changed, only replaced. */
export interface RunState {
  readonly progress: AgentProgress;
  readonly commands: CommandCount;
  readonly looks: Looks;
  /** Calls of tools without a result yet, by their ids. */
  readonly openCalls: Readonly<Record<string, ToolCall>>;
  /** All texts that the model wrote, in order. */
  readonly texts: readonly string[];
  /** Tokens of the answers that are complete, and of the one that is being given. */
  readonly tokens: { readonly before: number; readonly input: number; readonly output: number };
  readonly limit: ReachedLimit | null;
  /** The last one: a run may print several (facts: claude-code.md, 4). */
  readonly result: StreamMessage | null;
}

export const initialRunState: RunState = {
  progress: { phase: 'starting' },
  commands: { succeeded: 0, failed: 0, lastFailure: null },
  looks: noLooks,
  openCalls: {},
  texts: [],
  tokens: { before: 0, input: 0, output: 0 },
  limit: null,
  result: null,
};

/** The tool by which the program has the model give an answer of a schema (facts: claude-code.md, 5.3). */
const answerTool = 'StructuredOutput';

/** After one more message. Pure. @param folder the run's, absolute */
export function foldMessage(state: RunState, message: StreamMessage, folder: string): RunState {
  switch (message.type) {
    case 'system':
      return afterSystem(state, message);
    case 'stream_event':
      return afterEvent(state, message);
    case 'assistant':
      return message.message.content.reduce(
        (before, block) => afterBlock(before, block, folder),
        isBack(state),
      );
    case 'user':
      return message.message.content.reduce(
        (before, block) => afterToolResult(before, block, { details: message.tool_use_result, folder }),
        state,
      );
    case 'rate_limit_event':
      return afterLimit(state, message);
    case 'result':
      return afterResult(state, message);
    default:
      return state;
  }
}

function withProgress(state: RunState, progress: AgentProgress): RunState {
  return { ...state, progress: { ...state.progress, ...progress } };
}

function afterSystem(state: RunState, message: StreamMessage): RunState {
  if (message.subtype === 'init')
    return message.model === undefined ? state : withProgress(state, { model: message.model });
  if (message.subtype !== 'api_retry') return state;
  const { error, attempt, max_retries: tries } = message;
  const waitingFor = error === 'rate_limit' ? 'limit' : 'network';
  return withProgress(state, {
    waitingFor,
    activity: `try ${attempt} of ${tries} failed (${oneLine(error, 60)})`,
  });
}

/** Something came from the model again. */
function isBack(state: RunState): RunState {
  const { waitingFor } = state.progress;
  return waitingFor === undefined || waitingFor === null ? state : withProgress(state, { waitingFor: null });
}

function afterEvent(state: RunState, { event }: StreamMessage): RunState {
  switch (event?.type) {
    case 'message_start': {
      const { before, input, output } = state.tokens;
      const tokens = { before: before + input + output, input: inputOf(event.message.usage), output: 0 };
      return withTokens(isBack(state), tokens);
    }
    case 'message_delta':
      return withTokens(state, { ...state.tokens, output: event.usage.output_tokens });
    case 'content_block_start': {
      const phase = phaseOf(event.content_block);
      return phase === null || phase === state.progress.phase ? state : withProgress(state, { phase });
    }
    default:
      return state;
  }
}

function withTokens(state: RunState, tokens: RunState['tokens']): RunState {
  const sum = tokens.before + tokens.input + tokens.output;
  return { ...withProgress(state, { tokens: sum }), tokens };
}

function phaseOf({ type, name }: { type: string; name: string }): Phase | null {
  if (type === 'thinking') return 'reasoning';
  if (type === 'text') return 'writing';
  if (type !== 'tool_use') return null;
  if (name === answerTool) return 'finishing';
  return name === 'Edit' || name === 'Write' ? 'writing' : 'reading';
}

function afterBlock(state: RunState, block: Block | null, folder: string): RunState {
  if (block?.type === 'text' && block.text.trim() !== '')
    return { ...state, texts: [...state.texts, block.text] };
  if (block?.type !== 'tool_use' || block.name === answerTool) return state;
  const call = { name: block.name, input: block.input };
  const openCalls = { ...state.openCalls, [block.id]: call };
  return { ...withProgress(state, { activity: toolText(call, folder) }), openCalls };
}

function afterToolResult(
  state: RunState,
  block: Block | null,
  { details, folder }: { details: unknown; folder: string },
): RunState {
  if (block?.type !== 'tool_result') return state;
  const { [block.tool_use_id]: call, ...openCalls } = state.openCalls;
  if (!call) return state;
  const text = textOf(block.content);
  const look = lookOf(call, { failed: block.is_error, text, details }, folder);
  if (look === null) return { ...state, openCalls };
  const { succeeded, failed, lastFailure } = state.commands;
  const commands = look.succeeded
    ? { succeeded: succeeded + 1, failed, lastFailure }
    : { succeeded, failed: failed + 1, lastFailure: oneLine(text, 200) };
  return { ...state, openCalls, commands, looks: withObservation(state.looks, look) };
}

/** Of a text, or of the text blocks of a list. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => (typeof part === 'object' && part !== null && 'text' in part ? part.text : ''))
    .filter((part) => typeof part === 'string')
    .join('\n');
}

/** Told of every answer of a subscription; only a rejected request was stopped by it. */
function afterLimit(
  state: RunState,
  { rate_limit_info: { status, resetsAt, rateLimitType } }: StreamMessage,
): RunState {
  if (status !== 'rejected') return { ...state, limit: null };
  const reset = resetsAt === null ? null : new Date(resetsAt * 1000);
  const isKnown = reset !== null && !Number.isNaN(reset.getTime());
  return { ...state, limit: { kind: rateLimitType, resetsAt: isKnown ? reset.toISOString() : null } };
}

function afterResult(state: RunState, message: StreamMessage): RunState {
  const { total_cost_usd: cost, modelUsage } = message;
  const tokens = Object.values(modelUsage).reduce(
    (sum, used) =>
      sum + used.inputTokens + used.outputTokens + used.cacheReadInputTokens + used.cacheCreationInputTokens,
    0,
  );
  const progress = { ...(tokens > 0 && { tokens }), ...(cost !== null && cost > 0 && { cost }) };
  return { ...withProgress(isBack(state), progress), result: message };
}
