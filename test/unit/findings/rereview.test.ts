import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rereview } from '../../../src/findings/rereview.ts';
import { known } from './known.ts';

const silent = { reviewer: 'codex', reported: new Set<string>(), files: ['a.ts'], earlier: [] } as const;
const outcomes = (...args: Parameters<typeof rereview>) =>
  Object.fromEntries(rereview(...args).map(({ id, outcome }) => [id, outcome]));

test('silence about text that is unchanged fixes nothing', () => {
  assert.deepEqual(outcomes([known('a')], silent), { a: 'not reported' });
});

test('silence about text that is gone or was changed is taken as a claim that it is fixed', () => {
  const findings = [
    known('stale', { place: 'stale' }),
    known('missing', { place: 'missing' }),
    known('edited', { edited: true }),
  ];
  assert.deepEqual(outcomes(findings, silent), {
    stale: 'fix claimed',
    missing: 'fix claimed',
    edited: 'fix claimed',
  });
});

test('a reviewer that did not look says nothing, whatever it says', () => {
  const stale = known('a', { place: 'stale' });
  const fixed = [{ id: 'a', status: 'fixed', reason: 'Mended.' }] as const;
  assert.deepEqual(outcomes([stale], { ...silent, files: ['b.ts'], earlier: fixed }), {});
  assert.deepEqual(outcomes([stale], { ...silent, files: null, earlier: fixed }), {});
});

test('what the reviewer says of a finding counts where it looked', () => {
  const findings = ['a', 'b', 'c'].map((id) => known(id));
  const earlier = [
    { id: 'a', status: 'fixed', reason: 'The check is there now.' },
    { id: 'b', status: 'still there', reason: 'Same line.' },
    { id: 'c', status: 'cannot tell', reason: 'No idea.' },
    { id: 'made up', status: 'fixed', reason: '' },
  ] as const;
  assert.deepEqual(rereview(findings, { ...silent, earlier }), [
    { id: 'a', outcome: 'fix confirmed', reason: 'The check is there now.' },
    { id: 'b', outcome: 'still there', reason: 'Same line.' },
  ]);
});

test('only open findings of that reviewer that it did not report again', () => {
  const findings = [
    known('reported'),
    known('of another', { reviewers: ['claude'] }),
    known('dismissed', { state: 'dismissed' }),
    known('fixed', { state: 'fixed', proof: 'claimed' }),
    known('of both', { reviewers: ['claude', 'codex'] }),
  ];
  const review = { ...silent, reported: new Set(['reported']) };
  assert.deepEqual(outcomes(findings, review), { 'of both': 'not reported' });
});
