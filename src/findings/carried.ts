import { saysClean } from './doubt.ts';
import type { ReadOutput, ReportedFinding } from './finding.ts';

/*
 * A reviewer was asked to put its own prose into form. What it adds in doing so is no part of the review: only that is
 * believed which the prose carries.
 */

/** So much of a text's words has to be in the prose for the text to be carried by it. */
const enough = 0.8;

export interface Carried extends ReadOutput {
  /** Findings that the prose does not carry; they are left out. */
  dropped: number;
}

/**
 * What of a reformatted answer the raw text carries, always as `parsed`: findings whose title and file are in it, without
 * confidence. No findings at all only where it says so itself. Null if nothing remains that could be believed.
 */
export function carriedBy(raw: string, { output }: ReadOutput): Carried | null {
  const prose = proseOf(raw);
  const findings = output.findings
    .filter((finding) => holds(prose, finding.title) && namesFile(prose, finding.path))
    .map((finding) => carriedPart(prose, finding));
  const dropped = output.findings.length - findings.length;
  const isClean = findings.length === 0;
  if (isClean && (dropped > 0 || !saysClean(raw))) return null;
  return {
    structure: 'parsed',
    dropped,
    output: {
      findings,
      correctness: isClean ? output.correctness : '',
      explanation: ifHeld(prose, output.explanation),
      confidence: null,
      nextSteps: output.nextSteps.filter((step) => holds(prose, step)),
      // What becomes of earlier findings takes the reviewer's own word.
      earlier: [],
    },
  };
}

interface Prose {
  raw: string;
  words: ReadonlySet<string>;
  /** Words between blanks and punctuation: paths are among them. */
  tokens: readonly string[];
}

function proseOf(raw: string): Prose {
  const tokens = raw.split(/[\s`'"()[\]{}<>,;:*|]+/).map((token) => token.replace(/\.$/, ''));
  return { raw, words: new Set(wordsOf(raw)), tokens };
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]{2,}/gu) ?? [];
}

function holds({ words }: Prose, text: string): boolean {
  const own = wordsOf(text);
  return own.length > 0 && own.filter((word) => words.has(word)).length >= own.length * enough;
}

function ifHeld(prose: Prose, text: string): string {
  return holds(prose, text) ? text : '';
}

/** The prose names the path, its end (as of an absolute one), or a longer one. Without a path there is nothing to name. */
function namesFile({ raw, tokens }: Prose, path: string): boolean {
  if (path === '' || raw.includes(path)) return true;
  return tokens.some((token) => token.includes('.') && path.endsWith(`/${token.replace(/^\.\//, '')}`));
}

function carriedPart(prose: Prose, finding: ReportedFinding): ReportedFinding {
  const startLine = ifNamed(prose, finding.startLine);
  return {
    ...finding,
    body: ifHeld(prose, finding.body),
    recommendation: ifHeld(prose, finding.recommendation),
    priority: namesPriority(prose, finding.priority) ? finding.priority : 'P2',
    confidence: null,
    startLine,
    endLine: startLine === null ? null : (ifNamed(prose, finding.endLine) ?? startLine),
  };
}

function ifNamed({ raw }: Prose, line: number | null): number | null {
  return line !== null && new RegExp(`(?<!\\d)${Math.abs(Math.trunc(line))}(?!\\d)`).test(raw) ? line : null;
}

const severities = { P0: 'critical', P1: 'high', P2: 'medium', P3: 'low' } as const;

function namesPriority({ words }: Prose, priority: ReportedFinding['priority']): boolean {
  return words.has(priority.toLowerCase()) || words.has(severities[priority]);
}
