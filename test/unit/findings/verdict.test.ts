import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReadOutput, ReviewOutput } from '../../../src/findings/finding.ts';
import { judge } from '../../../src/findings/verdict.ts';

const looked = { succeeded: 2, failed: 0, lastFailure: null };
const blind = { succeeded: 0, failed: 0, lastFailure: null };

function read(output: Partial<ReviewOutput> = {}): ReadOutput {
  return {
    output: {
      findings: [],
      correctness: 'patch is correct',
      explanation: 'Fine.',
      confidence: null,
      nextSteps: [],
      earlier: [],
      ...output,
    },
    structure: 'structured',
  };
}

test('clean needs a positive statement and a reviewer that looked', () => {
  assert.equal(judge(read(), '', looked, false).verdict, 'clean');
  assert.equal(judge(read(), '', blind, false).verdict, 'inconclusive');
  for (const correctness of ['', 'cannot be determined', 'patch is not correct'])
    assert.equal(judge(read({ correctness }), '', looked, false).verdict, 'inconclusive');
  assert.equal(judge(read({ correctness: 'patch is incorrect' }), '', looked, false).verdict, 'inconclusive');
});

test('a sandbox that stopped the reviewer is named, with advice, whatever the reviewer says', () => {
  const lastFailure = 'bwrap: Creating new namespace failed: Operation not permitted';
  const invented = {
    title: 'Invented',
    body: '',
    recommendation: '',
    priority: 'P1',
    confidence: null,
    path: 'a.ts',
    startLine: 1,
    endLine: 1,
  } as const;
  for (const output of [read(), read({ findings: [invented] })]) {
    const { verdict, reason } = judge(output, '', { succeeded: 0, failed: 3, lastFailure }, false);
    assert.equal(verdict, 'inconclusive');
    assert.match(reason?.message ?? '', /could not read the change: all 3 commands .* failed \(bwrap/);
    assert.match(reason?.advice ?? '', /user namespaces/);
  }
});

test('prose and silence are told apart', () => {
  assert.match(judge(null, 'Nice change!', looked, false).reason?.message ?? '', /prose/);
  assert.match(judge(null, ' \n', looked, false).reason?.message ?? '', /no answer/);
});

test('a reviewer that was handed the whole change need not run anything to have seen it', () => {
  assert.equal(judge(read(), '', blind, true).verdict, 'clean');
  assert.equal(judge(read(), '', { succeeded: 0, failed: 1, lastFailure: 'x' }, true).verdict, 'clean');
  assert.equal(judge(read({ correctness: 'patch is incorrect' }), '', blind, true).verdict, 'inconclusive');
});
