import * as z from 'zod/mini';
import { UsageError } from '../base/errors.ts';
import { parseReview, parseSetup, parseStatus, splitWords } from '../protocol/commandLine.ts';
import type { Report } from '../protocol/report.ts';
import type { Door } from './openHost.ts';
import { errorText } from './outcome.ts';
import { hookReport, reportElement } from './reportText.ts';
import { review } from './review.ts';
import { reviewJson } from './reviewJson.ts';
import { setup } from './setup.ts';
import { status } from './status.ts';
import { printable } from './text.ts';

/** stdin of a `UserPromptExpansion` hook, as far as it is used (facts: claude-code.md, 2.3). */
const inputSchema = z.object({
  cwd: z.string(),
  session_id: z.optional(z.string()),
  /** `codex:review` */
  command_name: z.string(),
  /** The text behind the command, exactly as typed. */
  command_args: z.optional(z.string()),
});

/** What the hook prints. A block shows its reason to the user and needs no model turn; context lets the turn go on. */
export type HookAnswer =
  | {
      decision: 'block';
      reason: string;
      hookSpecificOutput: { hookEventName: 'UserPromptExpansion'; suppressOriginalPrompt: true };
    }
  | {
      /** Shown to the user as it is, in the TUI of both measured versions. */
      systemMessage: string;
      hookSpecificOutput: { hookEventName: 'UserPromptExpansion'; additionalContext: string };
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
    cwd: input.cwd,
    env,
    ...(input.session_id !== undefined && { session: input.session_id }),
    notice: (line) => void notices.push(line),
  };
  const words = splitWords(input.command_args ?? '');
  try {
    return withNotices(await commandAnswer(input.command_name, words, door), notices);
  } catch (error) {
    return withNotices(block(errorText(error)), notices);
  }
}

async function commandAnswer(name: string, words: readonly string[], door: Door): Promise<HookAnswer> {
  switch (name.slice(name.lastIndexOf(':') + 1)) {
    case 'review':
      return reviewAnswer(words, door);
    case 'status': {
      const options = parseStatus(words);
      const result = await status(door, options);
      return block(options.json ? JSON.stringify({ jobs: result.jobs }, null, 2) : result.markdown);
    }
    case 'setup': {
      const options = parseSetup(words);
      const result = await setup(door);
      return block(options.json ? JSON.stringify({ checks: result.checks }, null, 2) : result.markdown);
    }
    default:
      throw new UsageError(`Tandem does not know the command ${name}.`);
  }
}

async function reviewAnswer(words: readonly string[], door: Door): Promise<HookAnswer> {
  const options = parseReview(words);
  const report = await review({ door, options, onProgress: () => undefined });
  if (options.json) return block(JSON.stringify(reviewJson(report), null, 2));
  if (options.background) return block(backgroundText(report));
  return isWorthATurn(report) ? context(report) : block(report.markdown);
}

/** Where there is nothing to present, a turn of the model would only cost. */
function isWorthATurn({ job, result }: Report): boolean {
  return result !== null && (job.state === 'succeeded' || job.state === 'inconclusive');
}

function backgroundText({ job }: Report): string {
  return `Codex reviews in the background: job ${job.id}. \`/codex:status ${job.id}\` shows how it goes, and its findings appear in VS Code.`;
}

function block(reason: string): HookAnswer {
  return {
    decision: 'block',
    reason: printable(reason),
    hookSpecificOutput: { hookEventName: 'UserPromptExpansion', suppressOriginalPrompt: true },
  };
}

function context(report: Report): HookAnswer {
  const text = hookReport(report);
  return {
    systemMessage: text,
    hookSpecificOutput: {
      hookEventName: 'UserPromptExpansion',
      additionalContext: reportElement(report.job.id, text),
    },
  };
}

function withNotices(answer: HookAnswer, notices: readonly string[]): HookAnswer {
  if (notices.length === 0) return answer;
  const head = `${notices.join('\n')}\n\n`;
  return 'decision' in answer
    ? { ...answer, reason: head + answer.reason }
    : { ...answer, systemMessage: head + answer.systemMessage };
}
