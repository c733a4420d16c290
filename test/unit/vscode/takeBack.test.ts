import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeBack } from '../../../src/vscode/takeBack.ts';
import { createTempFolder } from '../../support/temp.ts';
import { createStore, finding, repository, review } from '../findings/known.ts';

test('what was decided for several is taken back to what each of them was', async (context) => {
  const { store } = createStore(createTempFolder().path);
  context.after(() => store.dispose());
  const places = { open: 1, dismissed: 20, claimed: 40, confirmed: 60 };
  await store.record(
    review(
      'j',
      Object.entries(places).map(([id, startLine]) => finding(id, { startLine })),
    ),
  );
  await store.dismiss(['dismissed'], 'Intended.');
  const fixed = { by: 'user', reason: 'Done.', job: null } as const;
  await store.resolve(['claimed'], { ...fixed, proof: 'claimed' });
  await store.resolve(['confirmed'], { ...fixed, by: 'codex', proof: 'confirmed' });
  await store.show([repository]);
  const told = () =>
    store.all().map(({ id, state, proof, reason, by }) => [id, state, proof, state === 'open' || reason, by]);
  const before = store.all();
  const wanted = told().map(([id, ...rest]) =>
    id === 'open' ? ['open', 'open', null, true, 'user'] : [id, ...rest],
  );
  for (const decide of [
    () =>
      store.dismiss(
        before.map(({ id }) => id),
        'All of them.',
      ),
    () =>
      store.resolve(
        before.map(({ id }) => id),
        { ...fixed, proof: 'claimed' },
      ),
  ]) {
    await decide();
    assert.equal(await takeBack(store, { before, after: store.all() }), 0);
    assert.deepEqual(told(), wanted);
  }
});

test('what was decided or found out since stands, however late it is undone', async (context) => {
  const { store } = createStore(createTempFolder().path);
  context.after(() => store.dispose());
  const ids = ['left', 'proven', 'redismissed', 'commented'];
  await store.record(
    review(
      'j',
      ids.map((id, index) => finding(id, { startLine: index * 20 + 1 })),
    ),
  );
  await store.show([repository]);
  const before = store.all();
  await store.dismiss(ids, 'All of them.');
  const after = store.all();
  await store.resolve(['proven'], { by: 'codex', proof: 'confirmed', reason: 'Seen.', job: 'proof-1' });
  await store.dismiss(['redismissed'], 'Intended.');
  await store.comment('commented', { by: 'user', text: 'Well.', job: null });
  assert.equal(await takeBack(store, { before, after }), 2);
  assert.deepEqual(
    ids.map((id) => [store.find(id)?.state, store.find(id)?.reason]),
    [
      ['open', 'Undone'],
      ['fixed', 'Seen.'],
      ['dismissed', 'Intended.'],
      ['open', 'Undone'],
    ],
  );
});
