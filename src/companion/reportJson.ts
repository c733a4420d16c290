import type { StatusResult } from '../protocol/bridge.ts';
import { isReview } from '../protocol/job.ts';
import type { Report } from '../protocol/report.ts';

/** What `--json` prints of a job: a promise to scripts, so nothing is added or left out by accident. */
export function reportJson(report: Report) {
  return isReview(report.job.kind) ? reviewJson(report) : taskJson(report);
}

/** What `--json` prints of a list of jobs: as they are kept, each with what became of its change, null where there is none. */
export function statusJson({ jobs, changes = {} }: Pick<StatusResult, 'jobs' | 'changes'>) {
  return { jobs: jobs.map((job) => ({ ...job, change: changes[job.id] ?? null })) };
}

/** Of a review by both the other one is the same again, in `other`. */
function reviewJson({ other, ...own }: Report) {
  return other ? { ...oneReview(own), other: oneReview(other) } : oneReview(own);
}

function oneReview({ job, result }: Pick<Report, 'job' | 'result'>) {
  const { id, kind, state, target, reviewer, model, effort, structure } = job;
  return {
    job: { id, kind, state, target, reviewer, model, effort, structure, ...spentAndEnd(job) },
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

function taskJson({ job, result, change }: Report) {
  const { id, kind, state, title, model, effort, threadId } = job;
  return {
    job: { id, kind, state, title, model, effort, threadId, ...spentAndEnd(job) },
    summary: result?.summary ?? failureText(job),
    changes: result?.changes ?? [],
    // Where they are: see `changeStates`, and the folder in which they wait.
    change: change ?? null,
    notes: job.notes,
  };
}

/** `failure` has `limitResetsAt` only where a usage limit ended it: null where it is not known when that is over. */
function spentAndEnd({ tokens, cost, startedAt, endedAt, failure }: Report['job']) {
  return { tokens, cost, startedAt, endedAt, failure };
}

function failureText({ failure }: Report['job']): string {
  return [failure?.message, failure?.advice].filter(Boolean).join(' ');
}
