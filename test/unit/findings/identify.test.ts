import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identify } from '../../../src/findings/identify.ts';
import { meaningOf, similarity } from '../../../src/findings/similarity.ts';
import { finding } from './known.ts';

const anchor = (...text: string[]) => ({ text, before: [], after: [], version: null });

/** The ids that the reported findings get. */
function identified(
  reported: Parameters<typeof identify>[0],
  known: Parameters<typeof identify>[1],
): string[] {
  return identify(reported, known).map(({ id }) => id);
}

test('the same id is the same finding, wherever it stands', () => {
  const known = [finding('a', { file: 'old.ts', startLine: 900, endLine: 900 })];
  assert.deepEqual(identified([finding('a', { title: 'x' })], known), ['a']);
});

test('other words for the same defect at the same place', () => {
  const pairs = [
    ['add() subtracts instead of adding', 'The add function subtracts its arguments'],
    ['Empty list makes reduce throw', 'reduce() throws for an empty list'],
    ['Timezone is ignored when parsing dates', 'parseDate ignores the time zone of the date'],
    ['Unchecked category type', 'The type of category is never checked'],
  ];
  for (const [before = '', now = ''] of pairs) {
    const known = [finding('known', { title: before, startLine: 10, endLine: 12 })];
    const reported = [finding('reported', { title: now, startLine: 14, endLine: 14 })];
    assert.deepEqual(identified(reported, known), ['known'], `${before} / ${now}`);
  }
});

test('different defects on the very same lines are two findings', () => {
  const pairs = [
    ['Unchecked category type', 'SQL injection through the category'],
    ['Missing await on save', 'The retry has no upper bound'],
    ['Time zone is ignored', 'Leap years are counted twice'],
    ['Request timeout of 5 s is too short', 'Request timeout of 5 s is too long'],
    ['Remove the lock around the counter', 'Add a lock around the counter'],
  ];
  for (const [one = '', other = ''] of pairs) {
    const text = anchor('const category = input.category;');
    const known = [finding('known', { title: one, anchor: text })];
    const reported = [finding('reported', { title: other, anchor: text })];
    assert.deepEqual(identified(reported, known), ['reported'], `${one} / ${other}`);
  }
});

test('the same words elsewhere are another finding, unless the text moved along', () => {
  const title = 'Missing null check';
  const known = [finding('known', { title, startLine: 10, endLine: 10, anchor: anchor('a.b.c') })];
  const elsewhere = { title, startLine: 80, endLine: 80 };
  assert.deepEqual(identified([finding('new', { ...elsewhere, anchor: anchor('x.y.z') })], known), ['new']);
  assert.deepEqual(identified([finding('new', { ...elsewhere, anchor: anchor('  a.b.c') })], known), [
    'known',
  ]);
  assert.deepEqual(identified([finding('new', { ...elsewhere, file: 'b.ts' })], known), ['new']);
});

test('one known finding is found again once: by the one that is most like it, in whatever order', () => {
  const known = [finding('known', { title: 'Buffer is never released on error' })];
  const near = finding('near', { title: 'Buffer is not released on error paths' });
  const far = finding('far', { title: 'Buffer never released' });
  const ids = (order: (typeof near)[]) =>
    Object.fromEntries(order.map((one, index) => [one.id, identify(order, known)[index]?.id]));
  assert.deepEqual(ids([near, far]), ids([far, near]));
  assert.equal(new Set(Object.values(ids([near, far]))).size, 2);
});

test('titles without words that matter have nothing in common', () => {
  assert.equal(similarity(meaningOf('It is not'), meaningOf('It is not')), 0);
  assert.deepEqual(identified([], []), []);
});
