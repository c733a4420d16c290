import assert from 'node:assert/strict';
import { type TestContext, describe, test } from 'node:test';
import { Emitter } from 'vscode-jsonrpc/node';
import { Fixes } from '../../../src/app/fixes.ts';
import type { Landed } from '../../../src/app/landing.ts';
import type { Order } from '../../../src/protocol/order.ts';
import type { TaskChange } from '../../../src/protocol/taskChange.ts';
import { createTempFolder } from '../../support/temp.ts';
import { createRecordingLogger, sampleJob } from '../bridge/samples.ts';
import { createStore, finding, repository, review } from '../findings/known.ts';

const task = sampleJob({ id: 'task-1', kind: 'task', repository, fixes: ['a', 'b', 'elsewhere'] });

/** Three findings, which one task was to fix: it has changed `a.ts`, `b.ts` and `helper.ts`. */
async function create(context: TestContext) {
  const { store: findings } = createStore(createTempFolder().path);
  context.after(() => findings.dispose());
  await findings.record(
    review(
      'j1',
      ['a', 'b', 'elsewhere'].map((id) => finding(id, { file: `${id}.ts`, title: `About ${id}` })),
    ),
  );
  const proofs: Order[] = [];
  const cancelled: string[] = [];
  const fixes = new Fixes({
    findings,
    findJob: (id) => Promise.resolve(id === task.id ? task : sampleJob({ id, kind: 'proof' })),
    place: (order) => Promise.resolve(proofs.push(order)),
    cancelProofs: (ids) => Promise.resolve(void cancelled.push(...ids)),
    prove: () => true,
    logger: createRecordingLogger(),
  });
  const land = new Emitter<Landed>();
  context.after(() => land.dispose());
  fixes.follow({ onDidLand: land.event, onDidCompare: new Emitter<TaskChange>().event });
  const files = ['a.ts', 'b.ts', 'helper.ts'].map((file) => ({ file, kind: 'update' as const }));
  const told = async (how: Landed['how'], state: TaskChange['state'], names: string[], applied: string[]) => {
    const part = { before: '', after: '', files: applied };
    const change = {
      ...({ format: 1, job: task.id, repository, worktree: null, base: '', result: '' } as const),
      state,
      files,
    };
    land.fire({ change: { ...change, applied: applied.length === 0 ? [] : [part] }, how, files: names });
    await fixes.settled();
  };
  const states = () => ['a', 'b', 'elsewhere'].map((id) => findings.find(id)?.state);
  const proof = (id: string, createdAt: string) => ({ id, reviewer: 'codex' as const, createdAt });
  return { findings, fixes, told, states, proof, proofs, cancelled };
}

const now = () => new Date().toISOString();

describe('what a task was to fix', () => {
  test('a part has landed: only what is in its files is claimed, and asked about; the rest with the rest', async (context) => {
    const { told, states, proofs, findings } = await create(context);
    await told('applied', 'partly applied', ['a.ts'], ['a.ts']);
    assert.deepEqual(states(), ['fixed', 'open', 'open']);
    assert.deepEqual(proofs, [{ kind: 'proof', finding: 'a' }]);
    await findings.reopen(['a'], 'Not for me.');
    await told('applied', 'applied', ['b.ts', 'helper.ts'], ['a.ts', 'b.ts', 'helper.ts']);
    assert.deepEqual([states(), proofs.length], [['open', 'fixed', 'fixed'], 3]);
  });

  test('a part is taken back: what is in its files is open again, and nothing else is claimed', async (context) => {
    const { told, states, proofs, findings, cancelled } = await create(context);
    await told('applied', 'applied', ['a.ts', 'b.ts', 'helper.ts'], ['a.ts', 'b.ts', 'helper.ts']);
    await findings.reopen(['a'], 'Not for me.');
    await told('taken back', 'partly applied', ['b.ts'], ['a.ts', 'helper.ts']);
    assert.deepEqual([states(), proofs.length, cancelled], [['open', 'open', 'fixed'], 3, ['b']]);
    await told('taken back', 'undone', ['a.ts', 'helper.ts'], []);
    assert.deepEqual(states(), ['open', 'open', 'open']);
  });

  test('taken back while the reviewer looks: its “fixed” does not count, that of a later look does', async (context) => {
    const { told, findings, fixes, proof } = await create(context);
    const all = ['a.ts', 'b.ts', 'helper.ts'];
    await told('applied', 'applied', all, all);
    const first = proof('proof-1', now());
    await told('taken back', 'undone', all, []);
    const fixed = { verdict: 'fixed', reason: 'a.ts, line 1.' } as const;
    const counted = await fixes.proven(first, 'a', fixed);
    assert.deepEqual([counted.verdict, findings.find('a')?.state], ['cannot tell', 'open']);
    assert.match(findings.find('a')?.comments.at(-1)?.text ?? '', /taken back, or .* opened again, while/);
    await told('applied', 'applied', all, all);
    await fixes.proven(proof('proof-2', new Date(Date.now() + 1000).toISOString()), 'a', fixed);
    assert.equal(findings.find('a')?.proof, 'confirmed');
  });

  test('another reviewer’s “still there” does not keep this one from its own word', async (context) => {
    const { told, findings, fixes, proof } = await create(context);
    await told('applied', 'applied', ['a.ts'], ['a.ts']);
    const started = now();
    await findings.reopen(['a'], 'Still there.', { by: 'claude', job: 'proof-2', alone: true });
    const counted = await fixes.proven(proof('proof-1', started), 'a', { verdict: 'fixed', reason: '' });
    assert.equal(counted.verdict, 'fixed');
  });
});
