import { voiceName } from '../src/protocol/finding.ts';
import type { Job, JobKind } from '../src/protocol/job.ts';
import type { RunOutcome } from './run.ts';
import { durationText, momentText } from './time.ts';

/** What kind of review it is, where it is not the usual one. */
export const kindFacts: Readonly<Partial<Record<JobKind, string>>> = {
  'adversarial-review': 'Adversarial review',
  gate: 'Stop-time review',
};

/** The reviewer, its model, provider and effort, as far as they are known. */
export function reviewerFacts({
  kind,
  reviewer,
  model,
  provider,
  effort,
}: Pick<Job, 'kind' | 'reviewer' | 'model' | 'provider' | 'effort'>): string[] {
  const facts = [
    kindFacts[kind] ?? '',
    voiceName(reviewer),
    model ?? '',
    provider ?? '',
    effort === null ? '' : `${effort} effort`,
  ];
  return facts.filter((fact) => fact !== '');
}

/** When it ended and how long it took; null while it runs. */
export function timeOf(
  { startedAt, endedAt }: Pick<Job, 'startedAt' | 'endedAt'>,
  now: number,
): { readonly text: string; readonly hint: string } | null {
  if (endedAt === null) return null;
  const took =
    startedAt === null ? '' : `, took ${durationText(Date.parse(endedAt) - Date.parse(startedAt))}`;
  const text = momentText(endedAt, now);
  return { text, hint: `Ended ${text}${took}` };
}

/** Messages and advice are no Markdown, but name commands as if they were. */
export function withoutCodeSpans(text: string): string {
  return text.replaceAll(/`([^`]+)`/g, '“$1”');
}

/** With a capital letter first. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Says so where the findings' form is not the reviewer's own: then something may have been lost on the way. */
export function formNote({ structure }: Pick<Job, 'structure'>, kind: RunOutcome): string {
  if (kind !== 'clean' && kind !== 'findings') return '';
  if (structure === 'parsed')
    return 'The findings were recovered from the reviewer’s text; something may be missing.';
  return structure === 'raw' ? 'The reviewer answered in plain text only.' : '';
}
