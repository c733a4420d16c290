import { standingOf } from '../protocol/examination.ts';
import type { Finding } from '../protocol/finding.ts';
import type { Job } from '../protocol/job.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import type { FindingDetail, ListedFinding, ListedRun, RunDetail, RunSlice } from '../protocol/pageSlices.ts';
import type { JobResult } from '../protocol/report.ts';
import type { WatchedJob } from './jobWatch.ts';

/*
 * What the findings view shows, from what the window knows.
 */

/** Longer ones are cut in the list, where nobody could read them. Characters. */
const maxTitle = 300;
/** How far into a finding's body the text filter looks: beyond a usual body. Characters. */
const maxText = 600;
/** Longer answers are cut; an editor shows all of them. Characters. */
const maxRawText = 40_000;

export function listedFinding(finding: KnownFinding): ListedFinding {
  const { title, body } = finding;
  return {
    id: finding.id,
    title: cut(title, maxTitle),
    text: body.slice(0, maxText),
    priority: finding.priority,
    file: finding.file,
    startLine: finding.startLine,
    endLine: finding.endLine,
    place: finding.place,
    inChange: finding.inChange,
    reviewers: finding.reviewers,
    tool: finding.tool,
    repository: finding.repository,
    job: finding.job,
    state: finding.state,
    proof: finding.proof,
    mark: finding.mark,
    standing: standingOf(finding),
    edited: finding.edited,
    firstSeenAt: finding.firstSeenAt,
    lastSeenAt: finding.lastSeenAt,
    ...(finding.apart && finding.apart.length > 0 && { parted: true }),
  };
}

export function runSlice(
  latest: WatchedJob | null,
  surroundings: Pick<RunSlice, 'demo' | 'trusted' | 'unmarked' | 'partner'>,
): RunSlice {
  const verdicts = [latest?.job.verdict, surroundings.partner?.verdict];
  return {
    job: latest?.job ?? null,
    summary: summaryOf(latest?.result ?? null),
    // Only a verdict says anything about findings (jobs/reviewRunner.ts).
    former: latest !== null && !verdicts.includes('clean') && !verdicts.includes('findings'),
    ...surroundings,
  };
}

export function listedRun(job: Job): ListedRun {
  return {
    id: job.id,
    kind: job.kind,
    state: job.state,
    title: cut(job.title, maxTitle),
    repository: job.repository,
    reviewer: job.reviewer,
    model: job.model,
    provider: job.provider,
    effort: job.effort,
    structure: job.structure,
    verdict: job.verdict,
    summary: job.summary,
    failure: job.failure,
    createdAt: job.createdAt,
    startedAt: job.startedAt,
    endedAt: job.endedAt,
    tokens: job.tokens,
    byBoth: job.run !== undefined,
  };
}

/** @param result of the review that reported the finding last; null where there is none */
export function findingDetail(finding: KnownFinding, result: JobResult | null): FindingDetail {
  const { id, title, body, recommendation, priority, confidence, tool, statements, file } = finding;
  const { reason, by, history, comments, examinations, joins } = finding;
  const looks = result?.evidence?.looks.filter(({ files }) => files.includes(file)) ?? null;
  const words = { title, body, recommendation, priority, confidence, tool, statements };
  const joined = joins && { joins };
  return { id, ...words, reason, by, looks, history, comments, examinations, ...joined };
}

export function runDetail({ id, notes }: Job, result: JobResult): RunDetail {
  const { rawText, evidence, findings } = result;
  return {
    id,
    summary: summaryOf(result),
    notes,
    findings: findings.map(reportedFinding),
    evidence,
    rawText: rawText.slice(0, maxRawText),
    rawTextIsCut: rawText.length > maxRawText,
  };
}

function reportedFinding(finding: Finding): RunDetail['findings'][number] {
  const { id, title, priority, file, startLine, endLine } = finding;
  return { id, title: cut(title, maxTitle), priority, file, startLine, endLine };
}

/** What the reviewer would do next belongs to its explanation. */
export function summaryOf(result: JobResult | null): string {
  if (!result) return '';
  const { summary, nextSteps } = result;
  if (nextSteps.length === 0) return summary;
  const steps = nextSteps.map((step) => `- ${step.replaceAll('\n', '\n  ')}`);
  return [summary, 'Next steps:', steps.join('\n')].filter((part) => part !== '').join('\n\n');
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
