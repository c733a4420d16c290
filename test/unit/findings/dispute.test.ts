import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bothStandText, decisionOf, lostReason } from '../../../src/findings/dispute.ts';
import type { KnownFinding } from '../../../src/protocol/knownFinding.ts';
import { known } from './known.ts';

const remove = (change: Partial<KnownFinding> = {}) => known('a', { title: 'Remove the lock', ...change });
const keep = (change: Partial<KnownFinding> = {}) =>
  known('b', { title: 'Keep the lock', reviewers: ['claude'], ...change });

test('who is right is who was not dismissed', () => {
  const dismissed = { state: 'dismissed' } as const;
  assert.equal(decisionOf({ codex: remove(), claude: keep() }), 'open');
  assert.equal(decisionOf({ codex: remove(), claude: keep(dismissed) }), 'codex');
  assert.equal(decisionOf({ codex: remove(dismissed), claude: keep() }), 'claude');
  assert.equal(decisionOf({ codex: remove(dismissed), claude: keep(dismissed) }), 'neither');
  assert.equal(decisionOf({ codex: remove({ state: 'fixed' }), claude: keep() }), 'over');
});

test('both stand where the user has said so of both, as they are worded now', () => {
  const said = (text: string, by: 'user' | 'codex' = 'user') => ({
    comments: [{ at: '2026-01-01T00:00:00.000Z', by, text, job: null }],
  });
  const [ofRemove, ofKeep] = [said(bothStandText(keep())), said(bothStandText(remove()))];
  assert.equal(decisionOf({ codex: remove(ofRemove), claude: keep(ofKeep) }), 'both');
  assert.equal(decisionOf({ codex: remove(ofRemove), claude: keep() }), 'open', 'of one only');
  const reworded = { ...ofKeep, title: 'Keep the lock as it is' };
  assert.equal(
    decisionOf({ codex: remove(ofRemove), claude: keep(reworded) }),
    'open',
    'another finding now',
  );
  const byModel = said(bothStandText(keep()), 'codex');
  assert.equal(
    decisionOf({ codex: remove(byModel), claude: keep(ofKeep) }),
    'open',
    'a model decides nothing',
  );
});

test('the reason of the dismissal says who is right, and with what', () => {
  assert.equal(
    lostReason('claude', keep()),
    'Dispute between the reviewers: Claude is right (“Keep the lock”).',
  );
  assert.ok(lostReason('codex', { title: 'x'.repeat(1000) }).length < 200);
});
