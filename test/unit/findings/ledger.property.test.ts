import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compact } from '../../../src/findings/compact.ts';
import { fold, foldNext } from '../../../src/findings/fold.ts';
import { parseLines } from '../../../src/findings/ledgerFile.ts';
import { type LedgerEvent, byTime, outcomes } from '../../../src/findings/ledgerEvents.ts';
import { examinationVerdicts, sides } from '../../../src/protocol/examination.ts';
import { priorities, reviewers } from '../../../src/protocol/finding.ts';
import { createRandom } from '../../support/random.ts';
import { finding } from './known.ts';

/*
 * Random histories of few findings, so that everything happens to each of them in every order.
 */

const runs = 300;
const names = ['a', 'b', 'c', 'd'];

/** @param cleared whether the list may be cleared in between, and findings joined and parted */
function history(random: ReturnType<typeof createRandom>, length: number, cleared = true): LedgerEvent[] {
  return Array.from({ length }, (_, index) => {
    // Few times, so that some are equal.
    const at = new Date(Date.UTC(2026, 0, 1) + random.below(length) * 1000).toISOString();
    return { ...happened(random, cleared), event: `${random.below(1_000_000)}-${index}`, at } as LedgerEvent;
  });
}

function happened(random: ReturnType<typeof createRandom>, cleared: boolean) {
  const some = () => names.filter(() => random.chance(0.4));
  const text = () => `line ${random.below(3)}`;
  const anchor = () => ({ text: [text()], before: [], after: [], version: null });
  const reviewer = random.pick(reviewers);
  const found = (id: string) => {
    const words = { title: `${id} ${random.below(3)}`, priority: random.pick(priorities), anchor: anchor() };
    return finding(id, { ...words, reviewers: [reviewer] });
  };
  const job = `j${random.below(100)}`;
  switch (random.below(cleared ? 15 : 12)) {
    case 0:
      return { type: 'dismissed', ids: some(), reason: text() };
    case 1:
      return { type: 'reopened', ids: some(), reason: text(), by: 'codex', job: null };
    case 2: {
      const proof = random.pick(['claimed', 'confirmed'] as const);
      return { type: 'resolved', ids: some(), by: 'user', proof, reason: text(), job: null };
    }
    case 3:
      return { type: 'commented', id: random.pick(names), by: 'user', text: text(), job: null };
    case 4:
    case 5: {
      const place = { file: 'b.ts', startLine: random.below(9) + 1, endLine: 10 };
      return { type: 'moved', moves: some().map((id) => ({ id, ...place, anchor: anchor() })) };
    }
    case 11: {
      const words = { reason: text(), quotes: [], looks: [], job, tieBreak: random.pick([null, ...sides]) };
      const verdict = random.pick(examinationVerdicts);
      return { type: 'examined', id: random.pick(names), examination: { by: reviewer, verdict, ...words } };
    }
    case 12:
      return { type: 'cleared' };
    case 13:
      return {
        type: 'joined',
        joins: [{ id: random.pick(names), other: random.pick(names), reason: text() }],
        by: random.pick(['tandem', 'claude', 'user'] as const),
        job: null,
      };
    case 14:
      return { type: 'parted', id: random.pick(names), other: random.pick(['e', 'f', 'g']), voice: reviewer };
    default:
      return {
        type: 'reviewed',
        job,
        reviewer,
        kind: 'review',
        findings: some().map(found),
        seen: [],
        outcomes: some().map((id) => ({ id, outcome: random.pick(outcomes), reason: '' })),
        additional: random.chance(0.2),
      };
  }
}

test('the fold does not depend on the order of the events, nor on how often they are there', () => {
  const random = createRandom(1);
  for (let run = 0; run < runs; run += 1) {
    const events = history(random, 30);
    const wanted = fold(events);
    const again = random.shuffled([...events, ...events.filter(() => random.chance(0.3))]);
    assert.deepEqual(fold(again), wanted);
  }
});

test('one event after the other gives what all at once give', () => {
  const random = createRandom(2);
  for (let run = 0; run < runs; run += 1) {
    const events = history(random, 20);
    assert.deepEqual([...events].sort(byTime).reduce(foldNext, new Map()), fold(events));
  }
});

test('a compacted ledger says the same, also together with what others have written', () => {
  const random = createRandom(3);
  let before = 0;
  let after = 0;
  for (let run = 0; run < runs; run += 1) {
    const events = history(random, 40);
    const short = compact(events);
    assert.deepEqual(fold(short), fold(events));
    assert.deepEqual(compact(short), short, 'nothing more to leave out');
    before += JSON.stringify(events).length;
    after += JSON.stringify(short).length;
    const own = history(random, 40, false);
    const others = history(random, 10, false);
    assert.deepEqual(state(fold([...compact(own), ...others])), state(fold([...own, ...others])));
  }
  assert.ok(after < before / 2, `${after} of ${before} characters are left`);
});

/** What of a finding does not depend on when a text was first read. */
function state(findings: ReturnType<typeof fold>) {
  return [...findings.values()]
    .map(({ id, state: now, proof, reason, mark, title, comments, examinations }) => [
      id,
      now,
      proof,
      reason,
      mark,
      title,
      comments,
      examinations,
    ])
    .sort();
}

test('a ledger file cut off anywhere gives the events before the cut', () => {
  const random = createRandom(4);
  const events = history(random, 12);
  const bytes = Buffer.from(events.map((event) => `\n${JSON.stringify(event)}\n`).join(''));
  for (let size = 0; size <= bytes.length; size += 1) {
    const read = parseLines(bytes.subarray(0, size));
    assert.deepEqual(read.events, events.slice(0, read.events.length));
    assert.deepEqual(read.damaged, []);
    assert.ok(bytes.subarray(0, size).toString().split('\n').length >= read.events.length);
  }
});
