import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loginCheck, sandboxCheck } from '../../../src/codex/doctor.ts';
import type { Account } from '../../../src/codex/login.ts';

test('the account in words; only a certain “no” is missing, doubt is a warning', () => {
  const cases: [Account, state: string, detail: string][] = [
    [{ kind: 'none' }, 'missing', 'not logged in'],
    [{ kind: 'unknown' }, 'warning', 'Codex does not tell whether it is logged in'],
    [{ kind: 'not needed' }, 'ok', 'not needed by the configured model provider'],
    [{ kind: 'api key' }, 'ok', 'API key'],
    [{ kind: 'ChatGPT', email: 'ada@example.test', plan: 'plus' }, 'ok', 'ChatGPT, ada@example.test (plus)'],
    [{ kind: 'ChatGPT', email: null, plan: null }, 'ok', 'ChatGPT'],
    [{ kind: 'other', type: 'amazonBedrock' }, 'ok', 'amazonBedrock'],
  ];
  for (const [account, ...expected] of cases) {
    const { state, detail } = loginCheck(account);
    assert.deepEqual([state, detail], expected);
  }
  assert.match(loginCheck({ kind: 'none' }).advice ?? '', /codex login/);
  assert.match(loginCheck({ kind: 'unknown' }).advice ?? '', /setup --test/);
});

test('a broken sandbox warns of what would come of reviews, and knows the usual reason', () => {
  assert.equal(sandboxCheck({ works: true }).state, 'ok');
  const bwrap = sandboxCheck({ works: false, reason: 'bwrap: Creating new namespace failed' });
  assert.deepEqual(
    [bwrap.state, bwrap.detail],
    ['warning', 'runs no commands: bwrap: Creating new namespace failed'],
  );
  assert.match(bwrap.advice ?? '', /inconclusive.*user namespaces/);
  const other = sandboxCheck({ works: false, reason: 'No such file or directory' });
  assert.match(other.advice ?? '', /inconclusive/);
  assert.doesNotMatch(other.advice ?? '', /namespaces/);
});
