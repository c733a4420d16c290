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
    await takeBack(store, before);
    assert.deepEqual(told(), wanted);
  }
});
