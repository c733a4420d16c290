import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lostReason } from '../../../src/findings/dispute.ts';
import { scoreJson } from '../../../src/findings/export/scoreJson.ts';
import { scoreMarkdown } from '../../../src/findings/export/scoreMarkdown.ts';
import { type RaisedIn, heldRate, scoreRows, totalOf } from '../../../src/findings/scoreCard.ts';
import { kindOfId } from '../../../src/jobs/newJob.ts';
import type { KnownFinding } from '../../../src/protocol/knownFinding.ts';
import { known } from './known.ts';

const jobs: Readonly<Record<string, RaisedIn>> = {
  'review-1': { kind: 'review', model: 'gpt-6' },
  'review-2': { kind: 'review', model: 'opus' },
  'gate-1': { kind: 'gate', model: 'gpt-6' },
};
const raisedIn = (id: string) => jobs[id] ?? { kind: kindOfId(id), model: null };

function found(
  id: string,
  by: 'codex' | 'claude',
  job: string,
  more: Partial<KnownFinding> = {},
): KnownFinding {
  const history = [{ at: '2026-01-01T00:00:00.000Z', what: 'found', by, text: '', job } as const];
  return known(id, { reviewers: [by], job, history, ...more });
}

const fixed = (proof: 'claimed' | 'confirmed') => ({ state: 'fixed', proof }) as const;
const dismissed = (reason: string) => ({ state: 'dismissed', reason }) as const;

