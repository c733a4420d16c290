import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Snapshot } from '../../../src/protocol/findingsPage.ts';
import { findingKey, groupKey } from '../../../webview/list.ts';
import {
  defaultUi,
  initialState,
  listOf,
  reduce,
  type Action,
  type Effect,
  type PageState,
} from '../../../webview/state.ts';
import { finding, findings, snapshot, states } from './fixtures.ts';

function after(state: PageState, ...actions: readonly Action[]): PageState {
  return actions.reduce((current, action) => reduce(current, action).state, state);
}

function showing(shown: Snapshot): PageState {
  return after(initialState(undefined), { type: 'snapshot', snapshot: shown });
}

function posted(effects: readonly Effect[]): unknown[] {
  return effects.flatMap((effect) => (effect.type === 'post' ? [effect.message] : []));
}

const all = showing(states.findings);

describe('what survives a reload', () => {
  it('comes back as it was saved', () => {
    const before = after(
      all,
      { type: 'filterText', text: 'card' },
      { type: 'togglePriority', priority: 'P3' },
      { type: 'activate', key: findingKey('f1'), open: 'focus' },
      { type: 'scrolled', top: 120 },
      { type: 'toggleSummary' },
    );
    const saved: unknown = JSON.parse(JSON.stringify(before.ui));
    assert.deepEqual(initialState(saved).ui, before.ui);
    const reloaded = after(initialState(saved), { type: 'snapshot', snapshot: states.findings });
    assert.deepEqual(listOf(reloaded), listOf(before));
    assert.equal(listOf(reloaded).selected?.id, 'f1');
  });

  it('is not disturbed by a first snapshot that is still empty', () => {
    const saved = after(all, { type: 'activate', key: findingKey('f3'), open: 'focus' }).ui;
    const reloaded = after(
      initialState(saved),
      { type: 'snapshot', snapshot: snapshot() },
      { type: 'snapshot', snapshot: states.findings },
    );
    assert.equal(listOf(reloaded).selected?.id, 'f3');
    assert.equal(listOf(reloaded).active, findingKey('f3'));
  });

  for (const saved of [
    undefined,
    null,
    7,
    'x',
    {},
    { ...defaultUi, version: 2 },
    { ...defaultUi, hidden: ['P9'] },
  ]) {
    it(`begins afresh from ${saved === undefined ? 'nothing' : JSON.stringify(saved)}`, () => {
      assert.deepEqual(initialState(saved).ui, defaultUi);
    });
  }
});

describe('a row that is activated', () => {
  it('is selected and opened, with or without the keyboard going to the editor', () => {
    for (const [open, preserveFocus] of [
      ['focus', false],
      ['preview', true],
    ] as const) {
      const { state, effects } = reduce(all, { type: 'activate', key: findingKey('f3'), open });
      assert.equal(listOf(state).selected?.id, 'f3');
      assert.equal(listOf(state).active, findingKey('f3'));
      assert.deepEqual(posted(effects), [{ type: 'open', id: 'f3', preserveFocus }]);
    }
  });

  it('is selected but not opened where its place can not be opened', () => {
    for (const id of ['f4', 'f5']) {
      const { state, effects } = reduce(all, { type: 'activate', key: findingKey(id), open: 'focus' });
      assert.equal(listOf(state).selected?.id, id);
      assert.deepEqual(posted(effects), []);
      assert.deepEqual(posted(reduce(state, { type: 'openSelected' }).effects), []);
    }
  });

  it('leaves the selection alone where it is a file', () => {
    const selected = after(all, { type: 'activate', key: findingKey('f3'), open: 'focus' });
    const { state, effects } = reduce(selected, {
      type: 'activate',
      key: groupKey(finding()),
      open: 'preview',
    });
    assert.equal(listOf(state).selected?.id, 'f3');
    assert.equal(listOf(state).active, groupKey(finding()));
    assert.deepEqual(posted(effects), []);
  });

  it('is ignored where it does not exist', () => {
    assert.equal(reduce(all, { type: 'activate', key: findingKey('gone'), open: 'focus' }).state, all);
  });
});

describe('a group', () => {
  it('closes and opens, and takes the keyboard from a row in it', () => {
    const key = groupKey(finding());
    const inside = after(all, { type: 'activate', key: findingKey('f1'), open: 'focus' });
    const closed = after(inside, { type: 'toggleGroup', key });
    assert.ok(!listOf(closed).rows.some((row) => row.key === findingKey('f1')));
    assert.equal(listOf(closed).active, key);
    assert.equal(listOf(closed).selected?.id, 'f1', 'the details stay');
    const opened = after(closed, { type: 'toggleGroup', key });
    assert.ok(listOf(opened).rows.some((row) => row.key === findingKey('f1')));
  });
});

