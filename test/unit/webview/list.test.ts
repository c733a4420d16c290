import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ListedFinding } from '../../../src/protocol/pageSlices.ts';
import { groupKey } from '../../../webview/grouping.ts';
import { linesText, tagsOf, voiceBadge } from '../../../webview/findingText.ts';
import { listKey, menuKey, type Press } from '../../../webview/keyboard.ts';
import { findingKey, type ListModel } from '../../../webview/list.ts';
import { listOf, type PageState } from '../../../webview/model.ts';
import { initialState, reduce } from '../../../webview/state.ts';
import { defaultUi, type UiState } from '../../../webview/ui.ts';
import { examination } from '../findings/known.ts';
import { finding, findings, repository, run, runId } from './fixtures.ts';

function state(
  list: readonly ListedFinding[],
  ui: Partial<UiState> = {},
  more: Partial<PageState> = {},
): PageState {
  const initial = { ...initialState({ ...defaultUi, ...ui }), ...more };
  return reduce(initial, { type: 'findings', findings: [...list] }).state;
}

function model(...given: Parameters<typeof state>): ListModel {
  return listOf(state(...given));
}

/** The list as one reads it. */
function lines({ rows }: ListModel): string[] {
  return rows.map((row) =>
    row.kind === 'group'
      ? `${row.expanded ? 'v' : '>'} ${[row.detail, row.name].filter(Boolean).join('/')} ${row.count}${row.obstacle === null ? '' : ` (${row.obstacle})`}`
      : `    ${row.finding.priority} ${row.finding.title}`,
  );
}

function ids({ rows }: ListModel): string[] {
  return rows.flatMap((row) => (row.kind === 'finding' ? [row.finding.id] : []));
}

describe('groups', () => {
  it('stand by file, the most urgent first; in a file by urgency, then by line', () => {
    const more = finding({ id: 'f6', title: 'Second P1', priority: 'P1', startLine: 3, endLine: 3 });
    assert.deepEqual(lines(model([...findings, more])), [
      'v src/payments/charge.ts 3',
      '    P0 Never log the full card number',
      '    P1 Second P1',
      '    P1 Charge the card only once when the request is retried',
      'v src/export.ts 1',
      '    P2 Close the file handle on early return',
      'v /usr/include/zlib.h 1 (outside the repository)',
      '    P2 System header is patched in place',
      'v src/legacy/old-importer.ts 1 (file no longer exists)',
      '    P3 Unused import',
    ]);
  });

  it('leave out their findings when closed, but not their count', () => {
    const closed = model(findings, { collapsed: [groupKey(finding(), 'file')] });
    assert.deepEqual(lines(closed).slice(0, 2), ['> src/payments/charge.ts 2', 'v src/export.ts 1']);
    assert.equal(closed.shown, 5);
  });

  it('tell the files of two repositories apart', () => {
    const two = [finding({ id: 'a' }), finding({ id: 'b', repository: 'C:\\work\\billing' })];
    assert.deepEqual(
      lines(model(two)).filter((line) => line.startsWith('v')),
      ['v shop/src/payments/charge.ts 1', 'v billing/src/payments/charge.ts 1'],
    );
  });

  it('know their place among each other', () => {
    const { rows } = model(findings);
    const places = rows.map(({ kind, position, siblings }) => `${kind} ${position}/${siblings}`);
    assert.deepEqual(places.slice(0, 4), ['group 1/4', 'finding 1/2', 'finding 2/2', 'group 2/4']);
  });

  it('have a name for a finding without a usable path', () => {
    assert.deepEqual(
      lines(model([finding({ file: '', place: 'outside' })]))[0],
      'v no file given 1 (outside the repository)',
    );
    assert.deepEqual(lines(model([finding({ file: 'README.md' })]))[0], 'v README.md 1');
  });

  const heads = (list: ListModel): string[] => lines(list).filter((line) => !line.startsWith(' '));

  it('can be priorities', () => {
    assert.deepEqual(heads(model(findings, { groupBy: 'priority' })), [
      'v P0 1',
      'v P1 1',
      'v P2 2',
      'v P3 1',
    ]);
  });

  it('can be reviewers, and tools by their names', () => {
    const list = [
      finding({ id: 'a' }),
      finding({ id: 'b', reviewers: ['codex', 'claude'] }),
      finding({ id: 'c', reviewers: ['sarif'], tool: 'eslint' }),
    ];
    assert.deepEqual(heads(model(list, { groupBy: 'reviewer' })), [
      'v Codex 1',
      'v Codex and Claude 1',
      'v eslint 1',
    ]);
  });

  it('can be reviews, newest first, then what is not kept, then what was imported', () => {
    const list = [
      finding({ id: 'a', job: '' }),
      finding({ id: 'b', job: 'gone' }),
      finding({ id: 'c', job: 'older' }),
      finding({ id: 'd' }),
    ];
    const runs = [run(), run({ id: 'older', title: 'staged changes (1 file)' })];
    assert.deepEqual(
      model(list, { groupBy: 'run' }, { runs }).rows.flatMap((row) =>
        row.kind === 'group' ? [row.name] : [],
      ),
      [
        'uncommitted changes (3 files)',
        'staged changes (1 file)',
        'A review that is no longer kept',
        'Imported',
      ],
    );
    assert.equal(runId, runs[0]?.id);
  });
});

