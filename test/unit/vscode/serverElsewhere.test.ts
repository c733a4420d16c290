import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverText } from '../../../src/vscode/serverText.ts';
import { TokenStore } from '../../../src/vscode/tokenStore.ts';

test('a token is kept for its address alone, until it is forgotten', async () => {
  const kept = new Map<string, string>();
  const store = new TokenStore({
    get: (key) => Promise.resolve(kept.get(key)),
    store: (key, value) => Promise.resolve(void kept.set(key, value)),
    delete: (key) => Promise.resolve(void kept.delete(key)),
  });
  assert.equal(await store.read('wss://one/'), '');
  await store.write('wss://one/', 't0ken');
  assert.equal(await store.read('wss://one/'), 't0ken');
  assert.equal(await store.read('wss://other/'), '');
  await store.write('wss://one/', '');
  assert.deepEqual([...kept], []);
});

test('the status bar says which Codex it is, and where', () => {
  const running = { kind: 'running', version: '0.169.0', pid: 1 } as const;
  assert.equal(serverText({ ...running, file: '/bin/codex', isRemote: false }), 'Codex 0.169.0 runs.');
  assert.equal(serverText({ ...running, file: 'wss://one/', isRemote: true }), 'Codex 0.169.0 at wss://one/');
  assert.equal(serverText({ kind: 'stopped' }), '');
  assert.equal(serverText({ kind: 'failing', reason: 'x' }), 'Codex does not run.');
});
