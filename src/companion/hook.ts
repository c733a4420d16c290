import * as z from 'zod/mini';
import { UsageError } from '../base/errors.ts';
import {
  type JobOptions,
  type RescueOptions,
  parseAdversarialReview,
  parseCancel,
  parseRescue,
  parseResult,
  parseReview,
  parseSetup,
  parseStatus,
  parseTransfer,
} from '../protocol/commandLine.ts';
import { type Job, isReview } from '../protocol/job.ts';
import type { Order } from '../protocol/order.ts';
import type { Report } from '../protocol/report.ts';
import { startJob } from './job.ts';
import { type Door, ask } from './openHost.ts';
import { errorText } from './outcome.ts';
import { askCancel, askResult, askSetup, askStatus } from './queries.ts';
import { reportJson, statusJson } from './reportJson.ts';
import { fitsIntoHook, hookReport, inBackground, reportElement, requestElement } from './reportText.ts';
import { printable } from '../base/printable.ts';

/** stdin of a `UserPromptExpansion` hook, as far as it is used (facts: claude-code.md, 2.3). */
const inputSchema = z.object({
  cwd: z.string(),
  session_id: z.optional(z.string()),
  /** `codex:review` */
  command_name: z.string(),
  /** The text behind the command, exactly as typed. */
  command_args: z.optional(z.string()),
});

const eventName = 'UserPromptExpansion';

/** What the hook prints. A block shows its reason to the user and needs no model turn; context lets the turn go on. */
export type HookAnswer =
  | {
      decision: 'block';
      reason: string;
      hookSpecificOutput: { hookEventName: typeof eventName; suppressOriginalPrompt: true };
    }
  | {
      /** Shown to the user as it is, in the TUI of both measured versions. */
      systemMessage?: string;
      hookSpecificOutput: { hookEventName: typeof eventName; additionalContext: string };
    };

/** Serves a slash command of the plugin. Never throws: whatever goes wrong is told where the user typed. */
export async function expand(input: string, env: NodeJS.ProcessEnv): Promise<HookAnswer> {
  try {
    return await serve(z.parse(inputSchema, JSON.parse(input)), env);
  } catch (error) {
    return block(errorText(error));
  }
}

async function serve(input: z.infer<typeof inputSchema>, env: NodeJS.ProcessEnv): Promise<HookAnswer> {
  const notices: string[] = [];
  const door: Door = {
    kind: 'hook',
    event: eventName,
    cwd: input.cwd,
    env,
    ...(input.session_id !== undefined && { session: input.session_id }),
    notice: (line) => void notices.push(line),
  };
  const name = input.command_name.slice(input.command_name.lastIndexOf(':') + 1);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  try {
    if (!command) throw new UsageError(`Tandem does not know the command ${input.command_name}.`);
    return withNotices(await command(input.command_args ?? '', door), notices);
  } catch (error) {
    return withNotices(block(asSlashCommands(errorText(error))), notices);
  }
}

/**
 * The host names commands as a terminal has them. Only for texts that are Tandem's own: in Codex's words a name may be
 * anything.
 */
function asSlashCommands(text: string): string {
  return text
    .replaceAll(new RegExp(`\`(${Object.keys(commands).join('|')})(?=[ \`])`, 'g'), '`/codex:$1')
    .replace(/^Usage: /m, 'Usage: /codex:');
}

/** The commands as Claude Code sees them. `text` is what was typed behind each. */
const commands: Readonly<Record<string, (text: string, door: Door) => Promise<HookAnswer>>> = {
  review: (text, door) => jobAnswer(parseReview(text), door),
  'adversarial-review': (text, door) => jobAnswer(parseAdversarialReview(text), door),
  rescue: rescueAnswer,
  transfer: (text, door) => jobAnswer(parseTransfer(text), door),
  status: statusAnswer,
  result: resultAnswer,
  cancel: cancelAnswer,
  setup: setupAnswer,
};

const quietly = () => undefined;

async function jobAnswer({ order, mode, json }: JobOptions<Order>, door: Door): Promise<HookAnswer> {
  const { report, waited } = await startJob({ door, order, mode, onProgress: quietly });
  if (json) return block(jsonText(reportJson(report)));
  if (!waited) return block(backgroundText(report));
  return isWorthATurn(report) ? context(report) : block(report.markdown);
}

/**
 * A task is Claude's to hand over, with what it knows of the matter: the turn goes on, with the request as it was typed.
 * Where the user wants it in the background, or as JSON, and there is nothing to ask, no model is needed.
 */
