import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type KnownTurn,
  type ThreadSnapshot,
  caughtUp,
  isBehind,
  itemKey,
  runningTurn,
} from '../../../src/codex/catchUp.ts';
import { initialTurnState } from '../../../src/codex/turnFold.ts';
import { itemSchema, turnSchema } from '../../../src/protocol/appServer.ts';

/** What became of a turn while nobody listened, in the shapes that 0.130 and 0.169 have shown (src/codex/catchUp.ts). */

const command = (id: string, status = 'completed') =>
  itemSchema.parse({
    type: 'commandExecution',
    id,
    command: `run ${id}`,
    status,
    aggregatedOutput: `${id}\n`,
  });
const message = (id: string, text: string) => itemSchema.parse({ type: 'agentMessage', id, text });
const entered = itemSchema.parse({ type: 'enteredReviewMode', id: 'e', review: 'current changes' });
const exited = itemSchema.parse({ type: 'exitedReviewMode', id: 'x', review: 'Fine.' });
const turn = (id: string, status: string, items: unknown[] = [], rootTurnId: string | null = id) =>
  turnSchema.parse({ id, status, items, rootTurnId });
const thread = (type: string, ...turns: ReturnType<typeof turn>[]): ThreadSnapshot => ({
  status: { type },
  turns,
});

const known = (more: Partial<KnownTurn> = {}): KnownTurn => ({
  requested: 'R',
  state: initialTurnState,
  seen: new Set(),
  before: new Set(['old']),
  ...more,
});
const now = (snapshot: ThreadSnapshot, more: Partial<KnownTurn> = {}) => {
  const found = caughtUp(known(more), 'T', snapshot);
  return found.fate === 'cut' ? assert.fail('cut') : found;
};
const fate = (snapshot: ThreadSnapshot, more: Partial<KnownTurn> = {}) =>
  caughtUp(known(more), 'T', snapshot).fate;

describe('a turn that was not listened to', () => {
  test('still runs: what it did meanwhile is known, each thing once', () => {
    const state = {
      ...initialTurnState,
      openCommands: ['c2'],
      commands: { succeeded: 1, failed: 0, lastFailure: null },
    };
    const items = [command('c1'), command('c2'), command('c3', 'inProgress')];
    const found = now(thread('active', turn('old', 'completed'), turn('R', 'inProgress', items)), {
      state,
      seen: new Set([itemKey(command('c1'))]),
    });
    assert.equal(found.fate, 'running');
    assert.equal(found.state.commands.succeeded, 2);
    assert.deepEqual(found.state.openCommands, ['c3']);
    assert.equal(found.state.activeTurn, 'R');
    assert.equal(found.state.hasGap, true);
    assert.equal(found.state.end, null);
  });

  test('is over: with its answer, and a message that was heard before only once', () => {
    const state = { ...initialTurnState, messages: ['Looking.'] };
    const items = [message('item-1', 'Looking.'), message('item-2', 'Done.')];
    const found = now(thread('idle', turn('R', 'completed', items)), { state });
    assert.deepEqual(found.state.messages, ['Looking.', 'Done.']);
    assert.deepEqual(found.state.end, { kind: 'completed' });
  });

  test('failed: with the words for it', () => {
    const failed = {
      ...turn('R', 'failed'),
      error: { message: 'no', additionalDetails: null, codexErrorInfo: null },
    };
    assert.deepEqual(now(thread('systemError', failed)).state.end, {
      kind: 'failed',
      message: 'no',
      isLimit: false,
    });
  });

  test('was cut by the end of its server, or is not there at all: it can be done again', () => {
    assert.equal(fate(thread('idle', turn('R', 'interrupted'))), 'cut');
    assert.equal(fate(thread('idle', turn('old', 'completed'))), 'cut');
    assert.equal(fate(thread('idle', turn('R', 'inProgress'))), 'cut');
  });
});

describe('a review that was not listened to', () => {
  const inner = (status: string) => turn('S', status, [command('c1')], 'R');
  const own = turn('R', 'completed', [entered, exited, message('m', 'Fine.')]);

  test('0.169, running: only the inner turn is there, and is the one to interrupt', () => {
    const found = now(thread('active', inner('inProgress')));
    assert.deepEqual(
      [found.fate, found.state.activeTurn, found.state.commands.succeeded],
      ['running', 'S', 1],
    );
  });

  test('0.169, over: though the inner turn never ends, and the thread never rests', () => {
    for (const turns of [
      [own, inner('inProgress')],
      [inner('interrupted'), own],
    ]) {
      const found = now(thread('active', ...turns));
      assert.deepEqual(found.state.end, { kind: 'completed' });
      assert.deepEqual([found.state.renderedText, found.state.activeTurn], ['Fine.', 'S']);
    }
    assert.equal(runningTurn(thread('active', own, inner('inProgress'))), null);
  });

  test('0.130, over: its own turn is not there, the inner one tells', () => {
    const rest = turn('rollout-1', 'completed', [entered], null);
    const state = { ...initialTurnState, activeTurn: 'S' };
    const found = now(thread('idle', rest, turn('S', 'completed', [exited], null)), { state });
    assert.deepEqual(found.state.end, { kind: 'completed' });
    assert.equal(found.state.renderedText, 'Fine.');
  });

  test('0.130 stores the end a moment later than it tells it', () => {
    const rest = turn('rollout-1', 'completed', [entered], null);
    assert.equal(isBehind(thread('idle', rest)), true);
    assert.equal(isBehind(thread('idle')), true);
    assert.equal(isBehind(thread('idle', turn('R', 'inProgress'))), true);
    assert.equal(isBehind(thread('active', turn('R', 'inProgress'))), false);
    assert.equal(isBehind(thread('idle', turn('R', 'interrupted'))), true);
    assert.equal(isBehind(thread('idle', turn('R', 'interrupted'), turn('T', 'completed'))), false);
    assert.equal(isBehind(thread('idle', rest, turn('S', 'completed', [exited], null))), false);
  });
});

test('a turn whose request was never answered is the one that is new', () => {
  const unanswered = { requested: '' };
  assert.equal(
    now(thread('active', turn('old', 'completed'), turn('N', 'inProgress')), unanswered).requested,
    'N',
  );
  assert.equal(
    now(thread('idle', turn('old', 'completed'), turn('N', 'completed')), unanswered).fate,
    'over',
  );
  assert.equal(fate(thread('idle', turn('old', 'completed')), unanswered), 'cut');
});

test('the turn that runs on a thread', () => {
  assert.equal(runningTurn(thread('idle', turn('R', 'inProgress'))), null);
  assert.equal(runningTurn(thread('active', turn('old', 'completed'), turn('R', 'inProgress'))), 'R');
  assert.equal(runningTurn(thread('active', turn('S', 'inProgress', [], 'R'))), 'R');
});
