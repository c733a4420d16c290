import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { problemsChange } from '../../../src/app/codeProblems.ts';
import { problemsSummary, problemsText } from '../../../src/jobs/problemsText.ts';
import type { CodeProblem } from '../../../src/protocol/codeProblems.ts';

const problem = (file: string, line: number, message: string): CodeProblem => ({
  ...{ file, line, message },
  severity: 'error',
  source: 'ts',
});
const heard = (...files: string[]) => ({ files, silent: [] });

describe('what compilers and linters say since a change', () => {
  test('problems are the same wherever they stand; of equal ones there may be one more', () => {
    const before = [problem('a.ts', 1, 'One'), problem('a.ts', 9, 'Two')];
    const after = [problem('a.ts', 5, 'Two'), problem('a.ts', 6, 'Two'), problem('a.ts', 7, 'Three')];
    const change = problemsChange(before, after, heard('a.ts'));
    assert.deepEqual(
      [change.appeared.map(({ line }) => line), change.gone.map(({ message }) => message)],
      [[6, 7], ['One']],
    );
    assert.equal(problemsSummary(change), '2 new problems, 1 gone');
    assert.equal(
      problemsText(change),
      'New: a.ts:6 (ts error) Two; a.ts:7 (ts error) Three. Gone: a.ts:1 (ts error) One.',
    );
  });

  test('that nobody says anything is not told as “no problems”', () => {
    const none = problemsChange([], [], { files: ['a.ts', 'b.ts'], silent: ['a.ts', 'b.ts'] });
    assert.equal(problemsSummary(none), '');
    assert.equal(problemsText(none), 'No compiler or linter said anything about the changed files since.');
    const some = problemsChange([], [], { files: ['a.ts', 'b.ts'], silent: ['b.ts'] });
    assert.equal(
      problemsText(some),
      'Compilers and linters say the same of the changed files as before. Nothing was said since about b.ts.',
    );
  });

  test('long lists and messages are cut, and counted', () => {
    const many = Array.from({ length: 100 }, (_, index) =>
      problem('a.ts', index + 1, `${index} ${'x'.repeat(500)}`),
    );
    const change = problemsChange([], many, heard('a.ts'));
    assert.deepEqual([change.appeared.length, change.appearedCount], [20, 100]);
    assert.ok(change.appeared.every(({ message }) => message.length <= 301));
    assert.match(problemsText(change), /; and 95 more\.$/);
  });
});
