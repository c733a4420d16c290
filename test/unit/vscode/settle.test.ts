import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { UserError } from '../../../src/base/errors.ts';
import { decisionOf } from '../../../src/findings/dispute.ts';
import type { Right } from '../../../src/protocol/comparePage.ts';
import { settle } from '../../../src/vscode/settle.ts';
import { takeBack } from '../../../src/vscode/takeBack.ts';
import { createTempFolder } from '../../support/temp.ts';
import { createStore, finding, repository, review } from '../findings/known.ts';

/** Two findings on record that contradict each other. */
async function createDispute(context: TestContext) {
  const { store } = createStore(createTempFolder().path);
  context.after(() => store.dispose());
  await store.record(review('j', [finding('off', { title: 'Remove the lock' })]));
  const on = finding('on', { title: 'Keep the lock', reviewers: ['claude'], job: 'k' });
  await store.record(review('k', [on], { reviewer: 'claude' }));
  await store.show([repository]);
  const known = () => {
    const [codex, claude] = [store.find('off'), store.find('on')];
    assert.ok(codex && claude);
    return { codex, claude };
  };
  return {
    store,
    known,
    decide: (right: Right) => settle(store, { codex: 'off', claude: 'on', right }),
    decision: () => decisionOf(known()),
  };
}

test('the one that is wrong is dismissed by the user, says why, and is still there', async (context) => {
  const { known, decide, decision } = await createDispute(context);
  await decide('claude');
  assert.equal(decision(), 'claude');
  const { codex, claude } = known();
  assert.deepEqual([codex.state, codex.by], ['dismissed', 'user']);
  assert.equal(codex.reason, 'Dispute between the reviewers: Claude is right (“Keep the lock”).');
  assert.equal(claude.state, 'open');
});

test('a decision can be changed, to and fro, and taken back', async (context) => {
  const { store, decide, decision, known } = await createDispute(context);
  await decide('claude');
  const before = await decide('codex');
  assert.equal(decision(), 'codex');
  await takeBack(store, { before, after: store.all() });
  assert.equal(decision(), 'claude');
  assert.match(known().codex.reason, /Claude is right/);
  assert.equal((await decide('claude')).length, 0, 'nothing has changed');
  const lost = await decide('both');
  assert.equal(decision(), 'both');
  await takeBack(store, { before: lost, after: store.all() });
  assert.equal(decision(), 'claude', 'also that both stand after one of them was dismissed');
});

test('that both stand is said of each, once', async (context) => {
  const { known, decide } = await createDispute(context);
  await decide('both');
  await decide('both');
  const { codex, claude } = known();
  assert.deepEqual(
    [codex, claude].map(({ comments }) => comments.map(({ by, text }) => [by, text])),
    [
      [['user', 'Dispute between the reviewers: this and “Keep the lock” both stand.']],
      [['user', 'Dispute between the reviewers: this and “Remove the lock” both stand.']],
    ],
  );
});

test('nothing is decided about what is fixed or gone', async (context) => {
  const { store, decide, known } = await createDispute(context);
  await store.resolve(['on'], { by: 'user', proof: 'claimed', reason: '', job: null });
  await assert.rejects(decide('claude'), UserError);
  assert.equal(known().codex.state, 'open');
  await assert.rejects(settle(store, { codex: 'off', claude: 'elsewhere', right: 'codex' }), UserError);
});
