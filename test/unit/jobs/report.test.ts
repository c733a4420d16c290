import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingsSummary, jobMarkdown } from '../../../src/jobs/report.ts';
import type { Finding, Priority } from '../../../src/protocol/finding.ts';
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
