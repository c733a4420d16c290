import { isReview } from '../protocol/job.ts';
import type { Report } from '../protocol/report.ts';

/** What `--json` prints of a job: a promise to scripts, so nothing is added or left out by accident. */
export function reportJson(report: Report) {
  return isReview(report.job.kind) ? reviewJson(report) : taskJson(report);
}

/** Of a review by both the other one is the same again, in `other`. */
function reviewJson({ other, ...own }: Report) {
  return other ? { ...oneReview(own), other: oneReview(other) } : oneReview(own);
}

function oneReview({ job, result }: Pick<Report, 'job' | 'result'>) {
  const { id, kind, state, target, reviewer, model, effort, structure, startedAt, endedAt } = job;
  return {
    job: { id, kind, state, target, reviewer, model, effort, structure, startedAt, endedAt },
    verdict: result?.verdict ?? job.verdict,
    summary: result?.summary ?? failureText(job),
    findings: (result?.findings ?? []).map((finding) => ({
      id: finding.id,
      file: finding.file,
      startLine: finding.startLine,
      endLine: finding.endLine,
      priority: finding.priority,
      title: finding.title,
      body: finding.body,
      recommendation: finding.recommendation,
      confidence: finding.confidence,
      reviewers: finding.reviewers,
    })),
    nextSteps: result?.nextSteps ?? [],
    notes: job.notes,
  };
}

function taskJson({ job, result }: Report) {
  const { id, kind, state, title, model, effort, threadId, startedAt, endedAt } = job;
  return {
    job: { id, kind, state, title, model, effort, threadId, startedAt, endedAt },
    summary: result?.summary ?? failureText(job),
    changes: result?.changes ?? [],
    notes: job.notes,
  };
}

function failureText({ failure }: Report['job']): string {
  return [failure?.message, failure?.advice].filter(Boolean).join(' ');
}
