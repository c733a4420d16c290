import type { ReviewAnswer } from '../jobs/agent.ts';
import type { ChangedHunk, Evidence } from '../protocol/evidence.ts';
import type { Finding } from '../protocol/finding.ts';
import type { Structure } from '../protocol/job.ts';
import { type AnchorContext, anchorFindings } from './anchor.ts';
import { coverageNote, evidenceOf } from './evidence.ts';
import type { EarlierStatus } from './finding.ts';
import { inChange } from './inChange.ts';
import { lookedAtSome } from './lookedAt.ts';
import { type Judgement, groundOf, judge } from './verdict.ts';

/** What was to be reviewed. */
export interface Reviewed {
  /** Null where no change was reviewed, or it could not be read. */
  hunks: readonly ChangedHunk[] | null;
  /** The files to look at; null where it is about none. */
  files: readonly string[] | null;
  /** What the reviewer was handed of it; empty where it had to look for itself. */
  handed: string;
}

export interface Interpretation extends Judgement {
  structure: Structure;
  summary: string;
  nextSteps: string[];
  /** What the reviewer said of earlier findings. */
  earlier: readonly EarlierStatus[];
  findings: Finding[];
  evidence: Evidence;
  /** What the user should know besides. */
  notes: string[];
}

/** From a completed review's answer to a verdict, findings with places, and the evidence of both. */
export async function interpret(
  answer: ReviewAnswer,
  { hunks, files, handed }: Reviewed,
  context: AnchorContext,
): Promise<Interpretation> {
  const { read, text, observations } = answer;
  const { repository } = context;
  const evidence = await evidenceOf({ repository, hunks, observations, handed });
  const looked = await lookedAtSome({ repository, hunks, files, observations, looks: evidence.looks });
  const judgement = judge(read, text, groundOf(answer, evidence, looked));
  const note = judgement.verdict === 'inconclusive' ? null : coverageNote(evidence);
  const reported = read?.output.findings ?? [];
  const findings = await anchorFindings(reported, context);
  return {
    ...judgement,
    structure: read?.structure ?? 'raw',
    summary: read?.output.explanation ?? '',
    nextSteps: read?.output.nextSteps ?? [],
    earlier: read?.output.earlier ?? [],
    findings: findings.map((finding, index) => {
      const lines = reported[index] ?? finding;
      return { ...finding, inChange: inChange(lines, finding, hunks) };
    }),
    evidence,
    notes: note === null ? [] : [note],
  };
}
