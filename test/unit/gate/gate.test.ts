import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deferred } from '../../../src/base/async.ts';
import { UserError } from '../../../src/base/errors.ts';
import { Gate, type GateSettings, type Stop } from '../../../src/gate/gate.ts';
import { GateStore } from '../../../src/gate/gateStore.ts';
import type { Job } from '../../../src/protocol/job.ts';
import type { Target } from '../../../src/protocol/target.ts';
import { createRecordingLogger, sampleJob, sampleReport } from '../bridge/samples.ts';
import { createTempFolder } from '../../support/temp.ts';

const repository = '/work/shop';
const target: Target = { kind: 'turn', from: 'a', to: 'b', files: 1, lines: 3 };
const stopping: Stop = { repository, session: 'session-1', again: false, hook: 'blocking' };

/** A gate whose working tree and reviewer do what the test says. */
async function create(settings: Partial<GateSettings> = {}) {
  const logger = createRecordingLogger();
  const store = new GateStore(createTempFolder('gate').path, logger);
  const world = {
    tree: 'tree-0',
    reviewed: [] as [from: string, to: string][],
    cancelled: [] as string[],
    end: { state: 'succeeded', verdict: 'clean' } as Partial<Job>,
    ends: true,
    snapshotFails: null as Error | null,
    changedFails: null as Error | null,
  };
  const never = deferred<Job>();
  const gate = new Gate({
    store,
    settings: () => ({ hook: 'blocking', maxRounds: 1, deadline: 60_000, ...settings }),
    snapshot: () => (world.snapshotFails ? Promise.reject(world.snapshotFails) : Promise.resolve(world.tree)),
    changed: (_repository, from, to) => {
      if (world.changedFails) return Promise.reject(world.changedFails);
      if (from === to) return Promise.resolve(null);
      world.reviewed.push([from, to]);
      return Promise.resolve(target);
    },
    review: () => Promise.resolve(sampleJob({ id: 'gate-1', kind: 'gate', state: 'running' })),
    wait: () =>
      world.ends ? Promise.resolve(sampleJob({ id: 'gate-1', kind: 'gate', ...world.end })) : never.promise,
    cancel: (id) => {
      world.cancelled.push(id);
      const job = sampleJob({ id, kind: 'gate', state: 'cancelled', verdict: 'cancelled' });
      never.resolve(job);
      return Promise.resolve(job);
    },
    report: () => Promise.resolve(sampleReport([], {}, 'THE REPORT')),
    logger,
  });
  await store.switch(repository, true);
  return { gate, store, world };
}

