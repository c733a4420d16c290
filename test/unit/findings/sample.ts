import type { KnownFinding } from '../../../src/protocol/knownFinding.ts';
import { known } from './known.ts';

/** A finding with something to say. */
export function sampleKnown(change: Partial<KnownFinding> = {}): KnownFinding {
  return known('f00000000001', {
    title: 'One is two',
    body: 'Every sum is wrong.',
    priority: 'P1',
    confidence: 0.8,
    file: 'src/sum.ts',
    startLine: 4,
    endLine: 4,
    inChange: true,
    job: 'review-00000001',
    ...change,
  });
}

/** A finding of which both reviewers said something: Claude what is shown, because that is more urgent. */
export function raisedByBoth(): KnownFinding {
  const words = { recommendation: '', job: 'j', fixed: null };
  const shown = { title: 'Dates shift', body: 'One day early.', priority: 'P1', confidence: 0.7 } as const;
  const other = { title: 'Parse dates in local time', body: 'Midnight is UTC.', confidence: 0.9 };
  return known('both', {
    ...shown,
    reviewers: ['codex', 'claude'],
    statements: [
      { ...words, ...other, by: 'codex', priority: 'P2' },
      { ...words, ...shown, by: 'claude' },
    ],
  });
}
