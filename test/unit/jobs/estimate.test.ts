import assert from 'node:assert/strict';
import { test } from 'node:test';
import { estimateOf, estimateOfWork, estimateText, workEstimateText } from '../../../src/jobs/estimate.ts';
import type { Job } from '../../../src/protocol/job.ts';
import { sampleJob } from '../bridge/samples.ts';

function review(lines: number | null, tokens: number | null, more: Partial<Job> = {}): Job {
  return sampleJob({
    kind: 'review',
    state: 'succeeded',
    reviewer: 'codex',
    target: { kind: 'working-tree', files: 1, lines },
    tokens,
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:02:00.000Z',
    ...more,
  });
}

const asked = { kind: 'review', reviewer: 'codex', target: { lines: 100 } } as const;

test('the median of reviews of similar size by the same reviewer, with its basis', () => {
  const jobs = [
    review(90, 41_234),
    review(200, 30_000),
    review(110, 90_000),
    review(5_000, 900_000),
    review(100, 1, { reviewer: 'claude' }),
    review(100, 2, { kind: 'adversarial-review' }),
    review(100, 3, { state: 'failed' }),
    review(100, 4, { kind: 'task' }),
  ];
  const estimate = estimateOf(jobs, asked);
  assert.deepEqual(estimate, { tokens: 41_234, cost: null, time: 120_000, from: 3, similar: true });
  assert.equal(
    estimateText(estimate),
    'about 41,000 tokens, 2 min (from 3 reviews of this repository of similar size)',
  );
});

test('without one of similar size, those of another size, and it is said', () => {
  const text = estimateText(estimateOf([review(5_000, 900_000, { cost: 1.234 })], asked));
  assert.equal(
    text,
    'about 900,000 tokens, US$ 1.23, 2 min (from one review of this repository, of another size)',
  );
});

test('what is unknown is shown as unknown', () => {
  assert.match(estimateText(estimateOf([], asked)), /^not known \(no review/);
  assert.match(
    estimateText(estimateOf([review(null, null)], asked)),
    /^tokens not known, 2 min \(from one review/,
  );
  assert.equal(estimateOf([review(100, 5)], { ...asked, target: { lines: null } }).similar, false);
});

test('one job of another kind: the median of those by the same agent', () => {
  const look = (tokens: number, more: Partial<Job> = {}) =>
    review(null, tokens, { kind: 'cross-examination', reviewer: 'claude', ...more });
  const jobs = [look(12_345), look(9_000), look(20_000), look(1, { reviewer: 'codex' }), review(null, 2)];
  const asked = { kind: 'cross-examination', reviewer: 'claude' } as const;
  assert.equal(
    workEstimateText(estimateOfWork(jobs, asked)),
    'about 12,000 tokens, 2 min each (from 3 of this repository)',
  );
  assert.match(workEstimateText(estimateOfWork([], asked)), /^not known/);
});
