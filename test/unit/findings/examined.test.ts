import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { type Examination, standingOf } from '../../../src/protocol/examination.ts';
import { createTempFolder } from '../../support/temp.ts';
import { createStore, examination, finding, review } from './known.ts';

/** What becomes of a finding that another agent has examined. */
describe('an examined finding', () => {
  const home = createTempFolder('state');
  after(() => home.dispose());
  let count = 0;

  async function examined(...examinations: Partial<Examination>[]) {
    count += 1;
    const repository = `/repository-${count}`;
    const { store } = createStore(home.path);
    const own = finding('a', { repository, title: 'Wrong sum', body: 'Adds twice.' });
    await store.record(review('j1', [own], { repository }));
    const id = store.all()[0]?.id ?? assert.fail();
    for (const [index, change] of examinations.entries()) {
      const { by, verdict, reason, quotes, looks, job, tieBreak } = examination({
        job: `e${index}`,
        ...change,
      });
      await store.examine(id, { by, verdict, reason, quotes, looks, job, tieBreak });
    }
    const now = () => store.find(id) ?? assert.fail();
    const report = (job: string, reviewer: 'codex' | 'claude') =>
      store.record(review(job, [{ ...own, reviewers: [reviewer], job }], { repository, reviewer }));
    return { store, id, now, report, repository };
  }

  test('stays as it was decided, and remembers who said what', async () => {
    const { store, id, now, repository } = await examined({}, { by: 'codex', tieBreak: 'against' });
    assert.equal(now().state, 'open');
    assert.deepEqual(
      now().history.map(({ what, by, text }) => [what, by, text]),
      [
        ['found', 'codex', ''],
        ['refuted', 'claude', ''],
        ['refuted', 'codex', 'in a tie-break'],
      ],
    );
    // From the disk, as another host reads it.
    const { store: other } = createStore(home.path);
    const [known] = await other.of(repository);
    assert.deepEqual(known?.examinations, now().examinations);
    await store.dismiss([id], 'Intended');
    assert.equal(now().examinations.length, 2);
  });

  test('of a job that was taken up again there is one answer', async () => {
    const { now } = await examined({ job: 'e' }, { job: 'e', verdict: 'confirm' });
    assert.deepEqual(
      now().examinations.map(({ verdict }) => verdict),
      ['confirm'],
    );
  });

  test('who reports it afterwards has taken its word back', async () => {
    const { now, report } = await examined({});
    await report('j2', 'codex');
    assert.equal(standingOf(now())?.kind, 'disputed');
    await report('j3', 'claude');
    assert.deepEqual(now().reviewers, ['codex', 'claude']);
    assert.equal(standingOf(now()), null);
    assert.equal(now().examinations.length, 1);
  });

  test('turned out to be one that its examiner had raised: that counts more', async () => {
    const { store, now, report, repository } = await examined({});
    const other = finding('b', { repository, title: 'Other words', reviewers: ['claude'], startLine: 1 });
    await store.record(review('j2', [other], { repository, reviewer: 'claude' }));
    assert.equal(standingOf(now())?.kind, 'disputed');
    const again = { ...other, title: 'Wrong sum', body: 'Adds twice.' };
    await store.record(review('j3', [again], { repository, reviewer: 'claude' }));
    await report('j4', 'codex');
    assert.equal(store.all().length, 1);
    assert.equal(standingOf(now()), null);
  });

  test('what a judge said holds when the finding is reported again', async () => {
    const { now, report } = await examined({}, { by: 'codex', verdict: 'confirm', tieBreak: 'for' });
    await report('j2', 'codex');
    assert.deepEqual(standingOf(now()), { kind: 'confirmed', by: 'codex', tieBreak: true });
  });

  test('what came back after a fix nobody has examined yet', async () => {
    const { store, id, now, report } = await examined(
      {},
      { by: 'codex', verdict: 'confirm', tieBreak: 'for' },
    );
    await store.resolve([id], { by: 'user', proof: 'claimed', reason: '', job: null });
    await report('j2', 'codex');
    assert.equal(now().mark, 'came back');
    assert.equal(standingOf(now()), null);
  });
});
