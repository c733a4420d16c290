import type { Finding } from '../protocol/finding.ts';
import type { Report } from '../protocol/report.ts';
import { oneLine, printable } from './text.ts';

/**
 * Claude Code 2.1.197 and 2.1.330 move a hook's text of more than 10,000 characters into a file and put the first 2 KB
 * in its place (measured for `additionalContext` and `systemMessage`; a block's `reason` has no such limit).
 */
const maxHookText = 9_500;
const maxSummary = 2_000;
const maxTitle = 200;

/** The report as it fits into a hook's answer: whole, or a line per finding and where the rest is. */
export function hookReport(report: Report): string {
  const whole = printable(report.markdown);
  return whole.length <= maxHookText ? whole : shortened(report);
}

function shortened({ job, result, markdown }: Report): string {
  const where = `This is shortened. \`/codex:status ${job.id}\` shows the whole report.`;
  const findings = result?.findings ?? [];
  if (findings.length === 0)
    return `${printable(markdown).slice(0, maxHookText - where.length - 10)}\n…\n\n${where}`;
  const head = [
    `Codex review ${job.id}, ${job.state}: ${findings.length} findings.`,
    ...(job.failure ? [oneLine(`${job.failure.message} ${job.failure.advice ?? ''}`, maxSummary)] : []),
    ...(job.structure === 'parsed' ? ['The findings were recovered from the text of the answer.'] : []),
    where,
    clipped(result?.summary ?? ''),
  ];
  const lines = findings.map(findingLine);
  const room = maxHookText - head.join('\n\n').length - 80;
  const shown = fittingLines(lines, room);
  const hidden = lines.length - shown.length;
  const rest = hidden > 0 ? [`… and ${hidden} more findings.`] : [];
  return [...head.filter((part) => part !== ''), [...shown, ...rest].join('\n')].join('\n\n');
}

function clipped(summary: string): string {
  const text = printable(summary).trim();
  return text.length <= maxSummary ? text : `${text.slice(0, maxSummary)}…`;
}

function findingLine({ priority, title, file, startLine }: Finding): string {
  return `- [${priority}] ${oneLine(title, maxTitle)} (${oneLine(file, maxTitle)}:${startLine})`;
}

function fittingLines(lines: readonly string[], room: number): string[] {
  let used = 0;
  const end = lines.findIndex((line) => (used += line.length + 1) > room);
  return lines.slice(0, end === -1 ? lines.length : end);
}

/** The element by which the command's text recognises the report. The reviewer's words can neither close nor forge it. */
export function reportElement(id: string, text: string): string {
  const inert = text.replaceAll(/<(?=\s*\/?\s*(?:tandem-report|system-reminder)\b)/gi, '&lt;');
  return `<tandem-report job="${id.replaceAll(/[^\w.-]/g, '')}">\n${inert}\n</tandem-report>`;
}
