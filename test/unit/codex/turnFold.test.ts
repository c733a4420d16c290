import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { foldTurn, initialTurnState } from '../../../src/codex/turnFold.ts';
import { readNotification } from '../../../src/protocol/appServer.ts';

/** Notifications as the App Server sends them, read tolerantly, then folded. */
function fold(...messages: [method: string, params: object][]) {
  return messages.reduce((state, [method, params]) => {
    const notification = readNotification(method, { threadId: 't', turnId: 'R', ...params });
    return notification ? foldTurn(state, notification) : state;
  }, initialTurnState);
}

const command = (status: string, more: object = {}) =>
  ({
    item: { type: 'commandExecution', id: 'c', command: "/bin/bash -c 'git diff'", status, ...more },
  }) as const;

describe('folding a turn', () => {
  test('the inner turn id comes with turn/started', () => {
    assert.equal(fold(['turn/started', { turn: { id: 'S', rootTurnId: 'R' } }]).activeTurn, 'S');
  });

  test('phases: reading, running, reasoning, writing, finishing; and never back from finishing', () => {
    const actions = { commandActions: [{ type: 'read', command: 'cat a.ts', path: 'a.ts' }] };
    assert.deepEqual(fold(['item/started', command('inProgress', actions)]).progress, {
      phase: 'reading',
      activity: 'cat a.ts',
    });
    assert.equal(fold(['item/started', command('inProgress')]).progress.phase, 'running a command');
    assert.equal(fold(['item/started', { item: { type: 'reasoning' } }]).progress.phase, 'reasoning');
    const end = fold(
      ['item/started', { item: { type: 'exitedReviewMode', review: 'x' } }],
      ['item/started', { item: { type: 'agentMessage', text: 'x' } }],
    );
    assert.equal(end.progress.phase, 'finishing');
  });

  test('commands are counted by how they ended, with the last words of the one that failed', () => {
    const { commands } = fold(
      ['item/completed', command('completed')],
      ['item/completed', command('failed', { aggregatedOutput: 'out\nbwrap: no namespace\n' })],
      ['item/completed', command('declined')],
    );
    assert.deepEqual(commands, { succeeded: 1, failed: 2, lastFailure: null });
  });

  test('model messages are kept as they came; other raw items are not', () => {
    const raw = (item: object) => ['rawResponseItem/completed', { item }] as [string, object];
    const message = (role: string, text: string) => ({
      type: 'message',
      role,
      content: [{ type: 'output_text', text }],
    });
    const state = fold(
      raw(message('developer', 'rules')),
      raw(message('assistant', '{}')),
      raw({ type: 'reasoning' }),
    );
    assert.deepEqual(state.rawMessages, ['{}']);
  });

  test('an error that is retried is shown; one that is not is fatal, and explains the end', () => {
    const retried = fold(['error', { error: { message: 'Reconnecting... 1/5' }, willRetry: true }]);
    assert.equal(retried.progress.activity, 'Reconnecting... 1/5');
    assert.equal(retried.fatalError, null);
    const failed = fold(
      ['error', { error: { message: 'No luck' }, willRetry: false }],
      ['turn/completed', { turn: { id: 'R', status: 'failed' } }],
    );
    assert.deepEqual(failed.end, { kind: 'failed', message: 'No luck' });
  });

  test('offline, and a limit that Codex waits for, are states of their own until the model is heard again', () => {
    const retry = (error: object) => ['error', { error, willRetry: true }] as [string, object];
    const offline = retry({ message: 'Reconnecting... waiting for network' });
    const limited = retry({
      message: 'Reconnecting... 1/5',
      codexErrorInfo: { responseTooManyFailedAttempts: { httpStatusCode: 429 } },
    });
    assert.equal(fold(offline).progress.waitingFor, 'network');
    assert.equal(fold(limited).progress.waitingFor, 'limit');
    assert.equal(fold(offline, ['item/started', command('inProgress')]).progress.waitingFor, null);
  });

  test('a question of Codex is waited for, until it is answered', () => {
    const status = (activeFlags: string[]) =>
      ['thread/status/changed', { status: { type: 'active', activeFlags } }] as [string, object];
    assert.equal(fold(status(['waitingOnApproval'])).progress.waitingFor, 'approval');
    assert.equal(fold(status(['waitingOnApproval']), status([])).progress.waitingFor, null);
    assert.equal(fold(status([])).progress.waitingFor, undefined);
  });

  test('changes of files count once they are made, each file with its last kind', () => {
    const change = (status: string, path: string, type: string) =>
      ['item/completed', { item: { type: 'fileChange', status, changes: [{ path, kind: { type } }] } }] as [
        string,
        object,
      ];
    const { changes } = fold(
      change('completed', '/r/a.ts', 'add'),
      change('completed', '/r/b.ts', 'update'),
      change('completed', '/r/a.ts', 'update'),
      change('declined', '/r/c.ts', 'delete'),
    );
    assert.deepEqual(changes, [
      { path: '/r/b.ts', kind: 'update' },
      { path: '/r/a.ts', kind: 'update' },
    ]);
  });

  test('what the agent said is kept in order; the step of its plan is what it does', () => {
    const said = (text: string) =>
      ['item/completed', { item: { type: 'agentMessage', text } }] as [string, object];
    const state = fold(said('Looking.'), said('Done.'), [
      'turn/plan/updated',
      {
        plan: [
          { step: 'Read', status: 'completed' },
          { step: 'Fix it', status: 'inProgress' },
        ],
      },
    ]);
    assert.deepEqual(state.messages, ['Looking.', 'Done.']);
    assert.equal(state.progress.activity, 'Fix it');
  });

  test('an unknown end is a failure, never a verdict', () => {
    assert.equal(fold(['turn/completed', { turn: { id: 'R', status: 'evaporated' } }]).end?.kind, 'failed');
    assert.equal(fold(['turn/completed', { turn: { id: 'R' } }]).end?.kind, 'failed');
  });

  test('unknown methods, item types, fields and values are read past', () => {
    const state = fold(
      ['thread/made/up', { anything: 1 }],
      ['item/started', { item: { type: 'hologram', command: { not: 'text' } }, extra: true }],
      ['item/completed', { item: { type: 'commandExecution', status: 7, exitCode: 'x' } }],
      ['turn/started', { turn: 'not an object' }],
    );
    assert.equal(state.activeTurn, null);
    assert.equal(state.commands.failed, 1);
  });
});
