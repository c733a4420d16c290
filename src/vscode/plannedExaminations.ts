import { otherAgent } from '../protocol/examination.ts';
import { type ReviewerId, reviewers, voiceName } from '../protocol/finding.ts';
import type { Job } from '../protocol/job.ts';
import { type KnownFinding, isOpen } from '../protocol/knownFinding.ts';

/** An agent that is to look at a finding. */
export interface PlannedExamination {
  readonly finding: KnownFinding;
  readonly agent: ReviewerId;
}

/**
 * Open findings that one reviewer raised, each for the other one; without those that it has looked at already, or is about to.
 * @param running jobs that have not ended
 */
export function unexaminedSingles(
  findings: readonly KnownFinding[],
  running: readonly Job[],
): PlannedExamination[] {
  const underWay = new Set(
    running.flatMap((job) => (job.kind === 'cross-examination' ? [`${job.reviewer} ${job.finding}`] : [])),
  );
  return findings.filter(isOpen).flatMap((finding) => {
    const agent = otherAgent(finding);
    if (agent === null || underWay.has(`${agent} ${finding.id}`)) return [];
    const isExamined = finding.examinations.some(({ by, current }) => current && by === agent);
    return isExamined ? [] : [{ finding, agent }];
  });
}

/** `5 runs: 3 of Claude, 2 of Codex`. */
export function runsText(planned: readonly PlannedExamination[]): string {
  const counts = reviewers
    .map((agent) => ({ agent, count: planned.filter((one) => one.agent === agent).length }))
    .filter(({ count }) => count > 0);
  const [only, ...others] = counts;
  const all = planned.length === 1 ? '1 run' : `${planned.length} runs`;
  if (only && others.length === 0) return `${all} of ${voiceName(only.agent)}`;
  return `${all}: ${counts.map(({ agent, count }) => `${count} of ${voiceName(agent)}`).join(', ')}`;
}
