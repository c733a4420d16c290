import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { foldTurn, initialTurnState, withToldEnds } from '../../../src/codex/turnFold.ts';
import { tokensOf } from '../../../src/codex/usage.ts';
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

  test('what was looked at is kept: commands as the model wrote them, what they read, and what was seen of their output', () => {
    const read = { type: 'read', command: 'cat a.ts', name: 'a.ts', path: 'a.ts' };
    const search = { type: 'search', command: 'rg x', query: 'x', path: 'src' };
    const long = `${'a'.repeat(30_000)}${'b'.repeat(1_000_000)}${'c'.repeat(30_000)}`;
    const { observations, size } = fold(
      [
        'item/completed',
        command('completed', { cwd: '/r', aggregatedOutput: 'text', commandActions: [read] }),
      ],
      ['item/completed', command('failed', { aggregatedOutput: null, commandActions: [read, search] })],
      ['item/completed', command('completed', { aggregatedOutput: long })],
      [
        'item/completed',
        { item: { type: 'mcpToolCall', server: 'docs', tool: 'find', status: 'completed', result: 'x' } },
      ],
    ).looks;
    assert.deepEqual(observations.slice(0, 2), [
      { command: 'cat a.ts', succeeded: true, folder: '/r', reads: ['a.ts'], output: 'text' },
      { command: 'cat a.ts; rg x', succeeded: false, folder: '', reads: [], output: '' },
    ]);
    const [, , third, fourth] = observations;
    assert.equal(third?.command, "/bin/bash -c 'git diff'");
    assert.equal(third.output, `${'a'.repeat(20_000)}\n…\n${'c'.repeat(20_000)}`);
    assert.deepEqual(fourth, { command: 'docs find', succeeded: true, folder: '', reads: [], output: '' });
    assert.equal(size, 4 + third.output.length);
  });

  test('a command whose end is never told has ended if the model was given its output, and only then', () => {
    const begins = (id: string) =>
      ['item/started', { item: { ...command('inProgress').item, id, cwd: '/r' } }] as [string, object];
    const given = (call_id: string, output: string) =>
      ['rawResponseItem/completed', { item: { type: 'function_call_output', call_id, output } }] as [
        string,
        object,
      ];
    const header = (line: string) => `Chunk ID: d3a80b\nWall time: 0.1 seconds\n${line}\nOutput:\n`;
    const told = header('Process exited with code 0\nOriginal token count: 1');
    const runs = `${header('Process running with session ID 7')}Process exited with code 0\nOutput:\n`;
    const state = fold(
      ...[
        begins('a'),
        given('a', `${told}text`),
        begins('b'),
        given('b', runs),
        begins('c'),
        given('x', told),
      ],
      ...[begins('d'), given('d', header('Process exited with code 3'))],
      ...([
        begins('e'),
        given('e', told),
        ['item/completed', { item: { ...command('completed').item, id: 'e' } }],
      ] as [string, object][]),
    );
    assert.deepEqual(state.openCommands, ['a', 'b', 'c', 'd']);
    const { openCommands, commands, looks } = withToldEnds(state);
    assert.deepEqual(openCommands, ['b', 'c']);
    assert.deepEqual([commands.succeeded, commands.failed], [2, 1]);
    assert.deepEqual(
      looks.observations.map(({ output, succeeded }) => [output, succeeded]),
      [
        ['', true],
        ['text', true],
        ['', false],
      ],
    );
  });

  test('so much output is kept and no more; of later commands it is known that they ran', () => {
    const output = 'x'.repeat(40_000);
    const many = Array.from(
      { length: 300 },
      () => ['item/completed', command('completed', { aggregatedOutput: output })] as [string, object],
    );
    const { observations, size } = fold(...many).looks;
    assert.equal(observations.length, 300);
    assert.equal(size, 8_000_000);
    assert.equal(observations.at(-1)?.output, '');
  });

  test('tokens: of each answer where raw events tell, else of the thread', () => {
    const answered = (totalTokens: number) =>
      ['rawResponse/completed', { usage: { totalTokens } }] as [string, object];
    const used = (totalTokens: number) =>
      ['thread/tokenUsage/updated', { tokenUsage: { total: { totalTokens }, last: {} } }] as [string, object];
    const review = fold(answered(100), answered(20), ['rawResponse/completed', { usage: null }]).usage;
    const turn = fold(used(120), used(300)).usage;
    assert.equal(tokensOf([review]), 120);
    assert.equal(tokensOf([review, fold(used(50), answered(50)).usage]), 170);
    assert.equal(tokensOf([turn]), 300);
    assert.equal(tokensOf([turn, fold(used(300), used(360)).usage]), 360);
    // What a review cost is not known because its reformatting is.
    assert.equal(tokensOf([fold().usage, turn]), null);
    // On a thread that had a life before.
    assert.equal(tokensOf([turn], 100), 200);
    assert.equal(tokensOf([turn], null), null);
  });

  test('the plan and the diff so far are kept, bounded; where it stands in the plan is its activity', () => {
    const plan = [
      { step: 'Look', status: 'completed' },
      { step: 'Write\nit', status: 'inProgress' },
      { step: 'Test', status: 'someday' },
    ];
    const diff = (text: string) => ['turn/diff/updated', { diff: text }] as [string, object];
    const state = fold(
      ['turn/plan/updated', { plan }],
      diff('one'),
      diff('two'),
      diff('x'.repeat(4_000_001)),
    );
    assert.deepEqual(state.plan, [
      { text: 'Look', state: 'completed' },
      { text: 'Write it', state: 'inProgress' },
      { text: 'Test', state: 'pending' },
    ]);
    assert.equal(state.progress.activity, 'Step 2 of 3: Write it');
    assert.equal(state.diff, 'two');
    const long = Array.from({ length: 1000 }, () => ({ step: 's', status: 'pending' }));
    assert.equal(fold(['turn/plan/updated', { plan: long }]).plan.length, 50);
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
    assert.deepEqual(failed.end, { kind: 'failed', message: 'No luck', isLimit: false });
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
    assert.equal(state.progress.activity, 'Step 2 of 2: Fix it');
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