describe('a new snapshot', () => {
  const withActive = (key: string): PageState => after(all, { type: 'activate', key, open: 'focus' });

  it('keeps selection and active row', () => {
    const next = after(withActive(findingKey('f3')), {
      type: 'snapshot',
      snapshot: { ...states.findings, summary: 'other' },
    });
    assert.equal(listOf(next).active, findingKey('f3'));
    assert.equal(listOf(next).selected?.id, 'f3');
  });

  it('moves the keyboard to the row that takes the place of one that is gone', () => {
    const before = withActive(findingKey('f3'));
    const index = listOf(before).rows.findIndex(({ key }) => key === findingKey('f3'));
    const without = { ...states.findings, findings: findings.filter(({ id }) => id !== 'f3') };
    const next = listOf(after(before, { type: 'snapshot', snapshot: without }));
    assert.equal(next.active, next.rows[index]?.key);
    assert.equal(next.selected, null);
  });

  it('has no active row where there are no findings', () => {
    assert.equal(listOf(after(all, { type: 'snapshot', snapshot: snapshot() })).active, null);
  });

  it('takes back the complaint about an unreadable message', () => {
    const told = after(all, { type: 'unreadable' });
    assert.equal(told.unreadable, true);
    assert.equal(told.snapshot, all.snapshot, 'what was shown stays');
    assert.equal(after(told, { type: 'snapshot', snapshot: states.findings }).unreadable, false);
  });
});

describe('reveal', () => {
  it('selects the finding, opens its group and takes a filter away that hides it', () => {
    const hidden = after(
      all,
      { type: 'toggleGroup', key: groupKey(finding()) },
      { type: 'filterText', text: 'zlib' },
    );
    const { state, effects } = reduce(hidden, { type: 'reveal', id: 'f1' });
    const list = listOf(state);
    assert.equal(list.selected?.id, 'f1');
    assert.equal(list.active, findingKey('f1'));
    assert.ok(list.rows.some(({ key }) => key === findingKey('f1')));
    assert.equal(list.shown, list.total);
    assert.deepEqual(effects, [{ type: 'showActive', focus: 'if-page-has-focus' }]);
  });

  it('keeps a filter that does not hide it', () => {
    const filtered = after(all, { type: 'filterText', text: 'card' });
    assert.equal(reduce(filtered, { type: 'reveal', id: 'f1' }).state.ui.text, 'card');
  });

  it('waits for a finding that no snapshot has brought yet', () => {
    const waiting = after(
      initialState(undefined),
      { type: 'reveal', id: 'f5' },
      { type: 'snapshot', snapshot: snapshot() },
    );
    assert.equal(listOf(waiting).selected, null);
    const { state, effects } = reduce(waiting, { type: 'snapshot', snapshot: states.findings });
    assert.equal(listOf(state).selected?.id, 'f5');
    assert.ok(effects.some(({ type }) => type === 'showActive'));
    assert.equal(state.wanted, null);
  });
});

describe('the filter', () => {
  it('says how much it leaves', () => {
    assert.deepEqual(reduce(all, { type: 'filterText', text: 'card' }).effects, [
      { type: 'announce', text: '2 of 5 findings shown' },
    ]);
  });

  it('is cleared as a whole', () => {
    const filtered = after(
      all,
      { type: 'filterText', text: 'card' },
      { type: 'togglePriority', priority: 'P0' },
    );
    assert.equal(listOf(filtered).shown, 1);
    const { state, effects } = reduce(filtered, { type: 'clearFilter' });
    assert.equal(listOf(state).shown, 5);
    assert.deepEqual(effects, [{ type: 'announce', text: '5 of 5 findings shown' }]);
    assert.deepEqual(reduce(state, { type: 'clearFilter' }), { state, effects: [] });
  });

  it('hides the details of what it hides, and brings them back', () => {
    const selected = after(all, { type: 'activate', key: findingKey('f3'), open: 'focus' });
    const filtered = after(selected, { type: 'togglePriority', priority: 'P2' });
    assert.equal(listOf(filtered).selected, null);
    assert.equal(listOf(after(filtered, { type: 'togglePriority', priority: 'P2' })).selected?.id, 'f3');
  });
});

describe('closing the details', () => {
  it('gives the keyboard back to the row', () => {
    const selected = after(all, { type: 'activate', key: findingKey('f3'), open: 'focus' });
    const { state, effects } = reduce(selected, { type: 'closeDetail' });
    assert.equal(listOf(state).selected, null);
    assert.equal(listOf(state).active, findingKey('f3'));
    assert.deepEqual(effects, [{ type: 'showActive', focus: 'always' }]);
  });
});