describe('the score card', () => {
  test('counts what became of the findings, by reviewer, model and kind', () => {
    const rows = scoreRows(
      [
        found('a', 'codex', 'review-1'),
        found('b', 'codex', 'review-1', fixed('claimed')),
        found('c', 'codex', 'review-1', fixed('confirmed')),
        found('d', 'codex', 'gate-1', dismissed('False alarm')),
        found('e', 'claude', 'review-2', dismissed('we like it so')),
        found('f', 'claude', 'review-2', dismissed('')),
      ],
      raisedIn,
    );
    const told = rows.map(({ reviewer, model, kind, raised, open, fixed: done, dismissed: away }) => {
      return [reviewer, model, kind, raised, open, done, away];
    });
    assert.deepEqual(told, [
      ['codex', 'gpt-6', 'review', 3, 1, 2, 0],
      ['codex', 'gpt-6', 'gate', 1, 0, 0, 1],
      ['claude', 'opus', 'review', 2, 0, 0, 2],
    ]);
    assert.deepEqual(rows[0]?.confirmed, { all: 1, byOther: 0, byProof: 1 });
    assert.deepEqual([rows[1]?.reasons['False alarm'], rows[1]?.worth.wrong], [1, 1]);
    assert.deepEqual([rows[2]?.reasons.other, rows[2]?.reasons.none], [1, 1]);
    assert.deepEqual(rows[2]?.worth, { held: 0, wrong: 0, 'set aside': 2, undecided: 0 });
  });

  test('what both raised counts for both, and each is confirmed by the other', () => {
    const both = found('a', 'codex', 'review-1', { reviewers: ['codex', 'claude'] });
    const [codex, claude, ...others] = scoreRows(
      [
        {
          ...both,
          history: [
            ...both.history,
            { at: '2026-01-02T00:00:00.000Z', what: 'found', by: 'claude', text: '', job: 'review-2' },
          ],
        },
      ],
      raisedIn,
    );
    assert.deepEqual([codex?.model, claude?.model, others], ['gpt-6', 'opus', []]);
    for (const row of [codex, claude]) {
      assert.deepEqual(row?.confirmed, { all: 1, byOther: 1, byProof: 0 });
      assert.equal(row.worth.held, 1);
    }
  });

  test('what the user says counts before what reviewers say', () => {
    const both = { reviewers: ['codex', 'claude'], ...dismissed('False alarm') } as const;
    const [row] = scoreRows(
      [found('a', 'codex', 'review-1', { ...both, reviewers: [...both.reviewers] })],
      raisedIn,
    );
    assert.deepEqual([row?.confirmed.byOther, row?.worth.held, row?.worth.wrong], [1, 0, 1]);
  });

  test('what the other agent says when it is asked counts; the judge of a dispute decides it', () => {
    const said = (
      by: 'codex' | 'claude',
      verdict: 'confirm' | 'refute' | 'cannot tell',
      more: object = {},
    ) => {
      return { by, verdict, current: true, tieBreak: null, ...more };
    };
    const worthOf = (...examinations: object[]) => {
      const examined: unknown = { ...found('a', 'codex', 'review-1'), examinations };
      const [row] = scoreRows([examined as KnownFinding], raisedIn);
      return [row?.confirmed.byOther, row?.refuted, row?.worth.held, row?.worth.wrong];
    };
    assert.deepEqual(worthOf(said('claude', 'confirm')), [1, 0, 1, 0]);
    assert.deepEqual(worthOf(said('claude', 'refute')), [0, 1, 0, 1]);
    assert.deepEqual(worthOf(said('claude', 'cannot tell')), [0, 0, 0, 0]);
    assert.deepEqual(worthOf(said('claude', 'refute', { current: false })), [0, 0, 0, 0]);
    assert.deepEqual(worthOf(said('codex', 'confirm')), [0, 0, 0, 0], 'its own word');
    const judged = said('codex', 'confirm', { tieBreak: 'for' });
    assert.deepEqual(worthOf(said('claude', 'refute'), judged), [1, 0, 1, 0]);
  });

  test('the loser of a dispute was wrong: the user has said so', () => {
    const reason = lostReason('claude', { title: 'Keep the lock' });
    const rows = scoreRows(
      [
        found('a', 'codex', 'review-1', dismissed(reason)),
        found('b', 'codex', 'review-1', dismissed('Dispute between the reviewers')),
      ],
      raisedIn,
    );
    assert.deepEqual(rows[0]?.worth, { held: 0, wrong: 1, 'set aside': 1, undecided: 0 });
  });

  test('a tool’s finding is no reviewer’s; the model of a deleted job is not known, its kind is', () => {
    const tool = known('s', { reviewers: ['sarif'], tool: 'eslint', job: '' });
    const rows = scoreRows([tool, found('a', 'codex', 'adversarial-0a0b0c0d')], raisedIn);
    assert.deepEqual(
      rows.map(({ reviewer, model, kind }) => [reviewer, model, kind]),
      [['codex', null, 'adversarial-review']],
    );
    assert.match(
      scoreMarkdown(rows, { name: 'shop' }),
      /\| Codex \| not known \| adversarial review \| 1 \|/,
    );
    assert.equal(kindOfId('nobody-1'), null);
  });

  test('a rate is given from ten on, always with its counts', () => {
    const fixes = (count: number) =>
      Array.from({ length: count }, (_, index) => found(`f${index}`, 'codex', 'review-1', fixed('claimed')));
    const wrong = found('w', 'codex', 'review-1', dismissed('False alarm'));
    const few = scoreRows([...fixes(8), wrong], raisedIn);
    assert.deepEqual(heldRate(few[0] ?? assert.fail()), { part: 8, whole: 9, value: null });
    assert.match(scoreMarkdown(few, { name: 'shop' }), /Turned out right: too few to tell \(8 of 9\)\./);
    const enough = scoreRows([...fixes(9), wrong], raisedIn);
    assert.match(scoreMarkdown(enough, { name: 'shop' }), /Turned out right: 9 of 10 \(90 %\)\./);
    assert.deepEqual(scoreJson(enough).rows[0]?.turnedOutRight, { part: 9, whole: 10, value: 0.9 });
  });

  test('totals of a reviewer are the sums of its rows', () => {
    const rows = scoreRows(
      [found('a', 'codex', 'review-1'), found('b', 'codex', 'gate-1', fixed('confirmed'))],
      raisedIn,
    );
    const total = totalOf(rows, 'codex');
    assert.deepEqual([total?.raised, total?.open, total?.fixed, total?.confirmed.all], [2, 1, 1, 1]);
    assert.equal(totalOf(rows, 'claude'), null);
  });

  test('with no findings it says so; names are text and no Markdown', () => {
    assert.match(scoreMarkdown([], { name: 'shop' }), /No reviewer has raised a finding here yet/);
    const hostile = { 'review-1': { kind: 'review', model: 'a|b [x](command:y)\n# z' } } as const;
    const rows = scoreRows([found('a', 'codex', 'review-1')], () => hostile['review-1']);
    assert.ok(scoreMarkdown(rows, { name: 'shop' }).includes('| a\\|b \\[x\\](command:y) # z |'));
  });
});
