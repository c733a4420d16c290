import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type KnownExamination,
  argumentsOf,
  examinationHeading,
  otherAgent,
  quotePlace,
  rankOf,
  standingOf,
  standingText,
} from '../../../src/protocol/examination.ts';
import { type Voice } from '../../../src/protocol/finding.ts';
import { examination } from '../findings/known.ts';

const claude = (verdict: KnownExamination['verdict'], more: Partial<KnownExamination> = {}) =>
  examination({ by: 'claude', verdict, ...more });
const codex = (verdict: KnownExamination['verdict'], more: Partial<KnownExamination> = {}) =>
  examination({ by: 'codex', verdict, ...more });
const standing = (reviewers: Voice[], ...examinations: KnownExamination[]) => {
  const found = standingOf({ reviewers, examinations });
  return found && standingText(found);
};

describe('what examinations mean for a finding', () => {
  test('the other agent confirms it, or disputes it', () => {
    assert.equal(standing(['codex']), null);
    assert.equal(standing(['codex'], claude('cannot tell')), null);
    assert.equal(standing(['codex'], claude('confirm')), 'Confirmed by Claude');
    assert.equal(standing(['codex'], claude('refute')), 'Disputed');
  });

  test('what counts is the last word of an agent that can tell, while it holds', () => {
    assert.equal(standing(['codex'], claude('refute'), claude('confirm')), 'Confirmed by Claude');
    assert.equal(standing(['codex'], claude('refute'), claude('cannot tell')), 'Disputed');
    assert.equal(standing(['codex'], claude('refute', { current: false })), null);
  });

  test('what only a tool raised nobody defends but an agent that confirms it', () => {
    assert.equal(standing(['sarif'], claude('refute')), 'Refuted by Claude');
    assert.equal(standing(['sarif'], claude('refute'), codex('confirm')), 'Disputed');
  });

  test('a tie-break ends the dispute until somebody looks again', () => {
    const refuted = claude('refute');
    assert.equal(
      standing(['codex'], refuted, codex('confirm', { tieBreak: 'for' })),
      'Confirmed in a tie-break',
    );
    assert.equal(
      standing(['codex'], refuted, codex('refute', { tieBreak: 'for' })),
      'Refuted in a tie-break',
    );
    assert.equal(standing(['codex'], refuted, codex('cannot tell', { tieBreak: 'for' })), 'Disputed');
    const again = claude('refute', { job: 'examination-2' });
    assert.equal(standing(['codex'], refuted, codex('confirm', { tieBreak: 'for' }), again), 'Disputed');
  });

  test('ranks it among findings of its priority', () => {
    const ranks = (['refuted', 'disputed', 'confirmed'] as const).map((kind) =>
      rankOf({ kind, by: 'codex', tieBreak: false }),
    );
    const [refuted = 0, disputed = 0, confirmed = 0] = ranks;
    assert.ok(confirmed < rankOf(null) && rankOf(null) < disputed && disputed < refuted);
  });

  test('the arguments of a tie-break are what examinations say, one of each agent', () => {
    const examinations = [
      claude('refute', { reason: 'first' }),
      codex('confirm', { reason: 'pro' }),
      claude('refute', { reason: 'second' }),
      codex('refute', { tieBreak: 'against', reason: 'judge' }),
    ];
    const reasons = (side: 'for' | 'against') =>
      argumentsOf({ examinations }, side).map(({ reason }) => reason);
    assert.deepEqual([reasons('for'), reasons('against')], [['pro'], ['second']]);
  });
});

test('the other agent is the one that did not raise it, where that is one', () => {
  assert.equal(otherAgent({ reviewers: ['codex'] }), 'claude');
  assert.equal(otherAgent({ reviewers: ['claude', 'sarif'] }), 'codex');
  assert.equal(otherAgent({ reviewers: ['codex', 'claude'] }), null);
  assert.equal(otherAgent({ reviewers: ['sarif'] }), null);
});

test('an examination in words', () => {
  assert.equal(examinationHeading(claude('confirm')), 'Confirmed by Claude');
  assert.equal(examinationHeading(codex('cannot tell')), 'Codex cannot tell');
  assert.equal(examinationHeading(codex('refute', { tieBreak: 'for' })), 'Refuted by Codex in a tie-break');
  assert.equal(quotePlace({ file: 'a.ts', startLine: 3, lines: ['x'] }), 'a.ts:3');
  assert.equal(quotePlace({ file: 'a.ts', startLine: 3, lines: ['x', 'y'] }), 'a.ts:3-4');
});
