import { type Finding, priorities, voiceName } from '../protocol/finding.ts';
import { type Job, isTerminal } from '../protocol/job.ts';
import type { JobResult } from '../protocol/report.ts';
import { agreementOf } from './agreement.ts';
import { type ReportOptions, besideFindings, details, findingLines, headline } from './report.ts';

/** One review of a run, with what came of it. */
export interface RunPart {
  job: Job;
  result: JobResult | null;
}

/** A review by both reviewers for people, as Markdown: what each says, and what both of them report. */
export function runMarkdown(
  parts: readonly RunPart[],
  options: ReportOptions & { opinion?: Job | null },
): string {
  const [first] = parts;
  if (!first) throw new Error('A run has reviews.');
  const names = parts.map(({ job }) => voiceName(job.reviewer));
  const kind = first.job.kind === 'adversarial-review' ? 'Adversarial review' : 'Review';
  return [
    `# ${kind} by ${names.join(' and ')} of ${first.job.title}`,
    ...parts.flatMap((part) => ['', `${voiceName(part.job.reviewer)}: ${said(part, options.now)}`]),
    ...opinionLines(options.opinion ?? null),
    ...agreement(parts),
    ...parts.flatMap((part) => ownWords(part, options.full)),
    '',
    ...parts.flatMap(({ job }) => details(job)),
  ].join('\n');
}

function said({ job, result }: RunPart, now: number): string {
  const advice = job.failure?.advice;
  const line = headline(job, result, now);
  if (advice === undefined) return line;
  return `${line}${/[.!?…]$/.test(line) ? '' : '.'} ${advice}`;
}

/** What an agent says that was asked whether findings of both are the same. */
function opinionLines(opinion: Job | null): string[] {
  if (opinion === null) return [];
  const { reviewer, state, summary, failure } = opinion;
  const apart = 'The findings that may be the same stay apart.';
  const said = state === 'succeeded' ? `${summary ?? ''}.` : `${opinionState(opinion)} ${apart}`;
  return [
    '',
    `Second opinion by ${voiceName(reviewer)}: ${said}${failure?.advice ? ` ${failure.advice}` : ''}`,
  ];
}

function opinionState({ state, failure }: Job): string {
  if (!isTerminal(state)) return 'Not there yet.';
  const why = failure === null ? '' : `: ${failure.message}`;
  const end = state === 'failed' ? `Failed${why}` : state === 'cancelled' ? 'Cancelled' : `Interrupted${why}`;
  return /[.!?…]$/.test(end) ? end : `${end}.`;
}

/** What both report is on record as one finding, with one id. */
function agreement(parts: readonly RunPart[]): string[] {
  const done = parts.flatMap(({ job, result }) => (isTerminal(job.state) && result ? [{ job, result }] : []));
  const [one, other] = done;
  if (!one) return [];
  if (!other) return section(`${voiceName(one.job.reviewer)} reports`, one.result.findings);
  const { both, ones, others } = agreementOf(one.result.findings, other.result.findings);
  return [
    ...section(
      'Both report',
      both.map(([first, second]) => asOne(first, second)),
    ),
    ...section(`Only ${voiceName(one.job.reviewer)} reports`, ones),
    ...section(`Only ${voiceName(other.job.reviewer)} reports`, others),
  ];
}

/** In the words of whoever finds it more urgent, else of the first. */
function asOne(one: Finding, other: Finding): Finding {
  const shown = priorities.indexOf(other.priority) < priorities.indexOf(one.priority) ? other : one;
  return { ...shown, reviewers: [...new Set([...one.reviewers, ...other.reviewers])] };
}

function section(title: string, findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  return ['', `## ${title}`, ...findings.flatMap((finding) => ['', ...findingLines(finding)])];
}

function ownWords({ job, result }: RunPart, full: boolean): string[] {
  const end = isTerminal(job.state) && result ? besideFindings(job, result, full) : [];
  const lines = [...end, ...job.notes.flatMap((note) => ['', `Note: ${note}`])];
  return lines.length === 0 ? [] : ['', `## ${voiceName(job.reviewer)}’s own words`, ...lines];
}
