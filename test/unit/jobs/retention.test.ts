import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expired } from '../../../src/jobs/retention.ts';
import { sampleJob } from '../bridge/samples.ts';

const day = 24 * 60 * 60_000;
const now = Date.parse('2026-02-01T00:00:00.000Z');
const endedAgo = (id: string, days: number) =>
  sampleJob({ id, endedAt: new Date(now - days * day).toISOString() });
const ids = (jobs: { id: string }[]) => jobs.map(({ id }) => id);

test('what is too old or too many goes, the oldest first; the newest one stays', () => {
  const jobs = [endedAgo('old', 31), endedAgo('new', 1), endedAgo('middle', 2)];
  assert.deepEqual(ids(expired(jobs, { count: 10, days: 30 }, now)), ['old']);
  assert.deepEqual(ids(expired(jobs, { count: 2, days: 30 }, now)), ['old']);
  assert.deepEqual(ids(expired(jobs, { count: 1, days: 30 }, now)), ['middle', 'old']);
  assert.deepEqual(ids(expired(jobs, { count: 0, days: 0 }, now)), ['middle', 'old']);
});

test('what has not ended is never deleted', () => {
  const running = sampleJob({ id: 'running', state: 'running', endedAt: null, createdAt: '2020-01-01' });
  assert.deepEqual(expired([running, endedAgo('new', 1)], { count: 1, days: 1 }, now), []);
});
