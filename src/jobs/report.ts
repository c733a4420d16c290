import type { Finding } from '../protocol/finding.ts';
import { type Job, isTerminal } from '../protocol/job.ts';
import type { ReviewResult } from '../protocol/report.ts';
import { targetLabel } from '../protocol/target.ts';

/** Longer raw answers are cut in reports; the whole text stays on disk and in the editor. Characters. */
const maxRawLength = 20_000;

/** A job for people, as Markdown: where it stands, or what it found. */
export function jobMarkdown(job: Job, result: ReviewResult | null): string {
  const lines = [`# Codex review of ${targetLabel(job.target)}`, '', headline(job, result)];
  if (isTerminal(job.state) && result) lines.push(...body(job, result));
  if (job.failure?.advice !== undefined) lines.push('', job.failure.advice);
  lines.push('', `Job ${job.id}${job.model === null ? '' : `, model ${job.model}`}${providerNote(job)}.`);
  return lines.join('\n');
}

/** Several jobs as a Markdown list, newest first. */
export function jobsMarkdown(jobs: readonly Job[], repository: string): string {
  if (jobs.length === 0) return `No reviews yet in ${repository}.`;
  return [`Reviews in ${repository}, newest first:`, '', ...jobs.map(jobLine)].join('\n');
}

/** `3 findings, 1 of them P1`: what matters of a list of findings. */
export function findingsSummary(findings: readonly Finding[]): string {
  const [first] = findings;
  if (!first) return 'No findings';
  if (findings.length === 1) return `1 finding (${first.priority})`;
  const urgent = (['P0', 'P1'] as const).find((priority) =>
    findings.some((finding) => finding.priority === priority),
  );
  if (urgent === undefined) return `${findings.length} findings`;
  const count = findings.filter(({ priority }) => priority === urgent).length;
  return `${findings.length} findings, ${count === findings.length ? 'all' : count} of them ${urgent}`;
}

function jobLine(job: Job): string {
  const verdict = job.verdict === null || job.verdict === job.state ? '' : `, ${job.verdict}`;
  return `- ${job.id}: ${job.state}${doing(job)}${verdict}, ${targetLabel(job.target)}, ${job.createdAt}`;
}

function headline(job: Job, result: ReviewResult | null): string {
  const why = job.failure?.message ?? 'for an unknown reason.';
  switch (job.state) {
    case 'succeeded':
      return `${findingsSummary(result?.findings ?? [])}.`;
    case 'inconclusive':
      return `Inconclusive: ${why}`;
    case 'failed':
      return `Failed: ${why}`;
    case 'cancelled':
      return 'Cancelled. Earlier findings are kept.';
    case 'interrupted':
      return `Interrupted: ${why}`;
    default:
      return `${job.state}${doing(job)}`;
  }
}

function doing({ phase, activity }: Job): string {
  if (phase === null) return '';
  return activity === null ? ` (${phase})` : ` (${phase}: ${activity})`;
}

function body(job: Job, { summary, findings, rawText }: ReviewResult): string[] {
  const lines = summary === '' ? [] : ['', summary];
  for (const finding of findings) lines.push('', ...findingLines(finding));
  if (job.structure === 'raw') lines.push('', 'The answer as it came:', '', ...quoted(rawText));
  if (job.structure === 'parsed') lines.push('', 'The findings were recovered from the text of the answer.');
  return lines;
}

function findingLines(finding: Finding): string[] {
  const confidence =
    finding.confidence === null ? '' : ` (confidence ${Math.round(finding.confidence * 100)} %)`;
  const body = finding.body === '' ? [] : ['', ...finding.body.split('\n').map((line) => `  ${line}`)];
  return [`- [${finding.priority}] ${finding.title}: ${placeText(finding)}${confidence}`, ...body];
}

/** Where a finding stands, in words. */
export function placeText({ file, startLine, endLine, place }: Finding): string {
  if (file === '') return 'no file named';
  const lines = startLine === endLine ? `${startLine}` : `${startLine}-${endLine}`;
  const note = { anchored: '', missing: ' (no such file now)', outside: ' (outside the repository)' }[place];
  return `${file}:${lines}${note}`;
}

function quoted(text: string): string[] {
  const cut =
    text.length > maxRawLength
      ? `${text.slice(0, maxRawLength)}\n[… ${text.length - maxRawLength} more characters]`
      : text;
  return cut.split('\n').map((line) => `> ${line}`);
}

function providerNote({ provider }: Job): string {
  return provider === null || provider === 'openai' ? '' : ` (provider ${provider})`;
}
