import assert from 'node:assert/strict';
import { test } from 'node:test';
import { earlierFindings } from '../../../src/app/earlier.ts';
import { known } from '../findings/known.ts';

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
      priority: 'P2',
      title: 'false alarm',
      file: 'a.ts',
      lines: '4',
      reason: 'It is a constant.',
    },
  ]);
});
