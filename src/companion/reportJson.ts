import type { Report } from '../protocol/report.ts';

/** What `review --json` prints: a promise to scripts, so nothing is added or left out by accident. */
export function reviewJson({ job, result }: Report) {
  const { id, state, target, reviewer, structure, startedAt, endedAt } = job;
  return {
    job: { id, state, target, reviewer, structure, startedAt, endedAt },
    verdict: result?.verdict ?? job.verdict,
    summary: result?.summary ?? [job.failure?.message, job.failure?.advice].filter(Boolean).join(' '),
    findings: (result?.findings ?? []).map((finding) => ({
      id: finding.id,
      file: finding.file,
      startLine: finding.startLine,
      endLine: finding.endLine,
      priority: finding.priority,
      title: finding.title,
      body: finding.body,
      confidence: finding.confidence,
      reviewers: finding.reviewers,
    })),
  };
}
