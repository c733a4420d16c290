import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { groupKey } from '../../../webview/grouping.ts';
import { findingKey } from '../../../webview/list.ts';
import { activeRow, findingOf, listOf, selectedFinding, type PageState } from '../../../webview/model.ts';
import { initialState, reduce } from '../../../webview/state.ts';
import { defaultUi } from '../../../webview/ui.ts';
import {
  detail,
  finding,
  findings,
  many,
  run,
  runDetail,
  runId,
  slices,
  snapshot,
  states,
} from './fixtures.ts';
import { after, posted, showing } from './pages.ts';

const all = showing(states.findings);
const files = groupKey(finding(), 'file');

describe('what survives a reload', () => {
  it('comes back as it was saved', () => {
    const before = after(
      all,
      { type: 'filterText', text: 'card' },
      { type: 'togglePriority', priority: 'P3' },
      { type: 'toggleState', state: 'dismissed' },
      { type: 'filterBy', change: { voice: 'codex' } },
      { type: 'arrange', change: { groupBy: 'priority', sortBy: 'newest' } },
      { type: 'activate', key: findingKey('f1'), open: 'focus' },
      { type: 'scrolled', top: 120 },
      { type: 'toggleSummary' },
    );
    const saved: unknown = JSON.parse(JSON.stringify(before.ui));
    assert.deepEqual(initialState(saved).ui, before.ui);
    const reloaded = after(initialState(saved), ...slices(states.findings));
    assert.deepEqual(listOf(reloaded), listOf(before));
    assert.equal(selectedFinding(reloaded)?.id, 'f1');
  });

  it('is not disturbed by first findings that are still none', () => {
    const saved = after(all, { type: 'activate', key: findingKey('f3'), open: 'focus' }).ui;
    const reloaded = after(initialState(saved), ...slices(snapshot()), ...slices(states.findings));
    assert.equal(selectedFinding(reloaded)?.id, 'f3');
    assert.equal(activeRow(reloaded), findingKey('f3'));
  });

  it('takes over what the version before saved', () => {
    const old = {
      version: 1,
      text: 'card',
      hidden: ['P3'],
      collapsed: [],
      selected: 'f1',
      active: null,
      scroll: 7,
      summaryOpen: true,
    };
    assert.deepEqual(initialState(old).ui, { ...defaultUi, ...old, version: 2 });
  });

  for (const saved of [
    undefined,
    null,
    7,
    'x',
    {},
    { ...defaultUi, version: 3 },
    { ...defaultUi, hidden: ['P9'] },
    { version: 1, text: 7 },
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
      assert.equal(selectedFinding(state)?.id, 'f3');
      assert.equal(activeRow(state), findingKey('f3'));
      assert.deepEqual(posted(effects), [
        { type: 'open', id: 'f3', preserveFocus },
        { type: 'detail', id: 'f3' },
      ]);
    }
  });

  it('is selected but not opened where its place can not be opened', () => {
    for (const id of ['f4', 'f5']) {
      const { state, effects } = reduce(all, { type: 'activate', key: findingKey(id), open: 'focus' });
      assert.equal(selectedFinding(state)?.id, id);
      assert.deepEqual(posted(effects), [{ type: 'detail', id }]);
      assert.deepEqual(posted(reduce(state, { type: 'openSelected' }).effects), []);
    }
  });

  it('leaves the selection alone where it is a group', () => {
    const selected = after(all, { type: 'activate', key: findingKey('f3'), open: 'focus' });
    const { state, effects } = reduce(selected, { type: 'activate', key: files, open: 'preview' });
    assert.equal(selectedFinding(state)?.id, 'f3');
    assert.equal(activeRow(state), files);
    assert.deepEqual(posted(effects), []);
  });

  it('is ignored where it does not exist', () => {
    assert.equal(reduce(all, { type: 'activate', key: findingKey('gone'), open: 'focus' }).state, all);
  });
});

