import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inChange } from '../../../src/findings/inChange.ts';

const hunks = [
  { file: 'a.ts', startLine: 10, endLine: 12 },
  { file: 'a.ts', startLine: 40, endLine: 40 },
];
const at = (startLine: number | null, endLine = startLine, file = 'a.ts') =>
  inChange({ startLine, endLine }, { file, place: 'anchored' }, hunks);

test('a finding lies in the change if it touches a hunk, or is within three lines of one', () => {
  for (const [start, end] of [
    [10, 10],
    [7, 7],
    [15, 15],
    [1, 100],
    [5, 7],
    [43, 60],
  ] as const)
    assert.equal(at(start, end), true, `${start}-${end}`);
  for (const [start, end] of [
    [6, 6],
    [16, 36],
    [44, 44],
  ] as const)
    assert.equal(at(start, end), false, `${start}-${end}`);
  assert.equal(at(12, 3), true);
  assert.equal(at(10, 10, 'b.ts'), false);
});

test('what is not known is not guessed', () => {
  assert.equal(at(null), null);
  assert.equal(at(0), null);
  assert.equal(at(10, 10, ''), null);
  const finding = { file: 'a.ts', place: 'anchored' } as const;
  assert.equal(inChange({ startLine: 1, endLine: 1 }, finding, null), null);
  assert.equal(inChange({ startLine: 1, endLine: 1 }, finding, []), null);
  assert.equal(
    inChange({ startLine: 1, endLine: 1 }, { file: '/etc/hosts', place: 'outside' }, hunks),
    false,
  );
});
