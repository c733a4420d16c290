import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkSentence, checkWords, withDoubt } from '../../../src/jobs/checkText.ts';
import type { CheckResult } from '../../../src/protocol/fixCheck.ts';

describe('a check that passed', () => {
  const command = { command: ['npm', 'test'], folder: '', definedIn: 'package.json' };
  const passed: CheckResult = {
    command: ['npm', 'test'],
    outcome: 'passed',
    reason: '',
    output: '',
    took: 2_000,
  };

  test('where the change touched what says what it does, is told with that', () => {
    const doubted = withDoubt(passed, command, ['src/a.ts', 'package.json']);
    const words = 'but package.json, which says what it does, was changed too';
    assert.equal(checkWords(doubted), `checks pass (${words})`);
    assert.match(
      checkSentence(doubted),
      /^The check `npm test` passes \(2 s, but package\.json, .* changed too\)\.$/,
    );
  });

  test('is just that otherwise', () => {
    assert.equal(withDoubt(passed, command, ['src/package.json']), passed);
    assert.equal(withDoubt(passed, { command: ['make'], folder: '' }, ['Makefile']), passed);
    const failed: CheckResult = { ...passed, outcome: 'failed', reason: 'exit code 1' };
    assert.equal(withDoubt(failed, command, ['package.json']), failed);
  });
});
