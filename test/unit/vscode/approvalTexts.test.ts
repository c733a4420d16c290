import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Approval } from '../../../src/protocol/approval.ts';
import { notificationText } from '../../../src/vscode/approvalTexts.ts';

const asks = (cwd: string): Approval => ({
  id: 'a',
  job: 'task-1',
  subject: { kind: 'command', line: 'npm test', cwd, wants: [], outside: true },
  reason: '',
  forSession: false,
  askedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: null,
});
const text = (cwd: string) => notificationText(asks(cwd), undefined, '/state/worktrees');

test('a command: where it would run, without the name that a worktree of ours has', () => {
  assert.equal(text('/home/me/shop'), 'Codex asks to: Run npm test in /home/me/shop. (Codex)');
  assert.match(text('/state/worktrees/task-1'), /Run npm test in the task’s worktree\./);
  assert.match(text('/state/worktrees/task-1/packages/a'), /in packages\/a of the task’s worktree\./);
  assert.match(text('/state/worktrees'), /in \/state\/worktrees\./);
});
