import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectedLines } from '../../../src/vscode/selectedLines.ts';

test('the lines that a selection covers, from 1; the one at whose beginning it ends is none of them', () => {
  const lines = (start: number, end: number, character: number) =>
    selectedLines({ start: { line: start }, end: { line: end, character } });
  assert.equal(lines(0, 0, 4), '1-1');
  assert.equal(lines(2, 4, 1), '3-5');
  assert.equal(lines(2, 4, 0), '3-4');
  assert.equal(lines(2, 2, 0), '3-3');
});
