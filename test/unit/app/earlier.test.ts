import assert from 'node:assert/strict';
import { test } from 'node:test';
import { earlierFindings } from '../../../src/app/earlier.ts';
import type { KnownFinding } from '../../../src/protocol/knownFinding.ts';
import { sampleFinding } from '../bridge/samples.ts';

function known(id: string, more: Partial<KnownFinding> = {}): KnownFinding {
  return {
    ...sampleFinding({ id }),
    state: 'open',
    proof: null,
    reason: '',
    by: 'codex',
    mark: null,
    firstSeenAt: '2026-01-05T09:00:00.000Z',
    lastSeenAt: '2026-01-05T09:00:00.000Z',
    history: [],
    comments: [],
    edited: false,
    ...more,
  };
}

test('first those in the files that are reviewed, then by urgency, then the most recent', () => {
  const findings = [
    known('elsewhere', { file: 'b.ts', priority: 'P0' }),
    known('minor', { file: 'a.ts', priority: 'P3' }),
    known('old', { file: 'a.ts', priority: 'P1' }),
    known('recent', { file: 'a.ts', priority: 'P1', lastSeenAt: '2026-02-01T09:00:00.000Z' }),
  ];
  assert.deepEqual(
    earlierFindings(findings, ['a.ts', 'c.ts']).map(({ id }) => id),
    ['recent', 'old', 'minor', 'elsewhere'],
  );
});

test('open and dismissed ones, as far as a reviewer can know them', () => {
  const findings = [
    known('fixed', { state: 'fixed', proof: 'confirmed' }),
    known('outside', { place: 'outside' }),
    known('false alarm', { state: 'dismissed', reason: 'It is a constant.', startLine: 4, endLine: 4 }),
  ];
  assert.deepEqual(earlierFindings(findings, []), [
    {
      id: 'false alarm',
      state: 'dismissed',
      priority: 'P1',
      title: 'Check the category',
      file: 'src/transactions.ts',
      lines: '4',
      reason: 'It is a constant.',
    },
  ]);
});
