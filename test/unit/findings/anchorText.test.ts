import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findAnchor, makeAnchor } from '../../../src/findings/anchorText.ts';
import { LineIndex } from '../../../src/findings/lineIndex.ts';

const lines = [
  'import a;',
  '',
  'function first() {',
  '  const value = read();',
  '  return value;',
  '}',
  '',
  'function second() {',
  '  const value = read();',
  '  return value;',
  '}',
];

/** Where lines `start` to `end` of `before` are in `after`; the hint is where they were. */
function find(before: readonly string[], start: number, end: number, after: readonly string[]) {
  const anchor = makeAnchor(before, start, end, null);
  const found = findAnchor(anchor, new LineIndex(after), { startLine: start, endLine: end });
  return found && [found.startLine, found.endLine];
}

describe('an anchor', () => {
  test('keeps the text, and eight lines on either side', () => {
    const many = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
    const anchor = makeAnchor(many, 12, 13, 'key');
    assert.deepEqual(anchor.text, ['line 12', 'line 13']);
    assert.deepEqual([anchor.before[0], anchor.before.at(-1)], ['line 4', 'line 11']);
    assert.deepEqual([anchor.after[0], anchor.after.at(-1)], ['line 14', 'line 21']);
    assert.equal(anchor.version, 'key');
    assert.deepEqual(makeAnchor(many, 1, 30, null).before, []);
  });

  test('is bounded: 40 lines, 500 characters without the indentation', () => {
    const huge = Array.from({ length: 100 }, () => `    ${'x'.repeat(10_000)}`);
    const { text } = makeAnchor(huge, 1, 100, null);
    assert.equal(text.length, 40);
    assert.equal(text[0], `    ${'x'.repeat(500)}`);
  });
});

describe('an anchor finds its lines', () => {
  test('where they were', () => assert.deepEqual(find(lines, 4, 5, lines), [4, 5]));
  test('further down', () => assert.deepEqual(find(lines, 9, 9, ['new', 'new', ...lines]), [11, 11]));
  test('with another indentation', () => {
    const tabs = lines.map((line) => line.replaceAll('  ', '\t\t'));
    assert.deepEqual(find(lines, 8, 11, tabs), [8, 11]);
  });
  test('by what is around them, where the same lines stand elsewhere too', () => {
    const part = (name: string) => [
      `part ${name} {`,
      `  open('${name}');`,
      '  check();',
      `  close('${name}');`,
      '}',
    ];
    const before = [...part('a'), ...part('b')];
    const after = ['1', '2', '3', '4', '5', ...before];
    assert.deepEqual(find(before, 3, 3, after), [8, 8]);
    assert.deepEqual(find(before, 8, 8, after), [13, 13]);
  });
  test('nearest to the hint, where nothing else tells them apart', () => {
    const same = Array.from({ length: 50 }, () => 'const same = again();');
    assert.deepEqual(find(same, 20, 20, same), [20, 20]);
  });
  test('with its whole length, of which it has the first lines only', () => {
    const long = Array.from({ length: 90 }, (_, index) => `line ${index}`);
    assert.deepEqual(find(long, 5, 80, ['new', ...long]), [6, 81]);
    assert.deepEqual(find(long, 5, 80, long.slice(0, 60)), [5, 60]);
  });
  test('in an empty file', () => {
    assert.deepEqual(find([''], 1, 1, ['']), [1, 1]);
    assert.equal(find([''], 1, 1, lines), null);
  });
});

describe('an anchor is stale', () => {
  test('where its text is gone', () => {
    assert.equal(find(lines, 4, 5, lines.with(4, 'return other;')), null);
    assert.equal(find(lines, 3, 6, []), null);
  });
  test('where only a bracket or a blank line like it is left, in another place', () => {
    assert.equal(find(lines, 6, 6, ['class Other {', '  field = 1;', '}']), null);
    assert.equal(find(lines, 7, 7, ['class Other {', '', '  field = 1;', '}']), null);
  });
  test('where it was one of several equal lines, and was taken out', () => {
    const doubled = ['start();', 'check();', 'middle();', 'check();', 'end();'];
    assert.equal(find(doubled, 2, 2, ['start();', 'middle();', 'check();', 'end();']), null);
    assert.deepEqual(find(doubled, 4, 4, ['start();', 'middle();', 'check();', 'end();']), [3, 3]);
  });
});
