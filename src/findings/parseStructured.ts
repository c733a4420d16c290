import * as z from 'zod/mini';
import type { Priority } from '../protocol/finding.ts';
import type { EarlierStatus, ReadOutput, ReportedFinding, ReviewOutput } from './finding.ts';
import { readJson } from './jsonInText.ts';
import { splitTitle } from './parseJson.ts';

/*
 * The answer to our own schema (prompts/review): the model was held to it, but Codex checks nothing
 * (facts: app-server.md, 3), so that it is read as carefully as any other answer.
 */

const text = z.catch(z.string(), '');
const number = z.catch(z.nullable(z.number()), null);

const findingSchema = z.object({
  severity: text,
  title: text,
  body: text,
  file: text,
  line_start: number,
  line_end: number,
  confidence: number,
  recommendation: text,
});
const answerSchema = z.object({
  verdict: z.enum(['approve', 'needs-attention']),
  summary: text,
  findings: z.array(findingSchema),
  next_steps: z.catch(z.array(z.string()), []),
  earlier: z.catch(z.array(z.unknown()), []),
});
const earlierSchema = z.object({ id: z.string(), status: text, reason: text });

const severities: Readonly<Record<string, Priority>> = {
  critical: 'P0',
  high: 'P1',
  medium: 'P2',
  low: 'P3',
};

/** The verdict in the reviewer's own words: it stands before the summary, because no count of findings says it. */
const verdictWords = { approve: 'Approved.', 'needs-attention': 'Needs attention.' } as const;

/** Null for an answer without an object of the schema's form; see `readJson` for where it is looked for. */
export function parseStructuredOutput(answer: string): ReadOutput | null {
  const found = readJson(answer, toOutput);
  return found && { output: found.value, structure: found.structure };
}

function toOutput(value: unknown): ReviewOutput | null {
  const parsed = z.safeParse(answerSchema, value).data;
  return parsed
    ? {
        findings: parsed.findings.map(toFinding),
        correctness: parsed.verdict,
        explanation: `${verdictWords[parsed.verdict]} ${parsed.summary.trim()}`.trim(),
        confidence: null,
        earlier: parsed.earlier.flatMap(toEarlier),
        nextSteps: parsed.next_steps.map((step) => step.trim()).filter((step) => step !== ''),
      }
    : null;
}

/** What cannot be read says nothing about any finding. */
function toEarlier(value: unknown): EarlierStatus[] {
  const { data } = z.safeParse(earlierSchema, value);
  if (!data || data.id.trim() === '') return [];
  return [{ id: data.id.trim(), status: statuses[data.status] ?? 'cannot tell', reason: data.reason.trim() }];
}

const statuses: Readonly<Record<string, EarlierStatus['status']>> = {
  fixed: 'fixed',
  'still-there': 'still there',
  'cannot-tell': 'cannot tell',
};

function toFinding(finding: z.infer<typeof findingSchema>): ReportedFinding {
  const { severity, title, body, recommendation, file, confidence } = finding;
  return {
    title: splitTitle(title.trim() === '' ? (body.trim().split('\n')[0] ?? '') : title).title,
    body: body.trim(),
    recommendation: recommendation.trim(),
    priority: severities[severity.toLowerCase()] ?? 'P2',
    confidence: confidence !== null && confidence >= 0 && confidence <= 1 ? confidence : null,
    path: file,
    startLine: finding.line_start,
    endLine: finding.line_end,
  };
}
