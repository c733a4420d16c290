import assert from 'node:assert/strict';
import { type TestContext, describe, mock, test } from 'node:test';
import { SettledEdits } from '../../../src/gate/settledEdits.ts';
import type { Target } from '../../../src/protocol/target.ts';

const repository = '/work/shop';
const quiet = 30_000;

/** A repository and its reviewer, with a clock that the test moves. */
async function create(context: TestContext) {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.parse('2026-11-22T15:00:00Z') });
  context.after(() => mock.timers.reset());
  const world = {
    head: 'head-0',
    tree: 'tree-0',
    busy: false,
    fails: false,
    reviewed: [] as string[],
    errors: [] as string[],
  };
  const edits = new SettledEdits({
    head: () => Promise.resolve(world.head),
    snapshot: () =>
      world.fails ? Promise.reject(new Error('git is out of order')) : Promise.resolve(world.tree),
    changed: (_repository, from, to) => {
      const target: Target = { kind: 'turn', from, to, files: 1, lines: 1 };
      return Promise.resolve(from === to ? null : target);
    },
    isBusy: () => world.busy,
    review: (_repository, target) => {
      world.reviewed.push(target.kind === 'turn' ? `${target.from}..${target.to}` : target.kind);
      return Promise.resolve();
    },
    onError: (error) => world.errors.push(String(error)),
  });
  context.after(() => edits.dispose());
  await edits.begin(repository);
  /** Moves the clock, and lets what has become due be done. */
  const pass = async (milliseconds: number) => {
    mock.timers.tick(milliseconds);
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  const edit = (tree: string) => {
    world.tree = tree;
    edits.edited(repository);
  };
  return { edits, world, pass, edit };
}

describe('edits of others', () => {
  test('are reviewed once, when nothing has changed for a while', async (context) => {
    const { world, pass, edit } = await create(context);
    for (const tree of ['tree-1', 'tree-2', 'tree-3']) {
      edit(tree);
      await pass(quiet - 1);
    }
    assert.deepEqual(world.reviewed, [], 'they have not settled');
    await pass(1);
    assert.deepEqual(world.reviewed, ['tree-0..tree-3']);
    await pass(10 * quiet);
    assert.deepEqual(world.reviewed.length, 1);
  });

  test('of the next burst are compared with the last look', async (context) => {
    const { world, pass, edit } = await create(context);
    edit('tree-1');
    await pass(quiet);
    edit('tree-2');
    await pass(quiet);
    assert.deepEqual(world.reviewed, ['tree-0..tree-1', 'tree-1..tree-2']);
  });

  test('that change nothing that git sees start no review', async (context) => {
    const { world, pass, edit } = await create(context);
    edit('tree-0');
    await pass(quiet);
    assert.deepEqual(world.reviewed, []);
  });

  test('are looked at in the end where a file changes all the time', async (context) => {
    const { world, pass, edit } = await create(context);
    edit('tree-1');
    for (let second = 0; second < 12 * 30 && world.reviewed.length === 0; second += 10) {
      await pass(10_000);
      edit('tree-1');
    }
    assert.deepEqual(world.reviewed, ['tree-0..tree-1']);
  });

  test('that come with a commit, a checkout or a pull are none', async (context) => {
    const { world, pass, edit } = await create(context);
    world.head = 'head-1';
    edit('tree-1');
    await pass(quiet);
    assert.deepEqual(world.reviewed, []);
    edit('tree-2');
    await pass(quiet);
    assert.deepEqual(world.reviewed, ['tree-1..tree-2'], 'what came with it is no news later either');
  });

  test('of an unknown repository, or of one that is no longer watched, are nobody’s business', async (context) => {
    const { edits, world, pass, edit } = await create(context);
    edits.edited('/work/elsewhere');
    edit('tree-1');
    edits.dispose();
    await pass(quiet);
    assert.deepEqual(world.reviewed, []);
  });

  test('that cannot be looked at are reported, and reviewed with the next ones', async (context) => {
    const { world, pass, edit } = await create(context);
    world.fails = true;
    edit('tree-1');
    await pass(quiet);
    assert.deepEqual(world.errors, ['Error: git is out of order']);
    world.fails = false;
    edit('tree-2');
    await pass(quiet);
    assert.deepEqual(world.reviewed, ['tree-0..tree-2']);
  });
});

describe('while another review runs', () => {
  test('none is started; one that saw everything leaves nothing to do', async (context) => {
    const { edits, world, pass, edit } = await create(context);
    edit('tree-1');
    await pass(5_000);
    world.busy = true;
    const since = Date.now();
    await pass(quiet);
    assert.deepEqual(world.reviewed, []);
    world.busy = false;
    edits.reviewed(repository, since);
    await pass(10 * quiet);
    assert.deepEqual(world.reviewed, []);
    edit('tree-2');
    await pass(quiet);
    assert.deepEqual(world.reviewed, ['tree-1..tree-2']);
  });

  test('edits that came after it began are reviewed when it has ended', async (context) => {
    const { edits, world, pass, edit } = await create(context);
    world.busy = true;
    const since = Date.now();
    await pass(10_000);
    edit('tree-1');
    await pass(quiet);
    assert.deepEqual(world.reviewed, []);
    world.busy = false;
    edits.reviewed(repository, since);
    await pass(quiet);
    assert.deepEqual(world.reviewed, ['tree-0..tree-1']);
  });

  test('one that saw only a part, or failed, leaves the edits to do', async (context) => {
    const { edits, world, pass, edit } = await create(context);
    edit('tree-1');
    world.busy = true;
    await pass(quiet);
    world.busy = false;
    edits.reviewed(repository, null);
    await pass(quiet);
    assert.deepEqual(world.reviewed, ['tree-0..tree-1']);
  });
});
