import type { KnownFinding } from '../../protocol/knownFinding.ts';
import { exportable, inOrder } from './exportable.ts';

/** Raised when a field goes or changes its meaning; new fields may come without that. */
export const jsonVersion = 1;

/** What programs get: a promise, so nothing is added or left out by accident. */
export function toJson(findings: readonly KnownFinding[]) {
  return {
    format: 'tandem-findings',
    version: jsonVersion,
    findings: inOrder(findings).map(exportable).map(findingJson),
  };
}

function findingJson(finding: KnownFinding) {
  return {
    id: finding.id,
    title: finding.title,
    /** Markdown of a model or a tool, as are `recommendation` and the texts of comments. */
    body: finding.body,
    recommendation: finding.recommendation,
    /** `P0` (most urgent) to `P3`. */
    priority: finding.priority,
    /** 0 to 1, or null. */
    confidence: finding.confidence,
    /** Relative to the repository with `/`; where `place` is `outside`, text that leads nowhere. */
    file: finding.file,
    /** 1-based, both inclusive. Where `place` is not `anchored`, where it last was. */
    startLine: finding.startLine,
    endLine: finding.endLine,
    /** `anchored`, `stale` (its text is gone), `missing` (its file is gone) or `outside`. */
    place: finding.place,
    inChange: finding.inChange,
    /** `codex`, `claude`, or `sarif` for what was imported from `tool`. */
    reviewers: finding.reviewers,
    tool: finding.tool,
    /** What each of them said of it last; `fixed` as `proof`, where it holds it for fixed. */
    statements: finding.statements.map(({ by, title, body, recommendation, priority, confidence, fixed }) => {
      return { by, title, body, recommendation, priority, confidence, fixed };
    }),
    /** `open`, `fixed` or `dismissed`; of `fixed`, `proof` is `claimed` or `confirmed`. */
    state: finding.state,
    proof: finding.proof,
    reason: finding.reason,
    by: finding.by,
    mark: finding.mark,
    /** ISO 8601, UTC. */
    firstSeenAt: finding.firstSeenAt,
    lastSeenAt: finding.lastSeenAt,
    /** What other agents said of it, without being told who raised it; of a tie-break, the side that was told first. */
    examinations: finding.examinations.map(({ at, by, verdict, reason, quotes, tieBreak, current }) => {
      return { at, by, verdict, reason, quotes, tieBreak, current };
    }),
    comments: finding.comments.map(({ at, by, text }) => ({ at, by, text })),
  };
}
