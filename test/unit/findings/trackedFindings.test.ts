import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeAnchor } from '../../../src/findings/anchorText.ts';
import type { TextChange } from '../../../src/findings/editMap.ts';
import { textLines } from '../../../src/findings/textLines.ts';
import { TrackedFindings } from '../../../src/findings/trackedFindings.ts';

const text = [
  'function add(a, b) {',
  '  const sum = a + b;',
  '  log(sum);',
  '  return sum;',
  '}',
  '',
  'add(1, 2);',
];

/** A change as VS Code reports it; 0-based. */
type Change = [line: number, column: number, endLine: number, endColumn: number, text: string];

/** A document with a finding on some of its lines, that is edited. */
function edited(startLine: number, endLine = startLine, before: readonly string[] = text) {
  let now = before.join('\n');
  const record = { id: 'f', startLine, endLine, place: 'anchored' as const };
  const anchor = makeAnchor(before, startLine, endLine, null);
  const tracked = new TrackedFindings([{ ...record, anchor }], textLines(before));
  const place = () => {
    const found = tracked.place('f');
    assert.ok(found);
    return [found.place, found.startLine, found.endLine, ...(found.edited ? ['edited'] : [])];
  };
  const edit = (...changes: Change[]) => {
    const event = changes.map(([line, character, endLine, endCharacter, inserted]): TextChange => ({
      range: { start: { line, character }, end: { line: endLine, character: endCharacter } },
      text: inserted,
    }));
    now = applied(now, event);
    tracked.apply(event, textLines(now.split('\n')));
    return place();
  };
  return { edit, place, tracked };
}