describe('a group', () => {
  it('closes and opens, and takes the keyboard from a row in it', () => {
    const inside = after(all, { type: 'activate', key: findingKey('f1'), open: 'focus' });
    const closed = after(inside, { type: 'toggleGroup', key: files });
    assert.ok(!listOf(closed).indexes.has(findingKey('f1')));
    assert.equal(activeRow(closed), files);
    assert.equal(selectedFinding(closed)?.id, 'f1', 'the details stay');
    const opened = after(closed, { type: 'toggleGroup', key: files });
    assert.ok(listOf(opened).indexes.has(findingKey('f1')));
  });
});

describe('new findings', () => {
  const withActive = (key: string): PageState => after(all, { type: 'activate', key, open: 'focus' });

  it('leave selection and active row, and have the details fetched again', () => {
    const { state, effects } = reduce(withActive(findingKey('f3')), {
      type: 'findings',
      findings: [...findings],
    });
    assert.equal(activeRow(state), findingKey('f3'));
    assert.equal(selectedFinding(state)?.id, 'f3');
    assert.deepEqual(posted(effects), [{ type: 'detail', id: 'f3' }]);
  });

  it('move the keyboard to the row that takes the place of one that is gone', () => {
    const before = withActive(findingKey('f3'));
    const index = listOf(before).indexes.get(findingKey('f3')) ?? -1;
    const without = findings.filter(({ id }) => id !== 'f3');
    const next = after(before, { type: 'findings', findings: without });
    assert.equal(activeRow(next), listOf(next).rows[index]?.key);
    assert.equal(selectedFinding(next), undefined);
  });

  it('of none leave no active row', () => {
    assert.equal(activeRow(after(all, { type: 'findings', findings: [] })), null);
  });

  it('take back the complaint about an unreadable message', () => {
    const told = after(all, { type: 'unreadable' });
    assert.equal(told.unreadable, true);
    assert.equal(told.findings, all.findings, 'what was shown stays');
    assert.equal(after(told, { type: 'findings', findings: [...findings] }).unreadable, false);
  });
});

describe('places', () => {
  it('are where the findings are now, until they are told anew', () => {
    const moved = after(all, {
      type: 'places',
      places: { f3: { place: 'anchored', file: 'src/export.ts', startLine: 80, endLine: 81 } },
    });
    assert.equal(findingOf(moved, 'f3')?.startLine, 80);
    assert.equal(findingOf(moved, 'f1')?.startLine, 42);
    assert.equal(findingOf(after(moved, { type: 'places', places: {} }), 'f3')?.startLine, 8);
  });

  it('make a finding stale, which is still shown, and not opened', () => {
    const moved = after(all, {
      type: 'places',
      places: { f3: { place: 'stale', file: 'src/export.ts', startLine: 8, endLine: 9 } },
    });
    assert.ok(listOf(moved).indexes.has(findingKey('f3')));
    const { effects } = reduce(moved, { type: 'activate', key: findingKey('f3'), open: 'focus' });
    assert.deepEqual(posted(effects), [{ type: 'detail', id: 'f3' }]);
  });

  it('cost nothing where nothing has moved', () => {
    const again = after(all, { type: 'places', places: all.places });
    assert.equal(listOf(again), listOf(all), 'the list is not made again');
  });
});

describe('details', () => {
  const selected = after(all, { type: 'activate', key: findingKey('f3'), open: 'focus' });

  it('are those of the finding that is looked at, not of one that was', () => {
    const late = after(selected, { type: 'detail', id: 'f1', detail: detail(finding()) });
    assert.equal(late.detail, null);
    const told = after(selected, { type: 'detail', id: 'f3', detail: detail(finding({ id: 'f3' })) });
    assert.equal(told.detail?.id, 'f3');
  });

  it('of a review are fetched when it is looked at, and again when it has changed', () => {
    const listed = after(all, { type: 'runs', runs: [run()] }, { type: 'tab', tab: 'reviews' });
    const { state, effects } = reduce(listed, { type: 'selectRun', id: runId });
    assert.deepEqual(posted(effects), [{ type: 'runDetail', id: runId }]);
    const told = after(state, { type: 'runDetail', id: runId, detail: runDetail() });
    assert.equal(told.runDetail?.id, runId);
    const changed = reduce(told, { type: 'runs', runs: [run({ verdict: 'clean' })] });
    assert.deepEqual(posted(changed.effects), [{ type: 'runDetail', id: runId }]);
    assert.equal(after(told, { type: 'runDetail', id: runId, detail: null }).goneRun, runId);
  });
});

