import type { FindingsResult } from '../protocol/bridge.ts';
import { type Finding, voiceName } from '../protocol/finding.ts';
import type { Job } from '../protocol/job.ts';
import { type Report, agentsText, jobsOf, stateOf } from '../protocol/report.ts';
import { oneLine, printable } from '../base/printable.ts';

/**
 * Claude Code 2.1.197 and 2.1.330 move a hook's text of more than 10,000 characters into a file and put the first 2 KB
 * in its place (measured for `additionalContext` and `systemMessage`; a block's `reason` has no such limit).
 */
const maxHookText = 9_500;
/** The answer of a tool is moved into a file beyond about 50,000 characters (measured: 30,000 stay, 60,000 do not). */
const maxToolText = 30_000;
const maxSummary = 2_000;
const maxTitle = 200;

/** The report as it fits into a hook's answer: whole, or a line per finding and where the rest is. */
export function hookReport(report: Report): string {
  return fitting(report, maxHookText);
}

/** `Codex works in the background: job review-1`; of a review by both it names the job that stands for both. */
export function inBackground(report: Report): string {
  const works = report.other ? 'work' : 'works';
  return `${agentsText(report)} ${works} in the background: job ${report.job.id}`;
}

/** The same for the answer of a tool. */
export function toolReport(report: Report): string {
  return fitting(report, maxToolText);
}

/** True if a hook's answer can hold the whole report. */
export function fitsIntoHook({ markdown }: Report): boolean {
  return printable(markdown).length <= maxHookText;
}

/** The open findings as they fit into the answer of a tool. */
export function toolFindings({ findings, markdown }: FindingsResult): string {
  const whole = printable(markdown);
  if (whole.length <= maxToolText) return whole;
  const head = [`${findings.length} open findings. This is shortened; VS Code shows them in full.`];
  return [...head, findingList(findings, maxToolText)].join('\n\n');
}

/** Any other text of the host for the answer of a tool. */
export function toolText(markdown: string): string {
  const whole = printable(markdown);
  return whole.length <= maxToolText ? whole : `${whole.slice(0, maxToolText)}\n… (shortened)`;
}

function fitting(report: Report, max: number): string {
  const whole = printable(report.markdown);
  return whole.length <= max ? whole : shortened(report, max);
}

function shortened(report: Report, max: number): string {
  const { job, result, other, markdown } = report;
  const where = `This is shortened. \`/codex:status ${job.id}\` shows the whole report.`;
  const findings = allFindings(report);
  if (findings.length === 0) return `${printable(markdown).slice(0, max - where.length - 10)}\n…\n\n${where}`;
  const head = [
    `${job.kind === 'adversarial-review' ? 'Adversarial review' : 'Review'} by ${agentsText(report)} ${job.id}, ${stateOf(report)}: ${findings.length} findings.`,
    ...jobsOf(report).flatMap((one) => failureLine(one, other !== undefined)),
    ...(job.structure === 'parsed' ? ['The findings were recovered from the text of the answer.'] : []),
    where,
    clipped(result?.summary ?? ''),
    clipped(other?.result?.summary ?? ''),
  ].filter((part) => part !== '');
  return [...head, findingList(findings, max - head.join('\n\n').length)].join('\n\n');
}

/** What both reviewers report is one finding, with one id. */
function allFindings({ result, other }: Report): Finding[] {
  const own = result?.findings ?? [];
  const known = new Set(own.map(({ id }) => id));
  return [...own, ...(other?.result?.findings ?? []).filter(({ id }) => !known.has(id))];
}

function failureLine({ reviewer, failure }: Job, isOneOfTwo: boolean): string[] {
  if (!failure) return [];
  const whose = isOneOfTwo ? `${voiceName(reviewer)}: ` : '';
  return [oneLine(`${whose}${failure.message} ${failure.advice ?? ''}`, maxSummary)];
}

/** A line for each finding that fits into so many characters, and how many there are more. */
function findingList(findings: readonly Finding[], max: number): string {
  const lines = findings.map(findingLine);
  const shown = fittingLines(lines, max - 80);
  const hidden = lines.length - shown.length;
  return [...shown, ...(hidden > 0 ? [`… and ${hidden} more findings.`] : [])].join('\n');
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

/**
 * The element by which a command's text, or a tool's caller, recognises the words of Codex: they can neither close nor
 * forge it. Without a job it holds a list.
 */
export function reportElement(job: string | null, text: string): string {
  const attribute = job === null ? '' : ` job="${job.replaceAll(/[^\w.-]/g, '')}"`;
  return `<tandem-report${attribute}>\n${inert(text)}\n</tandem-report>`;
}

/** The element by which a command's text recognises what the user asked for: JSON, in which `<` is escaped. */
export function requestElement(json: string): string {
  return `<tandem-request>\n${json.replaceAll('<', '\\u003c')}\n</tandem-request>`;
}

function inert(text: string): string {
  return text.replaceAll(/<(?=\s*\/?\s*(?:tandem-report|tandem-request|system-reminder)\b)/gi, '&lt;');
}