describe('the stop-time review gate', () => {
  test('off: nothing is looked at', async () => {
    const { gate, store, world } = await create();
    await gate.begin(repository, 'session-1');
    await store.switch(repository, false);
    world.tree = 'tree-1';
    assert.deepEqual(await gate.stop(stopping), { decision: 'allow' });
    assert.deepEqual(world.reviewed, []);
  });

  test('reviews what changed since the session began, then since the last stop', async () => {
    const { gate, world } = await create();
    await gate.begin(repository, 'session-1');
    assert.deepEqual(await gate.stop(stopping), { decision: 'allow' });
    world.tree = 'tree-1';
    await gate.stop(stopping);
    world.tree = 'tree-2';
    await gate.stop(stopping);
    assert.deepEqual(world.reviewed, [
      ['tree-0', 'tree-1'],
      ['tree-1', 'tree-2'],
    ]);
  });

  test('findings block once, with the report and the way out; then Claude may stop', async () => {
    const { gate, world } = await create();
    await gate.begin(repository, 'session-1');
    world.tree = 'tree-1';
    world.end = { state: 'succeeded', verdict: 'findings' };
    const blocked = await gate.stop(stopping);
    assert.equal(blocked.decision, 'block');
    assert.match(blocked.reason ?? '', /THE REPORT/);
    assert.match(blocked.reason ?? '', /--disable-review-gate/);
    world.tree = 'tree-2';
    assert.deepEqual(await gate.stop({ ...stopping, again: true }), { decision: 'allow' });
    assert.equal(world.reviewed.length, 1);
  });

  test('as many rounds as the user wants; a new prompt of the user begins anew', async () => {
    const { gate, world } = await create({ maxRounds: 2 });
    await gate.begin(repository, 'session-1');
    world.tree = 'tree-1';
    world.end = { state: 'succeeded', verdict: 'findings' };
    assert.equal((await gate.stop(stopping)).decision, 'block');
    assert.equal((await gate.stop({ ...stopping, again: true })).decision, 'block');
    assert.equal((await gate.stop({ ...stopping, again: true })).decision, 'allow');
    world.tree = 'tree-2';
    assert.equal((await gate.stop(stopping)).decision, 'block');
  });

  test('however often others send Claude back, ours does so no more than it may', async () => {
    const { gate, world } = await create();
    await gate.begin(repository, 'session-1');
    world.end = { state: 'succeeded', verdict: 'findings' };
    const decisions: string[] = [];
    for (const again of [false, true, true, true]) {
      world.tree = `tree-${decisions.length + 1}`;
      decisions.push((await gate.stop({ ...stopping, again })).decision);
    }
    assert.deepEqual(decisions, ['block', 'allow', 'allow', 'allow']);
  });

  test('a baseline that git no longer has is said once, and begins anew', async () => {
    const { gate, world } = await create();
    await gate.begin(repository, 'session-1');
    world.tree = 'tree-1';
    world.changedFails = new UserError('bad object tree-0');
    assert.match((await gate.stop(stopping)).warning ?? '', /bad object/);
    world.changedFails = null;
    world.tree = 'tree-2';
    assert.deepEqual(await gate.stop(stopping), { decision: 'allow' });
    assert.deepEqual(world.reviewed, [['tree-1', 'tree-2']]);
  });

  test('a repository in another one has its own switch', async () => {
    const { store } = await create();
    await store.switch(`${repository}/inner`, true);
    await store.switch(`${repository}/inner`, false);
    assert.equal(await store.isOn(`${repository}/inner`), false);
    assert.equal(await store.isOn(repository), true);
  });

  test('another plugin’s Stop hook does not count as a round of ours', async () => {
    const { gate, world } = await create();
    await gate.begin(repository, 'session-1');
    world.tree = 'tree-1';
    world.end = { state: 'succeeded', verdict: 'findings' };
    assert.equal((await gate.stop({ ...stopping, again: true })).decision, 'block');
  });

  for (const [what, end] of [
    ['failed', { state: 'failed', verdict: 'failed', failure: { message: 'No credit.' } }],
    ['inconclusive', { state: 'inconclusive', verdict: 'inconclusive', failure: { message: 'No credit.' } }],
  ] as const) {
    test(`a review that ${what} allows, with the real reason, and what it missed is not forgotten`, async () => {
      const { gate, world } = await create();
      await gate.begin(repository, 'session-1');
      world.tree = 'tree-1';
      world.end = end;
      const result = await gate.stop(stopping);
      assert.equal(result.decision, 'allow');
      assert.match(result.warning ?? '', /could not run.*No credit\./);
      world.tree = 'tree-2';
      await gate.stop(stopping);
      assert.deepEqual(world.reviewed.at(-1), ['tree-0', 'tree-2']);
    });
  }

  test('who cancels the review lets Claude stop, and hears no complaint', async () => {
    const { gate, world } = await create();
    await gate.begin(repository, 'session-1');
    world.tree = 'tree-1';
    world.end = { state: 'cancelled', verdict: 'cancelled' };
    assert.deepEqual(await gate.stop(stopping), { decision: 'allow' });
  });

  test('a review that takes too long is cancelled, and Claude may stop', async () => {
    const { gate, world } = await create({ deadline: 20 });
    await gate.begin(repository, 'session-1');
    world.tree = 'tree-1';
    world.ends = false;
    const result = await gate.stop(stopping);
    assert.equal(result.decision, 'allow');
    assert.match(result.warning ?? '', /longer than/);
    assert.deepEqual(world.cancelled, ['gate-1']);
  });

  test('whatever goes wrong inside allows, and says so', async () => {
    const { gate, world } = await create();
    world.snapshotFails = new UserError('git add failed: no space left.');
    const result = await gate.stop(stopping);
    assert.equal(result.decision, 'allow');
    assert.match(result.warning ?? '', /no space left/);
  });

  test('only the hook of the chosen mode does the work', async () => {
    const { gate, world } = await create({ hook: 'waking' });
    await gate.begin(repository, 'session-1');
    world.tree = 'tree-1';
    assert.deepEqual(await gate.stop(stopping), { decision: 'allow' });
    assert.deepEqual(world.reviewed, []);
    await gate.stop({ ...stopping, hook: 'waking' });
    assert.equal(world.reviewed.length, 1);
  });

  test('sessions do not answer for each other; one in which the gate was switched on begins then', async () => {
    const { gate, world } = await create();
    await gate.begin(repository, 'session-1');
    world.tree = 'tree-1';
    assert.deepEqual(await gate.stop({ ...stopping, session: 'session-2' }), { decision: 'allow' });
    assert.deepEqual(world.reviewed, []);
    await gate.stop(stopping);
    assert.deepEqual(world.reviewed, [['tree-0', 'tree-1']]);
  });

  test('a caller that goes away ends the review, and what it was about is not let pass', async () => {
    const { gate, world } = await create();
    await gate.begin(repository, 'session-1');
    world.tree = 'tree-1';
    world.ends = false;
    const gone = new AbortController();
    const decision = gate.stop({ ...stopping, signal: gone.signal });
    gone.abort();
    assert.deepEqual(await decision, { decision: 'allow' });
    assert.deepEqual(world.cancelled, ['gate-1']);
    world.ends = true;
    await gate.stop(stopping);
    assert.deepEqual(world.reviewed, [
      ['tree-0', 'tree-1'],
      ['tree-0', 'tree-1'],
    ]);
  });
});