describe('the order', () => {
  const list = [
    finding({ id: 'a', priority: 'P2', startLine: 1, firstSeenAt: '2026-11-20T00:00:00Z' }),
    finding({ id: 'b', priority: 'P0', startLine: 9, firstSeenAt: '2026-11-21T00:00:00Z' }),
    finding({ id: 'c', priority: 'P1', startLine: 5, firstSeenAt: '2026-11-22T00:00:00Z' }),
  ];
  it('is by priority, by place or by age', () => {
    assert.deepEqual(ids(model(list)), ['b', 'c', 'a']);
    assert.deepEqual(ids(model(list, { sortBy: 'place' })), ['a', 'c', 'b']);
    assert.deepEqual(ids(model(list, { sortBy: 'newest' })), ['c', 'b', 'a']);
  });

  it('has what was confirmed before what is as urgent, and what is disputed after it', () => {
    const examined = (id: string, verdict: 'confirm' | 'refute', startLine: number) =>
      finding({ id, priority: 'P2', startLine, examinations: [examination({ verdict })] });
    const all = [...list, examined('disputed', 'refute', 1), examined('confirmed', 'confirm', 99)];
    assert.deepEqual(ids(model(all)), ['b', 'c', 'confirmed', 'a', 'disputed']);
    assert.deepEqual(ids(model(all, { sortBy: 'place' })).at(-1), 'confirmed');
  });
});

