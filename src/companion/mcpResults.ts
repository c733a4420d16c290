import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { CancelledError, UserError } from '../base/errors.ts';
import { isTerminal } from '../protocol/job.ts';
import { type Report, stateOf } from '../protocol/report.ts';
import { errorText } from './outcome.ts';
import { inBackground, reportElement, toolReport } from './reportText.ts';
import { printable } from '../base/printable.ts';

/*
 * Answers of the tools. Text only: where an answer has `structuredContent` too, Claude Code 2.1.197 and 2.1.330 hand the
 * model that instead of the text (measured).
 */

/** What a job that the call started came to: one that ended without doing its work is an error of the tool. */
export function endResult(report: Report): CallToolResult {
  const state = stateOf(report);
  const answer = reportResult(report);
  return state === 'succeeded' || state === 'inconclusive' ? answer : { ...answer, isError: true };
}

/** A job's report, whatever it says. */
export function reportResult(report: Report): CallToolResult {
  return text(reportElement(report.job.id, toolReport(report)));
}

export function backgroundResult(report: Report): CallToolResult {
  return text(
    `${inBackground(report)}. There is no result yet. \`status\` tells how it goes, \`result\` what came of it.`,
  );
}

export function stillRunningResult(report: Report): CallToolResult {
  const { id } = report.job;
  // It ended in the moment when the patience did.
  if (isTerminal(stateOf(report))) return endResult(report);
  const note = `Job ${id} is still running, and goes on. There is no result yet: call \`result\` with it later.`;
  return text(`${note}\n\n${reportElement(id, toolReport(report))}`);
}

/** A list from Tandem, with words of Codex in it. */
export function listResult(list: string): CallToolResult {
  return text(reportElement(null, list));
}

export function errorResult(error: unknown): CallToolResult {
  // The host's words are for the caller; what is a bug of ours has more to tell, and Claude Code keeps stderr in its log.
  if (!(error instanceof UserError) && !(error instanceof CancelledError) && error instanceof Error)
    process.stderr.write(`${error.stack ?? error.message}\n`);
  return { ...text(printable(errorText(error))), isError: true };
}

/** How the call was served, for the user, in front of the answer. */
export function withNotices(result: CallToolResult, notices: readonly string[]): CallToolResult {
  const blocks = notices.map((notice) => ({ type: 'text', text: notice }) as const);
  return { ...result, content: [...blocks, ...result.content] };
}

function text(words: string): CallToolResult {
  return { content: [{ type: 'text', text: words }] };
}
