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
