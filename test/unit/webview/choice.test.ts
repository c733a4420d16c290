import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findingActions } from '../../../src/protocol/findingsPage.ts';
import { actionsFor } from '../../../webview/actions.ts';
import { groupKey } from '../../../webview/grouping.ts';
import { findingKey } from '../../../webview/list.ts';
import { activeRow, selectedFinding, type PageState } from '../../../webview/model.ts';
import { chosenOf, targetsOf } from '../../../webview/selection.ts';
import { reduce } from '../../../webview/state.ts';
import { examination } from '../findings/known.ts';
import { finding, findings, snapshot, states } from './fixtures.ts';
import { after, posted, showing } from './pages.ts';

const all = showing(states.findings);
const key = findingKey;
const file = groupKey(finding(), 'file');

function choose(id: string, state = all): PageState {
  return after(state, { type: 'activate', key: key(id), open: 'no' });
}

describe('the choice of several', () => {
  it('is one finding after a click', () => {
    assert.deepEqual(chosenOf(choose('f3')), ['f3']);
  });

  it('is added to and taken from with Ctrl, without opening anything', () => {
    const { state, effects } = reduce(choose('f3'), { type: 'toggleChosen', key: key('f1') });
    assert.deepEqual(chosenOf(state), ['f3', 'f1']);
    assert.equal(activeRow(state), key('f1'));
    assert.deepEqual(posted(effects), []);
    assert.ok(effects.some((effect) => effect.type === 'announce' && effect.text === '2 selected'));
    assert.deepEqual(chosenOf(after(state, { type: 'toggleChosen', key: key('f3') })), ['f1']);
  });

  it('reaches with Shift from where it began to where one is, and shrinks again', () => {
    // On the screen: f2, f1 in charge.ts, then f3, f5, f4.
    const from = choose('f2');
    const wide = after(from, { type: 'extendChosen', key: key('f5') });
    assert.deepEqual(chosenOf(wide), ['f2', 'f1', 'f3', 'f5']);
    assert.deepEqual(chosenOf(after(wide, { type: 'extendChosen', key: key('f1') })), ['f2', 'f1']);
  });

  it('can be all, and one step back is one again', () => {
    const everything = after(choose('f3'), { type: 'chooseAll' });
    assert.equal(chosenOf(everything).length, 5);
    const back = after(everything, { type: 'escape' });
    assert.deepEqual(chosenOf(back), ['f3']);
    const filtered = after(back, { type: 'filterText', text: 'e' });
    assert.equal(after(filtered, { type: 'escape' }).ui.text, '', 'then the filter');
  });

  it('never holds what is not on the screen', () => {
    const everything = after(all, { type: 'chooseAll' });
    assert.deepEqual(chosenOf(after(everything, { type: 'filterText', text: 'card' })), ['f2', 'f1']);
    assert.deepEqual(chosenOf(after(everything, { type: 'toggleGroup', key: file })), ['f3', 'f5', 'f4']);
    const without = findings.filter(({ id }) => id !== 'f3');
    assert.ok(!after(everything, { type: 'findings', findings: without }).chosen.includes('f3'));
  });
});

describe('what an action is about', () => {
  it('is all that is chosen where the active row belongs to it, else that row', () => {
    const two = after(choose('f3'), { type: 'toggleChosen', key: key('f1') });
    assert.deepEqual(targetsOf(two), ['f3', 'f1']);
    const { effects } = reduce(two, { type: 'perform', action: 'dismiss', part: 'list' });
    assert.deepEqual(posted(effects), [{ type: 'act', action: 'dismiss', ids: ['f3', 'f1'] }]);
    assert.deepEqual(targetsOf(after(two, { type: 'activate', key: file, open: 'no' })), ['f2', 'f1']);
  });

  it('is the finding in the details for their buttons, whatever is chosen', () => {
    const { effects } = reduce(choose('f3'), { type: 'perform', action: 'resolve', part: 'detail' });
    assert.deepEqual(posted(effects), [{ type: 'act', action: 'resolve', ids: ['f3'] }]);
  });

  it('is nothing where the action is not possible', () => {
    const dismissed = showing(snapshot({ findings: [finding({ state: 'dismissed' })] }));
    const shown = after(dismissed, { type: 'reveal', id: 'f1' });
    assert.equal(selectedFinding(shown)?.id, 'f1');
    assert.deepEqual(reduce(shown, { type: 'perform', action: 'dismiss', part: 'list' }).effects, []);
  });
});

