import {
  type ComparedReview,
  type ComparedRow,
  type Comparison,
  type Decision,
  type Reported,
  type Silence,
} from '../src/protocol/comparePage.ts';
import { type ReviewerId, reviewers, voiceName } from '../src/protocol/finding.ts';
import { isTerminal } from '../src/protocol/job.ts';
import { capitalised, reviewerFacts } from './jobText.ts';
import { countText } from './run.ts';
import { clockText, durationText } from './time.ts';
import { resultText } from './viewRuns.ts';

/*
 * What the comparison says, as text.
 */

export type RowKind = 'dispute' | 'both' | 'codex' | 'claude';

export function rowKind({ codex, claude, decision }: ComparedRow): RowKind {
  if (decision !== null) return 'dispute';
  if (codex && claude) return 'both';
  return codex ? 'codex' : 'claude';
}

export const rowKinds: readonly RowKind[] = ['dispute', 'both', 'codex', 'claude'];

export const kindTitles: Readonly<Record<RowKind, string>> = {
  dispute: 'Disputes',
  both: 'Both report',
  codex: 'Only Codex reports',
  claude: 'Only Claude reports',
};

/** A finding that contradicts several stands in several rows. */
export function rowKey({ codex, claude }: ComparedRow): string {
  return [codex?.id, claude?.id].filter((id) => id !== undefined).join('/');
}

/** `5 findings: 2 by both, 1 only by Codex, 2 in 1 dispute`; empty while nobody has answered. */
export function totalText({ rows, codex, claude }: Comparison): string {
  const kinds = rows.map(rowKind);
  const count = (kind: RowKind) => kinds.filter((one) => one === kind).length;
  const disputed = new Set(
    rows.filter((row) => rowKind(row) === 'dispute').flatMap((row) => [row.codex?.id, row.claude?.id]),
  ).size;
  const answered = reviewers.every((reviewer) => hasAnswered({ codex, claude }[reviewer]));
  const disputes = count('dispute');
  const parts = [
    [count('both'), `${count('both')} by both`],
    [count('codex'), `${count('codex')} only by Codex`],
    [count('claude'), `${count('claude')} only by Claude`],
    [disputes, `${disputed} in ${disputes === 1 ? '1 dispute' : `${disputes} disputes`}`],
  ] as const;
  const total = count('both') + count('codex') + count('claude') + disputed;
  if (total === 0) return answered ? 'No findings' : '';
  // Of one answer alone nobody can say who agrees.
  const details = answered ? `: ${parts.flatMap(([many, text]) => (many > 0 ? [text] : [])).join(', ')}` : '';
  return `${capitalised(countText(total))}${details}`;
}

/** It has a verdict. */
export function hasAnswered(review: ComparedReview | null): boolean {
  return review !== null && (review.verdict === 'clean' || review.verdict === 'findings');
}

/** How the review stands or ended, in a few words. */
export function standingText(review: ComparedReview | null): string {
  return review === null ? 'No longer kept' : resultText(review);
}

/** Model, time, tokens, cost: what it took. @param now ms since the epoch */
export function spentFacts(review: ComparedReview, now: number): string[] {
  const { startedAt, endedAt, tokens, cost, structure } = review;
  const [, ...facts] = reviewerFacts({ ...review, kind: 'review' });
  const since = startedAt === null ? null : Date.parse(startedAt);
  const time =
    since === null
      ? ''
      : endedAt === null
        ? clockText(now - since)
        : durationText(Date.parse(endedAt) - since);
  return [
    ...facts,
    structure === null || structure === 'structured' ? '' : structure,
    time,
    tokens === null ? '' : `${tokens.toLocaleString('en-GB')} tokens`,
    cost === null ? '' : cost < 0.01 ? 'less than $0.01' : `$${cost.toFixed(2)}`,
  ].filter((fact) => fact !== '');
}

/** What a running review does now; empty for one that has ended. */
export function doingText({ state, phase, activity, waitingFor }: ComparedReview): string {
  if (isTerminal(state)) return '';
  if (waitingFor !== null) return activity ?? `waiting for ${waitingFor}`;
  return [phase ?? '', activity ?? ''].filter((text) => text !== '').join(': ');
}

const silenceTexts: Readonly<Record<Silence, (name: string) => string>> = {
  running: (name) => `${name} has not answered yet.`,
  'no verdict': (name) => `${name} gave no verdict.`,
  looked: (name) => `${name} looked at this file and does not report it.`,
  'not looked': (name) => `${name} was not seen looking at this file.`,
  unknown: (name) => `${name} does not report it.`,
};

export function silenceText(reviewer: ReviewerId, silence: Silence): string {
  return silenceTexts[silence](voiceName(reviewer));
}

const decisionTexts: Readonly<Record<Decision, string>> = {
  open: 'They advise the opposite. Who is right?',
  codex: 'Codex is right: Claude’s finding is dismissed.',
  claude: 'Claude is right: Codex’s finding is dismissed.',
  both: 'Both stand: you decided so.',
  neither: 'Both are dismissed.',
  over: 'Nothing is left to decide: one of them is fixed or no longer listed.',
};

export function decisionText(decision: Decision): string {
  return decisionTexts[decision];
}

/** `P1 · 92 % confidence`. @param withPriority where the two may differ */
export function wordsFacts(
  { priority, confidence }: Pick<Reported, 'priority' | 'confidence'>,
  withPriority: boolean,
): string {
  const sure = confidence === null ? '' : `${Math.round(confidence * 100)} % confidence`;
  return [withPriority ? priority : '', sure].filter((fact) => fact !== '').join(' · ');
}

/** What a screen reader should say: the end of a review; null where nothing has ended. */
export function compareNews(before: Comparison | null, after: Comparison | null): string | null {
  if (before === null || after === null) return null;
  const ended = reviewers.filter((reviewer) => {
    const [former, now] = [before[reviewer], after[reviewer]];
    return former !== null && now !== null && !isTerminal(former.state) && isTerminal(now.state);
  });
  if (ended.length === 0) return null;
  return ended.map((reviewer) => `${voiceName(reviewer)}: ${standingText(after[reviewer])}`).join('. ');
}

/** A clock runs. */
export function isRunning(comparison: Comparison | null): boolean {
  return (
    comparison !== null &&
    reviewers.some((reviewer) => {
      const review = comparison[reviewer];
      return review !== null && !isTerminal(review.state);
    })
  );
}