describe('reveal', () => {
  it('selects the finding, opens its group and takes a filter away that hides it', () => {
    const hidden = after(
      all,
      { type: 'tab', tab: 'reviews' },
      { type: 'toggleGroup', key: files },
      { type: 'filterText', text: 'zlib' },
    );
    const { state, effects } = reduce(hidden, { type: 'reveal', id: 'f1' });
    const list = listOf(state);
    assert.equal(state.ui.tab, 'findings');
    assert.equal(selectedFinding(state)?.id, 'f1');
    assert.equal(activeRow(state), findingKey('f1'));
    assert.ok(list.indexes.has(findingKey('f1')));
    assert.equal(list.shown, list.total);
    assert.deepEqual(effects.slice(0, 1), [{ type: 'showActive', focus: 'if-page-has-focus' }]);
  });

  it('shows a dismissed finding', () => {
    const dismissed = finding({ id: 'd', state: 'dismissed' });
    const state = after(showing(snapshot({ findings: [dismissed] })), { type: 'reveal', id: 'd' });
    assert.ok(listOf(state).indexes.has(findingKey('d')));
  });

  it('keeps a filter that does not hide it', () => {
    const filtered = after(all, { type: 'filterText', text: 'card' });
    assert.equal(reduce(filtered, { type: 'reveal', id: 'f1' }).state.ui.text, 'card');
  });

  it('waits for a finding that the host has not brought yet', () => {
    const waiting = after(initialState(undefined), { type: 'reveal', id: 'f5' }, ...slices(snapshot()));
    assert.equal(selectedFinding(waiting), undefined);
    const { state, effects } = reduce(waiting, { type: 'findings', findings: [...findings] });
    assert.equal(selectedFinding(state)?.id, 'f5');
    assert.ok(effects.some(({ type }) => type === 'showActive'));
    assert.equal(state.wanted, null);
  });
});

describe('the filter', () => {
  it('says how much it leaves', () => {
    assert.deepEqual(reduce(all, { type: 'filterText', text: 'card' }).effects, [
      { type: 'announce', text: '2 findings shown, 3 hidden by your filter' },
    ]);
  });

  it('is cleared as a whole', () => {
    const filtered = after(
      all,
      { type: 'filterText', text: 'card' },
      { type: 'togglePriority', priority: 'P0' },
      { type: 'toggleState', state: 'open' },
      { type: 'filterBy', change: { onlyNew: true, thisFile: true, voice: 'both' } },
    );
    assert.equal(listOf(filtered).shown, 0);
    const { state, effects } = reduce(filtered, { type: 'clearFilter' });
    assert.equal(listOf(state).shown, 5);
    assert.deepEqual(effects, [{ type: 'announce', text: '5 findings shown' }]);
    assert.deepEqual(reduce(state, { type: 'clearFilter' }), { state, effects: [] });
  });

  it('leaves the details, in which a finding can be taken back that was just dismissed', () => {
    const selected = after(all, { type: 'activate', key: findingKey('f3'), open: 'focus' });
    const filtered = after(selected, { type: 'togglePriority', priority: 'P2' });
    assert.equal(selectedFinding(filtered)?.id, 'f3');
  });
});

describe('closing the details', () => {
  it('gives the keyboard back to the row', () => {
    const selected = after(all, { type: 'activate', key: findingKey('f3'), open: 'focus' });
    const { state, effects } = reduce(selected, { type: 'closeDetail' });
    assert.equal(selectedFinding(state), undefined);
    assert.equal(activeRow(state), findingKey('f3'));
    assert.deepEqual(effects, [{ type: 'showActive', focus: 'always' }]);
  });
});

describe('ten thousand findings', () => {
  it('are arranged once, not with every key', () => {
    const state = showing(many(10_000));
    const list = listOf(state);
    const moved = after(
      state,
      { type: 'activate', key: findingKey('m7'), open: 'preview' },
      { type: 'viewport', viewport: { top: 900, height: 400 } },
      { type: 'extendChosen', key: findingKey('m9') },
    );
    assert.equal(listOf(moved), list);
  });
});