describe('filtering', () => {
  const shown = (ui: Partial<UiState>): string[] => ids(model(findings, ui));

  it('takes words in any case and order from title, file, body and priority', () => {
    assert.deepEqual(shown({ text: '  CARD retried ' }), ['f1']);
    assert.deepEqual(shown({ text: 'old-importer' }), ['f4']);
    assert.deepEqual(shown({ text: 'idempotency' }), ['f1']);
    assert.deepEqual(shown({ text: 'p2 handle' }), ['f3']);
    assert.deepEqual(shown({ text: 'nothing of the kind' }), []);
  });

  it('takes words literally', () => {
    assert.deepEqual(shown({ text: '.*' }), []);
    assert.deepEqual(shown({ text: 'charge()' }), ['f1']);
  });

  it('hides priorities, and counts per priority what the rest leaves', () => {
    const filtered = model(findings, { hidden: ['P2', 'P3'], text: 'e' });
    assert.equal(filtered.total, 5);
    assert.equal(filtered.shown, 2);
    assert.equal(filtered.hiddenCount, 3);
    assert.deepEqual(
      filtered.priorities.map(({ name, count, shown: on }) => `${name} ${count} ${on ? 'on' : 'off'}`),
      ['P0 1 on', 'P1 1 on', 'P2 2 off', 'P3 1 off'],
    );
  });

  const inStates = [
    finding({ id: 'open' }),
    finding({ id: 'stale', place: 'stale' }),
    finding({ id: 'fixed', state: 'fixed', proof: 'confirmed' }),
    finding({ id: 'dismissed', state: 'dismissed' }),
  ];

  it('shows what there is to work on, and the rest on request', () => {
    const usual = model(inStates);
    assert.deepEqual(ids(usual).sort(), ['open', 'stale']);
    assert.equal(usual.hiddenCount, 0, 'what is done is not called hidden');
    assert.deepEqual(
      usual.states.map(({ name, count }) => `${name} ${count}`),
      ['open 1', 'stale 1', 'fixed 1', 'dismissed 1'],
    );
    const done = model(inStates, { states: ['fixed', 'dismissed'] });
    assert.deepEqual(ids(done).sort(), ['dismissed', 'fixed']);
    assert.equal(done.hiddenCount, 2);
  });

  it('tells who raised it', () => {
    const list = [
      finding({ id: 'a', reviewers: ['codex'] }),
      finding({ id: 'b', reviewers: ['claude', 'codex'] }),
      finding({ id: 'c', reviewers: ['claude'] }),
      finding({ id: 'd', reviewers: ['sarif'], tool: 'eslint' }),
    ];
    const by = (voice: UiState['voice']): string[] => ids(model(list, { voice }));
    assert.deepEqual([by('codex'), by('both'), by('claude'), by('imported')], [['a'], ['b'], ['c'], ['d']]);
    assert.equal(by('all').length, 4);
  });

  it('keeps to the file in the editor', () => {
    const file = { repository, file: 'src/export.ts' };
    assert.deepEqual(ids(model(findings, { thisFile: true }, { activeFile: file })), ['f3']);
    assert.deepEqual(ids(model(findings, { thisFile: true }, { activeFile: null })), []);
    const other = { ...file, repository: '/work/other' };
    assert.deepEqual(ids(model(findings, { thisFile: true }, { activeFile: other })), []);
  });

  it('keeps to what the last review brought up', () => {
    const list = [
      finding({ id: 'a', mark: 'new' }),
      finding({ id: 'b', mark: 'came back' }),
      finding({ id: 'c', mark: 'still there' }),
      finding({ id: 'd', mark: 'new', state: 'dismissed' }),
    ];
    const states = [...defaultUi.states, 'dismissed' as const];
    assert.deepEqual(ids(model(list, { onlyNew: true, states })).sort(), ['a', 'b']);
  });
});

describe('a row', () => {
  it('tells the lines', () => {
    assert.equal(linesText(finding({ startLine: 3, endLine: 3 })), '3');
    assert.equal(linesText(finding({ startLine: 3, endLine: 5 })), '3-5');
  });

  const tags = (change: Parameters<typeof finding>[0]): string[] =>
    tagsOf(finding(change)).map(({ text }) => text);

  it('tells how the finding stands, and never calls a claim a fact', () => {
    assert.deepEqual(tags({}), []);
    assert.deepEqual(tags({ mark: 'new' }), ['New']);
    assert.deepEqual(tags({ mark: 'came back', inChange: false }), ['Came back', 'Outside']);
    assert.deepEqual(tags({ mark: 'not reported' }), ['Not reported again']);
    assert.deepEqual(tags({ state: 'fixed', proof: 'claimed', mark: 'new' }), ['Fix claimed']);
    assert.deepEqual(tags({ state: 'fixed', proof: 'confirmed' }), ['Fixed']);
    assert.deepEqual(tags({ state: 'dismissed', place: 'stale' }), ['Dismissed']);
    assert.deepEqual(tags({ place: 'stale', edited: true }), ['Stale']);
    assert.deepEqual(tags({ edited: true }), ['Edited']);
  });

  it('tells who raised it', () => {
    assert.equal(voiceBadge(finding()), 'Codex');
    assert.equal(voiceBadge(finding({ reviewers: ['codex', 'claude'] })), 'Both');
    assert.equal(voiceBadge(finding({ reviewers: ['sarif'], tool: 'eslint' })), 'eslint');
  });
});