async function rescueAnswer(text: string, door: Door): Promise<HookAnswer> {
  const options = parseRescue(text);
  const { thread, resumable, isDirect } = await ask(door, 'answers', async (connection, cwd) => {
    const plan = planTask(options, (await connection.prepareTask({ cwd })).resumable, door.env);
    const { prompt, write } = options.order;
    if (!plan.isDirect) await connection.prepareTask({ cwd, permit: { prompt, write } });
    return plan;
  });
  const { order, mode, json } = options;
  if (isDirect) return jobAnswer({ order: { ...order, thread }, mode, json }, door);
  const { fork, ...rest } = order;
  const request = {
    ...rest,
    thread: fork === true ? 'fork' : thread,
    mode: mode === 'background' ? 'background' : 'wait',
    resumable: resumable && { id: resumable.id, title: resumable.title, ended: resumable.endedAt },
  };
  return withContext(requestElement(jsonText(request)));
}

interface TaskPlan {
  thread: 'resume' | 'fresh' | 'ask';
  resumable: Job | null;
  /** No model is needed. */
  isDirect: boolean;
}

function planTask(
  { order, mode, json }: RescueOptions,
  resumable: Job | null,
  env: NodeJS.ProcessEnv,
): TaskPlan {
  const thread = order.thread ?? (resumable !== null && !json && canAsk(env) ? 'ask' : 'fresh');
  return { thread, resumable, isDirect: json || (mode === 'background' && thread !== 'ask') };
}

/** Without a person at the other end (`claude -p`, the SDKs) Claude has no tool to ask with (measured on 2.1.197 and 2.1.330). */
function canAsk({ CLAUDE_CODE_ENTRYPOINT: entry = '' }: NodeJS.ProcessEnv): boolean {
  return !entry.startsWith('sdk-');
}

async function statusAnswer(text: string, door: Door): Promise<HookAnswer> {
  const options = parseStatus(text);
  const status = await askStatus(door, options, quietly);
  if (options.json) return block(jsonText(statusJson(status)));
  return block(options.id === undefined ? asSlashCommands(status.markdown) : status.markdown);
}

async function resultAnswer(text: string, door: Door): Promise<HookAnswer> {
  const options = parseResult(text);
  const report = await askResult(door, options);
  if (options.json) return block(jsonText(reportJson(report)));
  if (!isWorthATurn(report)) return block(report.markdown);
  // Who wants everything is not served with less because Claude could not take it.
  return options.full && !fitsIntoHook(report)
    ? block(`${report.markdown}\n\n${tooLong(report)}`)
    : context(report);
}

function tooLong({ job }: Report): string {
  return `This is too long for Claude’s context. \`/codex:result ${job.id}\` brings the short form there.`;
}

async function cancelAnswer(text: string, door: Door): Promise<HookAnswer> {
  const options = parseCancel(text);
  const report = await askCancel(door, options);
  return block(options.json ? jsonText(reportJson(report)) : report.markdown);
}

async function setupAnswer(text: string, door: Door): Promise<HookAnswer> {
  const options = parseSetup(text);
  const { checks, markdown } = await askSetup(door, options);
  return block(options.json ? jsonText({ checks }) : asSlashCommands(markdown));
}

/** Where there is nothing to present, a turn of the model would only cost. */
function isWorthATurn({ job, result }: Report): boolean {
  if (result === null || job.kind === 'transfer') return false;
  return job.state === 'succeeded' || (job.state === 'inconclusive' && isReview(job.kind));
}

function backgroundText(report: Report): string {
  const { job } = report;
  const also = isReview(job.kind) ? ' Its findings appear in VS Code.' : '';
  return `${inBackground(report)}. \`/codex:status ${job.id}\` shows how it goes, \`/codex:result ${job.id}\` brings what came of it here.${also}`;
}

function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function block(reason: string): HookAnswer {
  return {
    decision: 'block',
    reason: printable(reason),
    hookSpecificOutput: { hookEventName: eventName, suppressOriginalPrompt: true },
  };
}

function context(report: Report): HookAnswer {
  const text = hookReport(report);
  return { systemMessage: text, ...withContext(reportElement(report.job.id, text)) };
}

function withContext(additionalContext: string) {
  return { hookSpecificOutput: { hookEventName: eventName, additionalContext } } as const;
}

function withNotices(answer: HookAnswer, notices: readonly string[]): HookAnswer {
  if (notices.length === 0) return answer;
  const head = notices.join('\n');
  if ('decision' in answer) return { ...answer, reason: `${head}\n\n${answer.reason}` };
  const rest = answer.systemMessage === undefined ? '' : `\n\n${answer.systemMessage}`;
  return { ...answer, systemMessage: head + rest };
}
