import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { CallToolResult, ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js';
import { serverInstructions, toolTexts } from '../../prompts/mcp/texts.ts';
import { UsageError } from '../base/errors.ts';
import { modelNamed } from '../protocol/commandLine.ts';
import type { ReviewOrder, TaskOrder } from '../protocol/order.ts';
import { scopeOf } from '../protocol/target.ts';
import { currentSession } from './claudeSession.ts';
import { type JobCall, startJob } from './job.ts';
import { ProgressReporter } from './mcpProgress.ts';
import {
  backgroundResult,
  endResult,
  errorResult,
  listResult,
  reportResult,
  stillRunningResult,
  withNotices,
} from './mcpResults.ts';
import {
  type ReviewInput,
  type TaskInput,
  cancelInput,
  findingsInput,
  resultInput,
  reviewInput,
  statusInput,
  taskInput,
} from './mcpSchemas.ts';
import { type Door, ask } from './openHost.ts';
import { askCancel, askResult, askStatus } from './queries.ts';
import { toolFindings, toolText } from './reportText.ts';

/**
 * The longest that a tool waits for a job. Milliseconds; below the `timeout` in `prompts/plugin/.mcp.json`, which Claude
 * Code takes before its own `MCP_TOOL_TIMEOUT` (measured on 2.1.197 and 2.1.330).
 */
export const longestWait = 55 * 60_000;

type Extra = Pick<
  RequestHandlerExtra<ServerRequest, ServerNotification>,
  'signal' | '_meta' | 'sendNotification'
>;

const looks = { readOnlyHint: true, openWorldHint: false } as const;
const works = { readOnlyHint: false, idempotentHint: false, openWorldHint: true } as const;

export interface McpOptions {
  env: NodeJS.ProcessEnv;
  /** How long a call waits for its job. Milliseconds. */
  patience: number;
  /** Process id of Claude Code. */
  parent: number;
}

/** The tools that Claude's model may call. Each call finds its own host, and every failure is an answer in words. */
export function createMcpServer(options: McpOptions): McpServer {
  const server = new McpServer(
    { name: 'tandem', title: 'Tandem', version: TANDEM_VERSION },
    { instructions: serverInstructions },
  );
  const answer = (work: (door: Door) => Promise<CallToolResult>) => answered(options, work);
  const { patience } = options;
  server.registerTool(
    'review',
    { ...toolTexts.review, inputSchema: reviewInput, annotations: { ...works, destructiveHint: false } },
    (input, extra) =>
      answer((door) => runJob({ door, order: reviewOrder(input), mode: input.mode, patience }, extra)),
  );
  server.registerTool(
    'task',
    { ...toolTexts.task, inputSchema: taskInput, annotations: { ...works, destructiveHint: true } },
    (input, extra) =>
      answer((door) => runJob({ door, order: taskOrder(input), mode: input.mode, patience }, extra)),
  );
  server.registerTool(
    'status',
    { ...toolTexts.status, inputSchema: statusInput, annotations: looks },
    ({ job, all }) => answer((door) => status(door, { ...named(job), all })),
  );
  server.registerTool(
    'result',
    { ...toolTexts.result, inputSchema: resultInput, annotations: looks },
    ({ job, full }) => answer(async (door) => reportResult(await askResult(door, { ...named(job), full }))),
  );
  server.registerTool(
    'cancel',
    {
      ...toolTexts.cancel,
      inputSchema: cancelInput,
      annotations: {
        readOnlyHint: false,
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: false,
      },
    },
    ({ job }) => answer(async (door) => reportResult(await askCancel(door, named(job)))),
  );
  server.registerTool(
    'findings',
    { ...toolTexts.findings, inputSchema: findingsInput, annotations: looks },
    () => answer(findings),
  );
  return server;
}

async function answered(
  { env, parent }: McpOptions,
  work: (door: Door) => Promise<CallToolResult>,
): Promise<CallToolResult> {
  const notices: string[] = [];
  try {
    const { session, cwd } = await currentSession(env, parent);
    const notice = (line: string) => void notices.push(line);
    const door = { kind: 'mcp', cwd, env, notice, ...(session !== undefined && { session }) } as const;
    return withNotices(await work(door), notices);
  } catch (error) {
    return withNotices(errorResult(error), notices);
  }
}

function reviewOrder({ kind, focus, model, effort, ...input }: ReviewInput): ReviewOrder {
  const { scope, base, commit, range, files, lines, plan } = input;
  const request = {
    scope,
    ...(base !== undefined && { base }),
    ...(commit !== undefined && { commit }),
    ...(range !== undefined && { range }),
    ...(files !== undefined && { files }),
    ...(lines !== undefined && { lines }),
    ...(plan !== undefined && { plan }),
  };
  const target = { ...request, scope: scopeOf(request) };
  if (kind === 'native' && target.scope === 'plan')
    throw new UsageError('A plan goes to the adversarial review.', 'Set `kind` to `adversarial`.');
  return {
    kind: kind === 'native' ? 'review' : 'adversarial-review',
    // Its model asks for the other agent, whatever the user's setting for their own reviews is.
    reviewer: 'codex',
    target,
    focus,
    model: modelNamed(model),
    effort,
  };
}

function taskOrder({ prompt, write, thread, model, effort }: TaskInput): TaskOrder {
  const order = { kind: 'task', prompt, write, model: modelNamed(model), effort } as const;
  return thread === 'fork' ? { ...order, thread: 'resume', fork: true } : { ...order, thread };
}

async function runJob(
  call: Required<Pick<JobCall, 'door' | 'order' | 'mode' | 'patience'>>,
  extra: Extra,
): Promise<CallToolResult> {
  const token = extra._meta?.progressToken;
  const reporter =
    token === undefined
      ? undefined
      : new ProgressReporter((progress, message) => {
          const params = { progressToken: token, progress, message };
          return extra.sendNotification({ method: 'notifications/progress', params });
        });
  try {
    const { report, waited } = await startJob({
      ...call,
      signal: extra.signal,
      onProgress: (step) => reporter?.show(step),
    });
    if (waited) return endResult(report);
    return call.mode === 'background' ? backgroundResult(report) : stillRunningResult(report);
  } finally {
    reporter?.stop();
  }
}

async function status(door: Door, options: { id?: string; all: boolean }): Promise<CallToolResult> {
  const { markdown } = await askStatus(door, { ...options, wait: false }, () => undefined);
  return listResult(toolText(markdown));
}

async function findings(door: Door): Promise<CallToolResult> {
  return listResult(toolFindings(await ask(door, 'answers', (host, cwd) => host.findings({ cwd }))));
}

function named(job: string | undefined): { id?: string } {
  return job === undefined ? {} : { id: job };
}
