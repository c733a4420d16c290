import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding } from '../../../src/protocol/finding.ts';
import type { Job } from '../../../src/protocol/job.ts';
import { runCompletion } from '../../../src/vscode/runCompletion.ts';
import { finding } from '../findings/known.ts';
import { job, jobResult } from '../webview/fixtures.ts';

const run = { id: 'run-1', frozen: null };
const codex = (findings: Finding[], change: Partial<Job> = {}) => ({
  job: job({ id: 'review-1', run, ...change }),
  result: jobResult({ findings }),
});
const claude = (findings: Finding[], change: Partial<Job> = {}) => ({
  job: job({ id: 'review-2', reviewer: 'claude', run, ...change }),
  result: jobResult({ findings }),
});
const failed = (change: Partial<Job> = {}) => ({
  job: job({
    id: 'review-2',
    reviewer: 'claude',
    run,
    state: 'failed',
    verdict: 'failed',
    failure: { message: 'It broke.', advice: 'Try again.' },
    ...change,
  }),
  result: null,
});
const subject = 'of uncommitted changes (3 files)';

describe('the end of a review by both is told once', () => {
  test('with what both report, and how many disputes there are', () => {
    const shared = finding('a');
    const told = runCompletion(
      [
        claude([
          shared,
          finding('e', { file: 'c.ts', title: 'Add a lock around the counter' }),
          finding('d', { file: 'd.ts' }),
        ]),
        codex([
          shared,
          finding('b', { file: 'b.ts' }),
          finding('c', { file: 'c.ts', title: 'Remove the lock around the counter' }),
        ]),
      ],
      [],
    );
    assert.equal(told?.level, 'info');
    assert.equal(told.text, `Review by Codex and Claude ${subject}: 5 findings, 1 by both, 1 dispute.`);
    assert.deepEqual(
      told.actions.map(({ label, about }) => [label, about]),
      [
        ['Compare', 'review-1'],
        ['Show', undefined],
        ['Show Problems', undefined],
      ],
    );
  });

  test('without findings', () => {
    const told = runCompletion([codex([]), claude([])], []);
    assert.equal(told?.text, `Review by Codex and Claude ${subject}: no findings.`);
    assert.deepEqual(
      told.actions.map(({ label }) => label),
      ['Compare', 'Show'],
    );
  });

  test('one failed: the other one’s result, and why there is only that', () => {
    const told = runCompletion([codex([finding('a')], { summary: '1 finding (P2)' }), failed()], []);
    assert.equal(told?.level, 'warning');
    assert.equal(
      told.text,
      `Review by Codex ${subject}: 1 finding (P2). The review by Claude failed. It broke. Try again.`,
    );
  });

  test('one was at its limit, without a verdict, or cancelled', () => {
    const texts = (
      [
        { failure: { message: 'Claude’s 5-hour limit is reached.', limitResetsAt: null } },
        { state: 'inconclusive', verdict: 'inconclusive' },
        { state: 'cancelled', verdict: 'cancelled', failure: null },
      ] as const
    ).map((change) => runCompletion([codex([], { summary: 'No findings' }), failed(change)], [])?.text);
    const begin = `Review by Codex ${subject}: no findings.`;
    assert.deepEqual(texts, [
      `${begin} There is no review by Claude. Claude’s 5-hour limit is reached.`,
      `${begin} Claude gave no verdict. It broke. Try again.`,
      `${begin} The review by Claude was cancelled.`,
    ]);
  });

  test('both failed: an error that says why each did, and that former findings are kept', () => {
    const both = [failed(), failed({ id: 'review-1', reviewer: 'codex' })];
    const told = runCompletion(both, [finding('old')]);
    assert.equal(told?.level, 'error');
    assert.equal(
      told.text,
      `Review by Codex and Claude ${subject} has no result. The review by Codex failed. It broke. Try again. The review by Claude failed. It broke. Try again. The former findings are kept.`,
    );
  });

  test('both cancelled: no failure; both interrupted: nothing, because the window is closing', () => {
    const both = (state: 'cancelled' | 'interrupted') =>
      runCompletion(
        (['codex', 'claude'] as const).map((reviewer) => failed({ reviewer, state, failure: null })),
        [],
      );
    assert.equal(both('cancelled')?.text, `Review by Codex and Claude ${subject} was cancelled.`);
    assert.equal(both('cancelled')?.level, 'info');
    assert.equal(both('interrupted'), null);
  });
});
