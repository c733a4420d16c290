import assert from 'node:assert/strict';
import { test } from 'node:test';
import { childEnvironment } from '../../../src/vscode/environment.ts';

test('programs that the window starts do not inherit what VS Code set for itself', () => {
  const env = { PATH: '/bin', VSCODE_IPC_HOOK_CLI: 'x', ELECTRON_RUN_AS_NODE: '1', CODEX_HOME: '/c' };
  assert.deepEqual(childEnvironment(env), { PATH: '/bin', CODEX_HOME: '/c' });
});
