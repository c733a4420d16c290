import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { carriedBy } from '../../../src/findings/carried.ts';
import type { ReadOutput, ReportedFinding } from '../../../src/findings/finding.ts';

const prose = `I read the change. One serious problem:

[P1] The retry loop in src/retry.ts never ends (lines 12 to 18). A server that is down is asked for ever, because the
counter is reset in each round. Give up after five tries.`;

const carried: ReportedFinding = {
  title: 'The retry loop never ends',
  body: 'A server that is down is asked for ever, because the counter is reset in each round.',
  recommendation: 'Give up after five tries.',
  priority: 'P1',
  confidence: 0.9,
  path: '/repo/src/retry.ts',
  startLine: 12,
  endLine: 18,
};

function reformatted(findings: ReportedFinding[], more: Partial<ReadOutput['output']> = {}): ReadOutput {
  const output = {
    findings,
    correctness: 'patch is incorrect',
    explanation: '',
    confidence: 0.9,
    nextSteps: [],
    earlier: [],
  };
  return { structure: 'structured', output: { ...output, ...more } };
}
const one = (change: Partial<ReportedFinding>) => carriedBy(prose, reformatted([{ ...carried, ...change }]));

describe('what a reformatted answer is believed', () => {
  test('what the prose carries, as parsed and without confidence', () => {
    const read = one({});
    assert.equal(read?.structure, 'parsed');
    assert.equal(read.dropped, 0);
    assert.deepEqual(read.output.findings, [{ ...carried, confidence: null }]);
    assert.equal(read.output.confidence, null);
  });

  test('an invented finding is dropped, and nothing else remains of an answer that has only such', () => {
    const invented = { ...carried, title: 'SQL injection through the user name', path: 'src/login.ts' };
    const read = carriedBy(prose, reformatted([carried, invented]));
    assert.deepEqual(
      read?.output.findings.map(({ title }) => title),
      [carried.title],
    );
    assert.equal(read.dropped, 1);
    assert.equal(carriedBy(prose, reformatted([invented])), null);
  });

  test('an invented file drops the finding, whatever its words', () => {
    for (const path of ['src/other.ts', 'lib/retry.ts', 'retry.tsx', '/src/retry.ts.bak'])
      assert.equal(one({ path }), null, path);
    for (const path of ['src/retry.ts', './src/retry.ts', '/a/b/src/retry.ts', ''])
      assert.ok(one({ path }), path);
  });

  test('invented lines, priorities, bodies, recommendations, explanations and steps are not kept', () => {
    const read = carriedBy(
      prose,
      reformatted(
        [
          {
            ...carried,
            startLine: 40,
            endLine: 44,
            priority: 'P0',
            body: 'Attackers can steal every password of all customers.',
            recommendation: 'Rewrite the module in another language.',
          },
        ],
        {
          explanation: 'Nothing here was ever tested by anybody.',
          nextSteps: ['Give up after five tries', 'Sue the author'],
        },
      ),
    );
    const [finding] = read?.output.findings ?? [];
    assert.deepEqual(
      [finding?.startLine, finding?.endLine, finding?.priority, finding?.body, finding?.recommendation],
      [null, null, 'P2', '', ''],
    );
    assert.equal(read?.output.explanation, '');
    assert.deepEqual(read.output.nextSteps, ['Give up after five tries']);
  });

  const clean = reformatted([], { correctness: 'patch is correct' });
  for (const text of [
    'I read the diff. No issues found.',
    'The patch is correct.',
    'I have reviewed src/a.ts and its callers. I found no problems. The changes look correct.',
  ])
    test(`no findings where the prose says so: ${text}`, () => {
      assert.equal(carriedBy(text, clean)?.output.correctness, 'patch is correct');
    });

  for (const text of [
    prose,
    'Looks mostly fine to me.',
    'I could not read the change, but found no issues.',
    "I don't think that the patch is correct.",
    'It is not clear whether the patch is correct.',
    'No issues in a.ts. There is a bug in b.ts.',
    'The patch is correct except for the retries.',
    'No blocking issues.',
    'I have no idea of problems here.',
    'No issues found, if the server validates its input.',
    '',
  ])
    test(`never where it leaves doubt: ${text.slice(0, 50)}`, () => {
      assert.equal(carriedBy(text, clean), null);
    });

  test('nor where the reviewer does not repeat it', () => {
    const read = carriedBy('No issues found.', reformatted([], { correctness: 'not stated' }));
    assert.equal(read?.output.correctness, 'not stated');
  });
});
