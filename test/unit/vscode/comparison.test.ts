import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as z from 'zod/mini';
import { compareHostMessageSchema, compareMessageSchema } from '../../../src/protocol/comparePage.ts';
import type { Finding } from '../../../src/protocol/finding.ts';
import type { Job } from '../../../src/protocol/job.ts';
import type { JobResult } from '../../../src/protocol/report.ts';
import { comparison } from '../../../src/vscode/comparison.ts';
import { finding, known } from '../findings/known.ts';
import { job, jobResult } from '../webview/fixtures.ts';

const run = { id: 'run-1', frozen: null };
const part = (reviewer: 'codex' | 'claude', findings: Finding[], change: Partial<JobResult> = {}) => ({
  job: job({ id: `by-${reviewer}`, reviewer, run }),
  result: jobResult({ findings, ...change }),
});
const looked = (...files: string[]) => ({
  evidence: { looks: [], files, hunks: null, notLookedAt: [], notLookedAtCount: 0 },
});
const rowsOf = (...given: Parameters<typeof comparison>) =>
  (comparison(...given)?.rows ?? []).map((row) => [
    row.codex?.title ?? null,
    row.claude?.title ?? null,
    row.silence ?? row.decision,
  ]);

describe('the two reviews of a run side by side', () => {
  test('nothing is kept', () => assert.equal(comparison('run-1', [], []), null));

  test('what both report stands in one row, in the words of each', () => {
    const parts = [
      part('claude', [finding('a', { title: 'In Claude’s words', priority: 'P1' })]),
      part('codex', [finding('a', { title: 'In Codex’s words' })]),
    ];
    const shown = comparison('run-1', parts, [known('a')]);
    assert.deepEqual(rowsOf('run-1', parts, [known('a')]), [['In Codex’s words', 'In Claude’s words', null]]);
    assert.deepEqual(
      shown?.findings.map(({ id }) => id),
      ['a'],
    );
    assert.equal(shown.codex?.id, 'by-codex');
    assert.ok(z.parse(compareHostMessageSchema, { type: 'comparison', comparison: shown }));
  });

  test('disputes first, then both, then one alone; the most urgent first', () => {
    const parts = [
      part('codex', [
        finding('only', { priority: 'P3', file: 'x.ts' }),
        finding('urgent', { priority: 'P0', file: 'x.ts' }),
        finding('both'),
        finding('off', { title: 'Remove the lock', file: 'l.ts' }),
      ]),
      part('claude', [finding('both'), finding('on', { title: 'Keep the lock', file: 'l.ts' })]),
    ];
    const all = ['off', 'on'].map((id) => known(id));
    assert.deepEqual(rowsOf('run-1', parts, all), [
      ['Remove the lock', 'Keep the lock', 'open'],
      ['both', 'both', null],
      ['urgent', null, 'unknown'],
      ['only', null, 'unknown'],
    ]);
  });

  test('what it means that one says nothing', () => {
    const one = part('codex', [finding('a')]);
    const silence = (other: Parameters<typeof comparison>[1][number] | null) =>
      comparison('run-1', other ? [one, other] : [one], [])?.rows[0]?.silence;
    const state = (change: Partial<Job>) => ({
      ...part('claude', []),
      job: { ...part('claude', []).job, ...change },
    });
    assert.equal(silence(part('claude', [], looked('a.ts'))), 'looked');
    assert.equal(silence(part('claude', [], looked('b.ts'))), 'not looked');
    assert.equal(silence(part('claude', [])), 'unknown');
    assert.equal(silence(null), 'unknown');
    assert.equal(silence({ ...state({ state: 'running', verdict: null }), result: null }), 'running');
    assert.equal(silence({ ...state({ state: 'failed', verdict: 'failed' }), result: null }), 'no verdict');
  });

  test('of findings that were joined after the first of the two had ended, there is one row', () => {
    const parts = [
      part('codex', [finding('gone', { title: 'The sum is off', job: 'by-codex' })]),
      part('claude', [finding('stays')]),
    ];
    const words = { title: 'The sum is off', body: '', recommendation: '', confidence: null, fixed: null };
    const joined = known('stays', {
      statements: [{ by: 'codex', priority: 'P2', job: 'by-codex', ...words }],
    });
    assert.deepEqual(rowsOf('run-1', parts, [joined]), [['The sum is off', 'stays', null]]);
  });

  test('of what was joined or parted since, the rows are those of now; who joined it is said', () => {
    const parts = [
      part('codex', [finding('x', { title: 'One', reviewers: ['codex', 'claude'] })]),
      part('claude', [finding('x', { title: 'Other', reviewers: ['codex', 'claude'] })]),
    ];
    const statement = {
      title: '',
      body: '',
      recommendation: '',
      priority: 'P2',
      job: '',
      confidence: null,
    } as const;
    const both = known('x', {
      reviewers: ['codex', 'claude'],
      statements: (['codex', 'claude'] as const).map((by) => ({ by, ...statement, fixed: null })),
      joins: [{ at: '', id: 'o', voices: ['claude'], by: 'claude', reason: 'Same line.', job: 'opinion-1' }],
    });
    const joined = comparison('run-1', parts, [both])?.rows[0]?.joined;
    assert.equal(joined, 'Joined by a second opinion of Claude: Same line.');
    const apart = [known('x', { apart: ['o'] }), known('o', { reviewers: ['claude'], apart: ['x'] })];
    assert.deepEqual(rowsOf('run-1', parts, apart), [
      ['One', null, 'unknown'],
      [null, 'Other', 'unknown'],
    ]);
    // The second opinion came after both had ended.
    const before = [
      part('codex', [finding('x', { title: 'One' })]),
      part('claude', [finding('o', { title: 'Other' })]),
    ];
    assert.deepEqual(rowsOf('run-1', before, [both]), [['One', 'Other', null]]);
  });

  test('places are those of now; a finding that is no longer known keeps its words', () => {
    const parts = [
      part('codex', [finding('a'), finding('b', { title: 'Cleared', file: 'b.ts' })]),
      part('claude', []),
    ];
    const shown = comparison('run-1', parts, [known('a', { file: 'moved.ts', startLine: 9, endLine: 9 })]);
    assert.deepEqual(
      shown?.rows.map(({ codex }) => [codex?.title, codex?.file, codex?.startLine]),
      [
        ['a', 'moved.ts', 9],
        ['Cleared', 'b.ts', 1],
      ],
    );
    assert.deepEqual(
      shown.findings.map(({ id }) => id),
      ['a'],
    );
  });

  test('the page may say nothing but what it is for', () => {
    const isKnown = (message: unknown) => z.safeParse(compareMessageSchema, message).success;
    assert.ok(isKnown({ type: 'decide', codex: 'a', claude: 'b', right: 'both' }));
    assert.ok(!isKnown({ type: 'decide', codex: 'a', claude: 'b', right: 'me' }));
    assert.ok(!isKnown({ type: 'command', command: 'clear' }));
    assert.ok(!isKnown({ type: 'act', action: 'format the disk', ids: [] }));
  });
});
