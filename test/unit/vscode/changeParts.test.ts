import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { contentsOf, partsOf } from '../../../src/vscode/changeParts.ts';

const lines = Array.from({ length: 30 }, (_, index) => `Zeile ${index + 1} für Größe`);
const text = (end: string, changed: Record<number, string> = {}) =>
  lines.map((line, index) => `${changed[index + 1] ?? line}${end}`).join('');
const both = { 3: 'DREI', 27: 'Süd' };

describe('the parts of a change', () => {
  test('are its files, and their parts where there are several', () => {
    const sides = { before: Buffer.from(text('\n')), after: Buffer.from(text('\n', both)) };
    const one = { ...sides, after: Buffer.from(text('\n', { 3: 'DREI' })) };
    const fresh = { before: null, after: Buffer.from('new\n') };
    const parts = [...partsOf('a', sides), ...partsOf('b', one), ...partsOf('c', fresh)];
    assert.deepEqual(
      parts.map(({ label, detail }) => `${label}: ${detail}`),
      [
        'a: all 2 parts',
        'a, lines 1–6: -Zeile 3 für Größe',
        'a, lines 24–30: -Zeile 27 für Größe',
        'b: -Zeile 3 für Größe',
        'c: new file',
      ],
    );
  });

  for (const [what, encoding, end] of [
    ['of UTF-8', 'utf8', '\n'],
    ['of another encoding', 'latin1', '\n'],
    ['with the line ends of Windows', 'utf8', '\r\n'],
  ] as const) {
    test(`of a file ${what} leave its other bytes as they are`, () => {
      const of = (changed = {}) => Buffer.from(text(end, changed), encoding);
      const sides = { before: of(), after: of(both) };
      const all = partsOf('a', sides);
      const [whole, first, second] = all;
      assert.ok(whole && first && second && all.length === 3);
      const chosen = (...parts: typeof all) => contentsOf(parts, all, () => sides.before).get('a');
      assert.deepEqual(chosen(second), of({ 27: 'Süd' }));
      assert.deepEqual(chosen(first), of({ 3: 'DREI' }));
      for (const parts of [[first, second], [whole], [whole, first]]) assert.equal(chosen(...parts), null);
    });
  }

  test('of a file that is another one altogether are not searched for for long', () => {
    const random = (seed: number) =>
      Buffer.from(Array.from({ length: 20_000 }, (_, index) => `${seed} ${index}\n`).join(''));
    const parts = partsOf('a', { before: random(1), after: random(2) });
    assert.deepEqual(
      parts.map(({ hunk, detail }) => [hunk, detail]),
      [[null, 'changed throughout']],
    );
  });
});
