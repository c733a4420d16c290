import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Finding } from '../../../src/protocol/finding.ts';
import { findingKey, groupKey, linesText, listModel, type ListModel } from '../../../webview/list.ts';
import { listKey } from '../../../webview/keyboard.ts';
import { defaultUi, type UiState } from '../../../webview/state.ts';
import { finding, findings } from './fixtures.ts';

function model(list: readonly Finding[], ui: Partial<UiState> = {}): ListModel {
  return listModel(list, { ...defaultUi, ...ui });
}

/** The list as one reads it. */
function lines({ rows }: ListModel): string[] {
  return rows.map((row) =>
    row.kind === 'group'
      ? `${row.expanded ? 'v' : '>'} ${[row.folder, row.name].filter(Boolean).join('/')} ${row.count}${row.obstacle === null ? '' : ` (${row.obstacle})`}`
      : `    ${row.finding.priority} ${row.finding.title}`,
  );
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
    const closed = model(findings, { collapsed: [groupKey(finding())] });
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
});

describe('filtering', () => {
  const shown = (ui: Partial<UiState>): string[] =>
    model(findings, ui).rows.flatMap((row) => (row.kind === 'finding' ? [row.finding.id] : []));

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

  it('hides priorities, and counts per priority what the words leave', () => {
    const filtered = model(findings, { hidden: ['P2', 'P3'], text: 'e' });
    assert.equal(filtered.total, 5);
    assert.equal(filtered.shown, 2);
    assert.deepEqual(
      filtered.counts.map(({ priority, count, shown: on }) => `${priority} ${count} ${on ? 'on' : 'off'}`),
      ['P0 1 on', 'P1 1 on', 'P2 2 off', 'P3 1 off'],
    );
  });
});

describe('lines', () => {
  it('are a number or a range', () => {
    assert.equal(linesText(finding({ startLine: 3, endLine: 3 })), '3');
    assert.equal(linesText(finding({ startLine: 3, endLine: 5 })), '3-5');
  });
});

describe('keys in the list', () => {
  const group = groupKey(finding());
  const press = (key: string, active: string | null, collapsed: readonly string[] = []): unknown =>
    listKey(key, model(findings, { active, collapsed: [...collapsed] }), 3);
  const preview = (key: string): unknown => ({ type: 'activate', key, open: 'preview' });

  it('move through the rows that are shown, and stop at the ends', () => {
    assert.deepEqual(press('ArrowDown', group), preview(findingKey('f2')));
    assert.deepEqual(
      press('ArrowDown', group, [group]),
      preview(groupKey(finding({ file: 'src/export.ts' }))),
    );
    assert.deepEqual(press('ArrowUp', findingKey('f2')), preview(group));
    assert.equal(press('ArrowUp', group), null);
    assert.deepEqual(press('End', group), preview(findingKey('f4')));
    assert.equal(press('ArrowDown', findingKey('f4')), null);
    assert.deepEqual(press('Home', findingKey('f4')), preview(group));
    assert.deepEqual(press('PageDown', group), preview(groupKey(finding({ file: 'src/export.ts' }))));
    assert.deepEqual(press('PageUp', findingKey('f2')), preview(group));
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

  it('open findings', () => {
    assert.deepEqual(press('Enter', findingKey('f1')), {
      type: 'activate',
      key: findingKey('f1'),
      open: 'focus',
    });
    assert.deepEqual(press(' ', findingKey('f1')), preview(findingKey('f1')));
  });

  it('mean nothing otherwise', () => {
    assert.equal(press('x', group), null);
    assert.equal(listKey('ArrowDown', model([]), 3), null);
  });
});