/** From the end, so that no change moves another one. */
function applied(before: string, changes: readonly TextChange[]): string {
  const lines = before.split('\n');
  const offset = ({ line, character }: TextChange['range']['start']) =>
    lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
  return [...changes]
    .sort((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce(
      (now, { range, text: inserted }) =>
        now.slice(0, offset(range.start)) + inserted + now.slice(offset(range.end)),
      before,
    );
}

describe('a finding in an open document', () => {
  test('shifts with lines that come and go before it, and ignores what comes after', () => {
    const { edit } = edited(3, 4);
    assert.deepEqual(edit([0, 0, 0, 0, '// one\n// two\n']), ['anchored', 5, 6]);
    assert.deepEqual(edit([0, 0, 1, 0, '']), ['anchored', 4, 5]);
    assert.deepEqual(edit([6, 0, 6, 0, 'later();\n']), ['anchored', 4, 5]);
  });

  test('stays on its line when Enter is pressed before, in front of or behind it', () => {
    assert.deepEqual(edited(3).edit([1, 20, 1, 20, '\n  ']), ['anchored', 4, 4]);
    assert.deepEqual(edited(3).edit([2, 0, 2, 0, '\n']), ['anchored', 4, 4]);
    assert.deepEqual(edited(3).edit([2, 2, 2, 2, '\n  ']), ['anchored', 4, 4]);
    assert.deepEqual(edited(3).edit([2, 11, 2, 11, '\n  ']), ['anchored', 3, 3]);
  });

  test('follows what is typed into it, and is itself again when that is taken back', () => {
    const { edit } = edited(3);
    assert.deepEqual(edit([2, 5, 2, 5, 'ger']), ['anchored', 3, 3, 'edited']);
    assert.deepEqual(edit([2, 11, 2, 11, '\n    ']), ['anchored', 3, 4, 'edited']);
    assert.deepEqual(edit([2, 11, 3, 4, '']), ['anchored', 3, 3, 'edited']);
    assert.deepEqual(edit([2, 5, 2, 8, '']), ['anchored', 3, 3]);
  });

  test('several cursors: all changes are of the text before', () => {
    assert.deepEqual(edited(4).edit([6, 0, 6, 0, 'x\n'], [3, 2, 3, 2, '/**/'], [1, 0, 2, 0, '']), [
      'anchored',
      3,
      3,
      'edited',
    ]);
    assert.deepEqual(edited(4).edit([2, 0, 2, 0, 'x\n'], [1, 0, 1, 0, 'x\n'], [0, 0, 0, 0, 'x\n']), [
      'anchored',
      7,
      7,
    ]);
  });

  test('is stale where its line was deleted, and comes back with an undo', () => {
    const { edit } = edited(3);
    assert.deepEqual(edit([2, 0, 3, 0, '']), ['stale', 3, 3]);
    assert.deepEqual(edit([0, 0, 0, 0, '// top\n']), ['stale', 4, 4]);
    assert.deepEqual(edit([3, 0, 3, 0, '  log(sum);\n']), ['anchored', 4, 4]);
  });

  test('is not taken for an equal line that stood there before', () => {
    const { edit } = edited(2, 2, ['start();', 'check(value);', 'check(value);', 'end();']);
    assert.deepEqual(edit([1, 0, 2, 0, '']), ['stale', 2, 2]);
  });

  test('goes with a line that is moved (Alt+Up and Alt+Down), whichever of both lines VS Code moves', () => {
    assert.deepEqual(edited(3).edit([2, 11, 2, 11, '\n  const sum = a + b;'], [1, 0, 2, 0, '']), [
      'anchored',
      2,
      2,
    ]);
    assert.deepEqual(edited(2).edit([2, 11, 2, 11, '\n  const sum = a + b;'], [1, 0, 2, 0, '']), [
      'anchored',
      3,
      3,
    ]);
  });

  test('is found again after cut and paste', () => {
    const { edit } = edited(2, 3);
    assert.equal(edit([1, 0, 3, 0, ''])[0], 'stale');
    assert.deepEqual(edit([4, 10, 4, 10, '\n  const sum = a + b;\n  log(sum);']), ['anchored', 6, 7]);
  });

  test('is found again when a formatter or a reload replaces the document', () => {
    const { edit, place } = edited(4);
    const formatted = ['// header', ...text.map((line) => line.replace('  ', '\t'))];
    assert.deepEqual(edit([0, 0, 6, 10, formatted.join('\n')]), ['anchored', 5, 5]);
    assert.equal(edit([0, 0, 7, 10, 'nothing of it'])[0], 'stale');
    assert.deepEqual(edit([0, 0, 0, 13, text.join('\n')]), ['anchored', 4, 4]);
    assert.deepEqual(place(), ['anchored', 4, 4]);
  });

  test('keeps what is left of it, and gets the rest back by an undo', () => {
    const { edit } = edited(2, 4);
    assert.deepEqual(edit([1, 0, 2, 0, '']), ['anchored', 2, 3, 'edited']);
    assert.deepEqual(edit([1, 0, 1, 0, '  const sum = a + b;\n']), ['anchored', 2, 4]);
    assert.deepEqual(edit([3, 0, 4, 0, '']), ['anchored', 2, 3, 'edited']);
    assert.deepEqual(edit([3, 0, 3, 0, '  return sum;\n']), ['anchored', 2, 4]);
  });

  test('of an old ledger, without an anchor, is held by the text of the document', () => {
    const record = { id: 'f', startLine: 3, endLine: 90, place: 'anchored' as const, anchor: null };
    const tracked = new TrackedFindings([record], textLines(text));
    assert.equal(tracked.place('f')?.endLine, 7);
    const change = {
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
      text: 'x\n',
    };
    tracked.apply([change], textLines(['x', ...text]));
    assert.equal(tracked.place('f')?.startLine, 4);
  });
});

describe('what is recorded anew', () => {
  test('of a finding that is known leaves it where it has got to, if its text is not there', () => {
    const { edit, tracked } = edited(3);
    edit([2, 5, 2, 5, 'ger']);
    const saved = tracked.place('f');
    assert.ok(saved);
    edit([2, 8, 2, 8, 'x']);
    const now = textLines(text.with(2, '  loggerx(sum);'));
    tracked.update([{ id: 'f', startLine: 3, endLine: 3, place: 'anchored', anchor: saved.anchor }], now);
    const place = tracked.place('f');
    assert.deepEqual([place?.place, place?.startLine, place?.edited], ['anchored', 3, true]);
  });

  test('leads to the lines of a new review', () => {
    const { tracked } = edited(3);
    const anchor = makeAnchor(text, 4, 4, null);
    tracked.update([{ id: 'f', startLine: 4, endLine: 4, place: 'anchored', anchor }], textLines(text));
    assert.equal(tracked.place('f')?.startLine, 4);
    tracked.update([], textLines(text));
    assert.equal(tracked.place('f'), undefined);
  });
});
