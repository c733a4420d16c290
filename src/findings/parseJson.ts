import * as z from 'zod/mini';
import type { Priority } from '../protocol/finding.ts';
import { priorities } from '../protocol/finding.ts';
import type { ReadOutput, ReportedFinding, ReviewOutput } from './finding.ts';
import { readJson } from './jsonInText.ts';

/**
 * The reviewer's JSON, read leniently: the model is asked for it in prose only, and Codex's own strict parser fails
 * on a missing priority, a confidence in quotes, or a missing place (facts: app-server.md, 2.3).
 */
const number = z.catch(z.nullable(z.union([z.number(), z.pipe(z.string(), z.transform(toNumber))])), null);
const text = z.catch(z.string(), '');
const lineRange = z.catch(z.nullable(z.object({ start: number, end: number })), null);

const reportedSchema = z.object({
  title: text,
  body: text,
  priority: z.catch(
    z.nullable(z.union([z.number(), z.pipe(z.string(), z.transform(toPriorityNumber))])),
    null,
  ),
  confidence_score: number,
  code_location: z.catch(
    z.nullable(z.object({ absolute_file_path: text, file_path: text, path: text, line_range: lineRange })),
    null,
  ),
});
const outputSchema = z.object({
  findings: z.array(z.unknown()),
  overall_correctness: text,
  overall_explanation: text,
  overall_confidence_score: number,
});

/** Null for an answer without a list of findings; see `readJson` for where it is looked for. */
export function parseJsonOutput(answer: string): ReadOutput | null {
  const found = readJson(answer, toOutput);
  return found && { output: found.value, structure: found.structure };
}

function toOutput(value: unknown): ReviewOutput | null {
  const parsed = z.safeParse(outputSchema, value);
  if (!parsed.success) return null;
  const findings = parsed.data.findings.map(toFinding).filter((finding) => finding !== null);
  // A list with entries of which none is a finding is not an empty list of findings.
  if (findings.length === 0 && parsed.data.findings.length > 0) return null;
  return {
    findings,
    correctness: parsed.data.overall_correctness.trim(),
    explanation: parsed.data.overall_explanation.trim(),
    confidence: unitInterval(parsed.data.overall_confidence_score),
    nextSteps: [],
    earlier: [],
  };
}

function toFinding(value: unknown): ReportedFinding | null {
  const parsed = z.safeParse(reportedSchema, value);
  if (!parsed.success) return null;
  const { title, body, priority, confidence_score: confidence, code_location: location } = parsed.data;

  const heading = title.trim() === '' ? firstLine(body) : title;
  if (heading === '') return null;
  const tagged = splitTitle(heading);
  return {
    title: tagged.title,
    body: body.trim(),
    recommendation: '',
    priority: priorityOf(priority) ?? tagged.priority ?? 'P2',
    confidence: unitInterval(confidence),
    path: location === null ? '' : location.absolute_file_path || location.file_path || location.path,
    startLine: location?.line_range?.start ?? null,
    endLine: location?.line_range?.end ?? null,
  };
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}

/** `[P1] Title` -> the tag and the rest. The rest is never empty. */
export function splitTitle(title: string): { title: string; priority: Priority | null } {
  const line = title.replaceAll(/\s+/g, ' ').trim();
  const match = /^\[P([0-3])\]\s*(.*)$/.exec(line);
  const priority = match ? priorityOf(Number(match[1])) : null;
  const rest = match?.[2] ?? line;
  return { title: rest === '' ? 'Untitled finding' : rest, priority };
}

function priorityOf(value: number | null): Priority | null {
  return value === null ? null : (priorities[value] ?? null);
}

function unitInterval(value: number | null): number | null {
  return value !== null && value >= 0 && value <= 1 ? value : null;
}

/** `1`, `"1"` and `"P1"`. */
function toPriorityNumber(value: string): number | null {
  return toNumber(value.trim().replace(/^p/i, ''));
}

function toNumber(value: string): number | null {
  const result = Number(value);
  return value.trim() === '' || !Number.isFinite(result) ? null : result;
}
