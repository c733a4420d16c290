import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Deferred, deferred } from '../../../src/base/async.ts';
import { Queue } from '../../../src/jobs/queue.ts';

function create(limit: number) {
  const started: string[] = [];
  const ends = new Map<string, Deferred<undefined>>();
  const queue = new Queue<string>(() => limit);
  const add = (item: string, lane: string | null) =>
    queue.add(item, lane, () => {
      started.push(item);
      const end = deferred<undefined>();
      ends.set(item, end);
      return end.promise;
    });
  const end = async (item: string) => {
    ends.get(item)?.resolve(undefined);
    await new Promise(setImmediate);
  };
  return { queue, started, add, end };
}

test('what shares a lane takes turns, and holds up nothing else', async () => {
  const { started, add, end } = create(3);
  for (const [item, lane] of [
    ['a', 'x'],
    ['b', 'x'],
    ['c', null],
    ['d', 'y'],
  ] as const)
    add(item, lane);
  assert.deepEqual(started, ['a', 'c', 'd']);
  await end('c');
  assert.deepEqual(started, ['a', 'c', 'd']);
  await end('a');
  assert.deepEqual(started, ['a', 'c', 'd', 'b']);
});

test('what was removed from its lane does not start', async () => {
  const { queue, started, add, end } = create(3);
  add('a', 'x');
  add('b', 'x');
  add('c', 'x');
  assert.ok(queue.remove('b'));
  assert.ok(!queue.remove('a'));
  await end('a');
  assert.deepEqual(started, ['a', 'c']);
});
