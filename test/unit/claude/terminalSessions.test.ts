import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ProcessRow } from '../../../src/base/processTable.ts';
import { readiness, sessionsIn } from '../../../src/claude/terminalSessions.ts';
import type { RunningSession } from '../../../src/protocol/claudeSession.ts';

const session = (pid: number, status: string | null = 'idle'): RunningSession => ({
  pid,
  sessionId: `session-${pid}`,
  cwd: '/work',
  version: '2.1.330',
  status,
  statusUpdatedAt: 1,
});
const row = (pid: number, parent: number, inForeground = true): ProcessRow => ({
  pid,
  parent,
  group: pid,
  ended: false,
  inForeground,
  startTime: '1',
});
const table = (...rows: ProcessRow[]) => {
  const byPid = new Map(rows.map((one) => [one.pid, one]));
  return (pid: number) => byPid.get(pid) ?? null;
};
const names = (found: ReturnType<typeof sessionsIn<string>>) =>
  found.map(({ terminal, session: { pid } }) => [terminal, pid]);

describe('the sessions in terminals', () => {
  const terminals = [
    { terminal: 'shell', pid: 10 },
    { terminal: 'claude', pid: 20 },
  ];

  test('are those that a terminal’s process is, or is above of', () => {
    const look = table(row(10, 1), row(11, 10), row(12, 11), row(20, 1), row(30, 1));
    const found = sessionsIn(terminals, [session(12), session(20), session(30)], look);
    assert.deepEqual(names(found), [
      ['shell', 12],
      ['claude', 20],
    ]);
  });

  test('are not those that a shell has suspended: what is typed then goes to the shell', () => {
    assert.deepEqual(sessionsIn(terminals, [session(12)], table(row(10, 1), row(12, 10, false))), []);
  });

  test('are not those without a prompt: `claude -p`, and what is only starting', () => {
    assert.deepEqual(sessionsIn(terminals, [session(20, null)], table(row(20, 1))), []);
  });

  test('where nothing is told of processes, only a terminal that is Claude Code itself is known', () => {
    const found = sessionsIn(terminals, [session(12), session(20)], () => null);
    assert.deepEqual(names(found), [['claude', 20]]);
  });

  test('a table that goes round ends the search', () => {
    assert.deepEqual(sessionsIn(terminals, [session(40)], table(row(40, 41), row(41, 40))), []);
  });
});

test('a prompt is for the one that waits for it', () => {
  const told = ['idle', 'shell', 'busy', 'waiting', 'something new', null].map((status) =>
    readiness(session(1, status)),
  );
  assert.deepEqual(told, ['free', 'free', 'busy', 'asks', 'unknown', 'unknown']);
});
