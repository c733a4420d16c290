import type { Finding } from '../protocol/finding.ts';
import type { Structure } from '../protocol/job.ts';
import { type AnchorContext, anchorFindings } from './anchor.ts';
import type { ReadOutput } from './finding.ts';
import { type Judgement, type Looked, judge } from './verdict.ts';

/** A completed review's answer, and what its reviewer was seen doing. */
export interface Answer {
  read: ReadOutput | null;
  text: string;
  commands: Looked;
  /** The reviewer was handed the whole change. */
  complete: boolean;
}

export interface Interpretation extends Judgement {
  structure: Structure;
  summary: string;
  nextSteps: string[];
  findings: Finding[];
}

/** From a reviewer's answer to a verdict and findings with places. */
export async function interpret(answer: Answer, context: AnchorContext): Promise<Interpretation> {
  const { read } = answer;
  const judgement = judge(read, answer.text, answer.commands, answer.complete);
  return {
    ...judgement,
    structure: read?.structure ?? 'raw',
    summary: read?.output.explanation ?? '',
    nextSteps: read?.output.nextSteps ?? [],
    findings: await anchorFindings(read?.output.findings ?? [], context),
  };
}