describe('what is offered', () => {
  const names = (...list: Parameters<typeof actionsFor>[0]): string[] =>
    actionsFor(list).map(({ action }) => action);

  it('for one open finding of a review is everything but Reopen, what ends a dispute, and what parts and joins', () => {
    const others = ['reopen', 'tieBreak', 'part', 'joinAgain'];
    assert.deepEqual(
      names(finding()),
      findingActions.filter((action) => !others.includes(action)),
    );
  });

  it('for one that both raised is to part it, in whatever state; for one that was parted to join it while it is open', () => {
    const both = { reviewers: ['codex', 'claude'] } as const;
    const joined = finding({ reviewers: [...both.reviewers] });
    assert.ok(names(joined).includes('part'));
    assert.ok(names({ ...joined, state: 'dismissed' }).includes('part'));
    assert.ok(!names(joined, finding({ id: 'o' })).includes('part'));
    const parted = { ...finding(), parted: true };
    assert.ok(names(parted).includes('joinAgain'));
    assert.ok(!names({ ...parted, state: 'fixed' }).includes('joinAgain'));
    assert.ok(!names(parted, finding({ id: 'o' })).includes('joinAgain'));
  });

  it('for one that is disputed is a tie-break too', () => {
    const disputed = finding({ examinations: [examination()] });
    assert.ok(names(disputed).includes('tieBreak'));
    assert.ok(!names(disputed, finding({ id: 'o' })).includes('tieBreak'));
  });

  it('for several is what can be done with several', () => {
    assert.deepEqual(names(finding(), finding({ id: 'd', state: 'dismissed' })), [
      'fixWithCodex',
      'fixWithClaude',
      'askOther',
      'proveFix',
      'dismiss',
      'dismissInFile',
      'resolve',
      'reopen',
      'copyPrompt',
      'copyMarkdown',
      'export',
    ]);
  });

  it('for findings of several files is nothing that one file is meant by', () => {
    const other = finding({ id: 'o', file: 'src/other.ts' });
    assert.ok(!names(finding(), other).includes('dismissInFile'));
    const elsewhere = finding({ id: 'e', repository: '/elsewhere' });
    assert.ok(!names(finding(), elsewhere).includes('dismissInFile'));
  });

  it('for what no review of ours raised asks no reviewer', () => {
    const imported = finding({ job: '', reviewers: ['sarif'], tool: 'eslint' });
    assert.ok(!names(imported).some((name) => ['explain', 'lookForMore', 'openReviewed'].includes(name)));
    assert.deepEqual(names(), []);
  });
});

describe('the menu', () => {
  const opened = after(choose('f3'), { type: 'openMenu', opener: 'list', at: { x: 5, y: 6 } });
  const count = actionsFor([finding()]).length;

  it('is about what the list’s actions are about, and takes the keyboard', () => {
    const { state, effects } = reduce(choose('f3'), { type: 'openMenu', opener: 'list', at: { x: 5, y: 6 } });
    assert.deepEqual(state.menu, { ids: ['f3'], opener: 'list', x: 5, y: 6, active: 0 });
    assert.deepEqual(effects, [{ type: 'focus', part: 'menu' }]);
  });

  it('is walked through, around its ends', () => {
    assert.equal(after(opened, { type: 'moveInMenu', to: 1 }).menu?.active, 1);
    assert.equal(after(opened, { type: 'moveInMenu', to: -1 }).menu?.active, count - 1);
    assert.equal(
      after(opened, { type: 'moveInMenu', to: 'last' }, { type: 'moveInMenu', to: 1 }).menu?.active,
      0,
    );
  });

  it('closes before its action is done, and gives the keyboard back', () => {
    const { state, effects } = reduce(opened, { type: 'chooseInMenu', action: 'copyPrompt' });
    assert.equal(state.menu, null);
    assert.deepEqual(effects, [
      { type: 'focus', part: 'list' },
      { type: 'post', message: { type: 'act', action: 'copyPrompt', ids: ['f3'] } },
    ]);
    assert.deepEqual(reduce(opened, { type: 'closeMenu' }).effects, [{ type: 'focus', part: 'list' }]);
  });

  it('closes where its findings are gone, and gives the keyboard back; keeps its place where fewer actions are left', () => {
    const { state, effects } = reduce(opened, { type: 'findings', findings: [finding({ id: 'f1' })] });
    assert.equal(state.menu, null);
    assert.deepEqual(effects, [{ type: 'focus', part: 'list' }]);
    const last = after(opened, { type: 'moveInMenu', to: 'last' });
    const fixed = finding({ id: 'f3', state: 'fixed', proof: 'claimed' });
    const { menu } = after(last, { type: 'findings', findings: [fixed] });
    assert.ok(menu && menu.active < actionsFor([fixed]).length);
  });

  it('does not open about nothing', () => {
    const empty = showing(snapshot());
    assert.equal(after(empty, { type: 'openMenu', opener: 'list', at: { x: 0, y: 0 } }).menu, null);
  });
});

describe('F8', () => {
  it('goes from finding to finding, past groups and around the end', () => {
    const ids: (string | undefined)[] = [];
    let state = all;
    for (let press = 0; press < 6; press++) {
      state = after(state, { type: 'step', by: 1 });
      ids.push(selectedFinding(state)?.id);
    }
    assert.deepEqual(ids, ['f2', 'f1', 'f3', 'f5', 'f4', 'f2']);
    assert.equal(selectedFinding(after(state, { type: 'step', by: -1 }))?.id, 'f4');
  });

  it('opens each in the editor, and keeps the keyboard', () => {
    assert.deepEqual(posted(reduce(all, { type: 'step', by: 1 }).effects)[0], {
      type: 'open',
      id: 'f2',
      preserveFocus: true,
    });
    assert.deepEqual(reduce(showing(snapshot()), { type: 'step', by: 1 }).effects, []);
  });
});
