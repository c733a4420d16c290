import * as z from 'zod/mini';
import { lookSchema } from './evidence.ts';
import { type Finding, type ReviewerId, reviewers, voiceName } from './finding.ts';

/*
 * Cross-examination: another agent than the one that raised a finding looks whether it is right, without being told who
 * raised it. Where it says no the finding is disputed, and a tie-break may say who is right, as blindly.
 */

export const examinationVerdicts = ['confirm', 'refute', 'cannot tell'] as const;
export type ExaminationVerdict = (typeof examinationVerdicts)[number];

/** What its job came to, for people. */
export const verdictSummaries: Readonly<Record<ExaminationVerdict, string>> = {
  confirm: 'The finding is right',
  refute: 'The finding is wrong',
  'cannot tell': 'Cannot tell whether the finding is right',
};

/** Of the two arguments of a tie-break, in the order in which they were told. */
export const tieBreakVerdicts = ['first', 'second', 'cannot tell'] as const;
export type TieBreakVerdict = (typeof tieBreakVerdicts)[number];

/** Sides of a dispute: `for` the finding, and `against` it. */
export const sides = ['for', 'against'] as const;
export type Side = (typeof sides)[number];

/** Lines of a file as an agent quoted them; not yet compared with the file. */
export const quoteSchema = z.object({
  /** As the agent wrote it. */
  file: z.string(),
  /** 1-based. */
  startLine: z.int(),
  lines: z.array(z.string()),
});
export type Quote = z.infer<typeof quoteSchema>;

const said = { reason: z.string(), quotes: z.array(quoteSchema) };
export const examinationAnswerSchema = z.object({ verdict: z.enum(examinationVerdicts), ...said });
export const tieBreakAnswerSchema = z.object({ verdict: z.enum(tieBreakVerdicts), ...said });

/** The same as the model's output schemas (draft 07, as Codex takes it: every field required). */
export const examinationOutputSchema = outputSchema(examinationVerdicts);
export const tieBreakOutputSchema = outputSchema(tieBreakVerdicts);

function outputSchema(verdicts: readonly string[]) {
  const quote = {
    type: 'object',
    properties: {
      file: { type: 'string' },
      startLine: { type: 'integer' },
      lines: { type: 'array', items: { type: 'string' } },
    },
    required: ['file', 'startLine', 'lines'],
    additionalProperties: false,
  };
  return {
    type: 'object',
    properties: {
      verdict: { type: 'string', enum: [...verdicts] },
      reason: { type: 'string' },
      quotes: { type: 'array', items: quote },
    },
    required: ['verdict', 'reason', 'quotes'],
    additionalProperties: false,
  };
}

/** A quote that has been compared with the file. */
export const checkedQuoteSchema = z.extend(quoteSchema, {
  /** True: the file has these lines there, and they are the file's own. False: it has not, and all of it is the agent's word. */
  verified: z.boolean(),
});
export type CheckedQuote = z.infer<typeof checkedQuoteSchema>;

/** What an agent said of a finding that it looked at without having raised it, or as the judge of a dispute. */
export const examinationSchema = z.object({
  by: z.enum(reviewers),
  verdict: z.enum(examinationVerdicts),
  /** Markdown of a model. */
  reason: z.string(),
  quotes: z.array(checkedQuoteSchema),
  /** What it was seen looking at; only the first of very many. */
  looks: z.array(z.pick(lookSchema, { command: true, succeeded: true })),
  job: z.string(),
  /** Of a tie-break: the side whose argument was told first. Null for an examination. */
  tieBreak: z._default(z.nullable(z.enum(sides)), null),
});
export type Examination = z.infer<typeof examinationSchema>;

export const knownExaminationSchema = z.extend(examinationSchema, {
  /** ISO 8601, UTC. */
  at: z.string(),
  /** False once its agent has reported the finding itself, or the finding came back after a fix. */
  current: z.boolean(),
});
export type KnownExamination = z.infer<typeof knownExaminationSchema>;

