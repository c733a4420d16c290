import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SetupCheck } from '../../../src/protocol/bridge.ts';
import { offeredActions, setupSummary } from '../../../src/vscode/setupActions.ts';

function check(id: string, state: SetupCheck['state'], detail = ''): SetupCheck {
  return { id, title: id, state, detail };
}

const ok = [check('codex', 'ok'), check('codex-login', 'ok'), check('plugin', 'ok')];

test('what is offered is what is missing, and a test of what is there', () => {
  assert.deepEqual(offeredActions(ok), ['test']);
  assert.deepEqual(offeredActions([check('codex', 'missing'), check('plugin', 'ok')]), ['install']);
  assert.deepEqual(offeredActions([check('codex', 'ok'), check('codex-login', 'missing')]), [
    'logIn',
    'test',
  ]);
  assert.deepEqual(offeredActions([...ok.slice(0, 2), check('plugin', 'warning', 'not installed')]), [
    'plugin',
    'test',
  ]);
  assert.deepEqual(offeredActions([...ok.slice(0, 2), check('plugin', 'warning', 'outdated (0.0.9)')]), [
    'repair',
    'test',
  ]);
});

test('doubt is no reason not to test', () => {
  const doubted = [check('codex', 'warning'), check('codex-login', 'warning'), check('plugin', 'ok')];
  assert.deepEqual(offeredActions(doubted), ['logIn', 'test']);
});

test('without Claude Code there is no plugin to install', () => {
  assert.deepEqual(offeredActions([...ok.slice(0, 2), check('claude', 'warning')]), ['test']);
});

test('the report’s last line says what it comes to', () => {
  const markdown = 'Tandem set-up\n\n✓ Codex: 0.169.0\n\nTandem is ready.\n';
  assert.equal(setupSummary({ checks: [], markdown }), 'Tandem is ready.');
});
