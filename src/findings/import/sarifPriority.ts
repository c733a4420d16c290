import { type Priority, priorities } from '../../protocol/finding.ts';
import type { InputResult, InputRule } from './sarifInput.ts';

/** An error that the tool ranks so high is among the worst. 0 to 100. */
const highRank = 90;

/**
 * How urgent a result is: what Tandem wrote itself, else the score of a security rule as GitHub reads it (9, 7 and 4 begin
 * P0, P1 and P2), else its level, which has three steps only.
 */
export function priorityOf(result: InputResult, rule: InputRule | undefined): Priority {
  const own = priorities.find((priority) => priority === result.properties?.['priority']);
  if (own !== undefined) return own;
  const security =
    numberIn(result.properties?.['security-severity']) ?? numberIn(rule?.properties?.['security-severity']);
  if (security !== null && security > 0) return prioritiesOfScores(security);
  switch (levelOf(result, rule)) {
    case 'error':
      return (result.rank ?? -1) >= highRank ? 'P0' : 'P1';
    case 'note':
    case 'none':
      return 'P3';
    default:
      return 'P2';
  }
}

function prioritiesOfScores(score: number): Priority {
  if (score >= 9) return 'P0';
  if (score >= 7) return 'P1';
  return score >= 4 ? 'P2' : 'P3';
}

/** 3.27.10; what is still to be looked at (kind `open` or `review`) has no level. */
function levelOf({ kind, level }: InputResult, rule: InputRule | undefined): string {
  if (kind === 'open' || kind === 'review') return 'warning';
  return level ?? rule?.defaultConfiguration?.level ?? 'warning';
}

/** A score is a string by GitHub's rules, and a number in some logs. */
function numberIn(value: unknown): number | null {
  const score = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof score === 'number' && Number.isFinite(score) ? score : null;
}
