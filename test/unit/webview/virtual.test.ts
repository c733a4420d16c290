import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { overscan, rowHeight, slotsOf, type Slot } from '../../../webview/virtual.ts';

const height = 20 * rowHeight;

function drawn(slots: readonly Slot[]): number[] {
  return slots.flatMap(({ kind, index }) => (kind === 'row' ? [index] : []));
}

/** Rows and gaps together stand for every row once, in order. */
function isWhole(slots: readonly Slot[], count: number): boolean {
  let next = 0;
  for (const slot of slots) {
    if (slot.index !== next || slot.count < 1) return false;
    next += slot.count;
  }
  return next === count;
}

describe('the rows that are drawn', () => {
  it('are all of a short list', () => {
    assert.deepEqual(drawn(slotsOf(5, { top: 0, height }, 0)), [0, 1, 2, 3, 4]);
    assert.deepEqual(slotsOf(0, { top: 0, height }, -1), []);
  });

  it('are those in view and some around them, however long the list is', () => {
    for (const top of [0, 1, 4321, 100_000, 219_999, 220_000, 9_999_999, -50]) {
      const slots = slotsOf(10_000, { top, height }, -1);
      const rows = drawn(slots);
      assert.ok(isWhole(slots, 10_000), `at ${top}`);
      assert.ok(rows.length <= 21 + 2 * overscan, `${rows.length} at ${top}`);
      const inView = Math.min(Math.max(0, Math.floor(top / rowHeight)), 10_000 - 20);
      assert.ok(rows.includes(inView) && rows.includes(inView + 19), `at ${top}`);
    }
  });

  it('are also the one with the keyboard, above or below of what is in view', () => {
    for (const active of [0, 3, 5_000, 9_999]) {
      const slots = slotsOf(10_000, { top: 100_000, height }, active);
      assert.ok(isWhole(slots, 10_000), `with ${active}`);
      assert.ok(drawn(slots).includes(active));
      assert.equal(new Set(drawn(slots)).size, drawn(slots).length);
    }
  });
});
