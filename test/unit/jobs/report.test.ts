import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingsSummary, jobMarkdown } from '../../../src/jobs/report.ts';
import type { Finding, Priority } from '../../../src/protocol/finding.ts';
import type { Job } from '../../../src/protocol/job.ts';
import { sampleJob } from '../bridge/samples.ts';

function findings(...priorities: Priority[]): Finding[] {
  return priorities.map((priority, index) => ({
    id: String(index),
    title: 'Title',
    body: '',
    recommendation: '',
    priority,
    confidence: null,
    file: 'a.ts',
    startLine: 1,
    endLine: 1,
    place: 'anchored',
    anchor: null,
    inChange: null,
    tool: '',
    reviewers: ['codex'],
    repository: '/repository',
    job: 'j',
  }));
}

test('the summary says how many there are, and how many are urgent', () => {
  assert.equal(findingsSummary([]), 'No findings');
  assert.equal(findingsSummary(findings('P2')), '1 finding (P2)');
  assert.equal(findingsSummary(findings('P2', 'P3')), '2 findings');
  assert.equal(findingsSummary(findings('P1', 'P3', 'P1')), '3 findings, 2 of them P1');
  assert.equal(findingsSummary(findings('P1', 'P0')), '2 findings, 1 of them P0');
  assert.equal(findingsSummary(findings('P0', 'P0')), '2 findings, all of them P0');
});

test('what a review cost is said where it is known', () => {
  const told = (tokens: number | null) =>
    jobMarkdown(sampleJob({ tokens }), null, { full: false, now: 0 }).includes(', 12,345 tokens');
  assert.ok(told(12_345));
  assert.ok(!told(null));
});

/** The report of a job without a result, by paragraphs, a minute after its start. */
function paragraphs(job: Partial<Job>): string[] {
  const now = Date.parse('2026-01-05T09:01:01.000Z');
  return jobMarkdown(sampleJob(job), null, { full: false, now }).split('\n\n');
}

test('a running job says once that it runs, and what it does', () => {
  const running = { state: 'running', endedAt: null } as const;
  const [, reading] = paragraphs({ ...running, phase: 'reading', activity: 'cat a.ts' });
  assert.equal(reading, 'Running, reading: cat a.ts (1 min so far).');
  const [, command] = paragraphs({ ...running, phase: 'running a command', activity: 'git diff' });
  assert.equal(command, 'Running a command: git diff (1 min so far).');
  assert.equal(paragraphs({ ...running, phase: null })[1], 'Running (1 min so far).');
});

test('how a terminal goes on with a thread is said once no job works on it', () => {
  const resume = /codex resume thread-1/;
  assert.match(paragraphs({ state: 'cancelled' }).at(-1) ?? '', resume);
  for (const state of ['running', 'waiting', 'cancelling'] as const)
    assert.doesNotMatch(paragraphs({ state, endedAt: null }).at(-1) ?? '', resume);
});