describe('keys in the list', () => {
  const group = groupKey(finding(), 'file');
  const other = groupKey(finding({ file: 'src/export.ts' }), 'file');
  const press = (
    key: string,
    active: string | null,
    collapsed: string[] = [],
    held: Partial<Press> = {},
  ): unknown =>
    listKey({ key, shift: false, control: false, ...held }, model(findings, { collapsed }), active, 3);
  const preview = (key: string): unknown => ({ type: 'activate', key, open: 'preview' });

  it('move through the rows that are shown, and stop at the ends', () => {
    assert.deepEqual(press('ArrowDown', group), preview(findingKey('f2')));
    assert.deepEqual(press('ArrowDown', group, [group]), preview(other));
    assert.deepEqual(press('ArrowUp', findingKey('f2')), preview(group));
    assert.equal(press('ArrowUp', group), null);
    assert.deepEqual(press('End', group), preview(findingKey('f4')));
    assert.equal(press('ArrowDown', findingKey('f4')), null);
    assert.deepEqual(press('Home', findingKey('f4')), preview(group));
    assert.deepEqual(press('PageDown', group), preview(other));
    assert.deepEqual(press('PageUp', findingKey('f2')), preview(group));
  });

  it('extend the choice with Shift', () => {
    const shift = { shift: true };
    assert.deepEqual(press('ArrowDown', findingKey('f2'), [], shift), {
      type: 'extendChosen',
      key: findingKey('f1'),
    });
    assert.deepEqual(press('End', findingKey('f2'), [], shift), {
      type: 'extendChosen',
      key: findingKey('f4'),
    });
    assert.equal(press('Enter', findingKey('f2'), [], shift), null);
  });

  it('choose with Ctrl', () => {
    const control = { control: true };
    assert.deepEqual(press('a', group, [], control), { type: 'chooseAll' });
    assert.deepEqual(press(' ', findingKey('f2'), [], control), {
      type: 'toggleChosen',
      key: findingKey('f2'),
    });
    assert.equal(press('ArrowDown', group, [], control), null, 'what VS Code does with it is its own');
  });

  it('open, close and leave groups', () => {
    const toggle = { type: 'toggleGroup', key: group };
    assert.deepEqual(press('ArrowLeft', group), toggle);
    assert.equal(press('ArrowLeft', group, [group]), null);
    assert.deepEqual(press('ArrowRight', group, [group]), toggle);
    assert.deepEqual(press('ArrowRight', group), preview(findingKey('f2')));
    assert.deepEqual(press('ArrowLeft', findingKey('f1')), preview(group));
    assert.equal(press('ArrowRight', findingKey('f1')), null);
    assert.deepEqual(press('Enter', group), toggle);
    assert.deepEqual(press(' ', group), toggle);
  });

  it('open and dismiss findings', () => {
    assert.deepEqual(press('Enter', findingKey('f1')), {
      type: 'activate',
      key: findingKey('f1'),
      open: 'focus',
    });
    assert.deepEqual(press(' ', findingKey('f1')), preview(findingKey('f1')));
    const dismiss = { type: 'perform', action: 'dismiss', part: 'list' };
    assert.deepEqual(press('Delete', findingKey('f1')), dismiss);
    assert.deepEqual(press('Backspace', findingKey('f1'), [], { control: true }), dismiss);
    assert.equal(press('Backspace', findingKey('f1')), null);
  });

  it('mean nothing otherwise', () => {
    assert.equal(press('x', group), null);
    assert.equal(listKey({ key: 'ArrowDown', shift: false, control: false }, model([]), null, 3), null);
    assert.equal(menuKey('x'), null);
  });
});
