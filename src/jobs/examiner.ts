import { randomInt } from 'node:crypto';
import { UsageError } from '../base/errors.ts';
import { type Side, otherAgent, sides, standingOf } from '../protocol/examination.ts';
import { type ReviewerId, voiceName } from '../protocol/finding.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';

/**
 * Who examines a finding: whoever is wanted, else the agent that did not raise it.
 * @throws UsageError where the finding leaves the choice open, and for the one that raised it
 */
export function examinerOf(
  finding: Pick<KnownFinding, 'reviewers'>,
  wanted: ReviewerId | undefined,
): ReviewerId {
  const other = otherAgent(finding);
  const agent = wanted ?? other;
  if (agent === null)
    throw new UsageError('No agent is the other one for this finding.', 'Say which one is to look at it.');
  if (other !== null && agent !== other)
    throw new UsageError(
      `${voiceName(agent)} raised this finding itself.`,
      `${voiceName(other)} can look whether it is right.`,
    );
  return agent;
}

/**
 * The side of a dispute that is told first, by lot: a judge may prefer what comes first.
 * @throws UsageError where there is no dispute
 */
export function drawnSide(finding: Pick<KnownFinding, 'reviewers' | 'examinations'>): Side {
  if (standingOf(finding)?.kind !== 'disputed')
    throw new UsageError(
      'There is nothing to decide: nobody disputes this finding.',
      'Ask the other agent about it first.',
    );
  return sides[randomInt(sides.length)] ?? 'for';
}