/**
 * What examinations mean for a finding:
 * - `confirmed`: another agent says that it is right, and none says otherwise;
 * - `refuted`: what only a tool raised is wrong, as an agent says;
 * - `disputed`: one agent says that it is right, another one that it is not.
 * A tie-break after the last examination ends a dispute.
 */
export const standingSchema = z.object({
  kind: z.enum(['confirmed', 'refuted', 'disputed']),
  /** Whose word it is; of a dispute, who refutes the finding. */
  by: z.enum(reviewers),
  tieBreak: z.boolean(),
});
export type Standing = z.infer<typeof standingSchema>;

interface Examined {
  readonly reviewers: Finding['reviewers'];
  /** Oldest first. */
  readonly examinations: readonly KnownExamination[];
}

/** Null where nobody has examined the finding, or nobody could tell. */
export function standingOf(finding: Examined): Standing | null {
  const telling = finding.examinations.filter(({ current, verdict }) => current && verdict !== 'cannot tell');
  const last = telling.at(-1);
  if (!last) return null;
  const isConfirmed = last.verdict === 'confirm';
  if (last.tieBreak !== null)
    return { kind: isConfirmed ? 'confirmed' : 'refuted', by: last.by, tieBreak: true };
  const against = argumentsOf(finding, 'against').at(-1);
  if (!against) return { kind: 'confirmed', by: last.by, tieBreak: false };
  const isDefended = finding.reviewers.some((voice) => voice !== 'sarif');
  const isDisputed = isDefended || argumentsOf(finding, 'for').length > 0;
  return { kind: isDisputed ? 'disputed' : 'refuted', by: against.by, tieBreak: false };
}

/** What each agent's last examination says for the finding or against it. Tie-breaks are no arguments. */
export function argumentsOf(
  { examinations }: Pick<Examined, 'examinations'>,
  side: Side,
): KnownExamination[] {
  const current = examinations.filter(
    (one) => one.current && one.tieBreak === null && one.verdict !== 'cannot tell',
  );
  const latest = new Map(current.map((one) => [one.by, one]));
  const verdict: ExaminationVerdict = side === 'for' ? 'confirm' : 'refute';
  return [...latest.values()].filter((one) => one.verdict === verdict);
}

/** What is confirmed comes before others of its priority, what is doubted after them. */
export function rankOf(standing: Standing | null): number {
  const ranks = { confirmed: 0, disputed: 2, refuted: 3 };
  return standing === null ? 1 : ranks[standing.kind];
}

/** The agent that did not raise the finding, where exactly one of both did; else null. */
export function otherAgent({ reviewers: voices }: Pick<Finding, 'reviewers'>): ReviewerId | null {
  const others = reviewers.filter((agent) => !voices.includes(agent));
  return others.length === 1 ? (others[0] ?? null) : null;
}

/** `Confirmed by Claude`, `Disputed`, `Refuted in a tie-break`. */
export function standingText({ kind, by, tieBreak }: Standing): string {
  if (kind === 'disputed') return 'Disputed';
  const what = kind === 'confirmed' ? 'Confirmed' : 'Refuted';
  return tieBreak ? `${what} in a tie-break` : `${what} by ${voiceName(by)}`;
}

/** `Confirmed by Claude`, `Claude cannot tell`, `Refuted by Codex in a tie-break`. */
export function examinationHeading({
  by,
  verdict,
  tieBreak,
}: Pick<Examination, 'by' | 'verdict' | 'tieBreak'>): string {
  const name = voiceName(by);
  const words = {
    confirm: `Confirmed by ${name}`,
    refute: `Refuted by ${name}`,
    'cannot tell': `${name} cannot tell`,
  };
  return `${words[verdict]}${tieBreak === null ? '' : ' in a tie-break'}`;
}

/** Where a quote stands, for people. */
export function quotePlace({ file, startLine, lines }: Quote): string {
  const endLine = startLine + lines.length - 1;
  return `${file}:${endLine > startLine ? `${startLine}-${endLine}` : startLine}`;
}
