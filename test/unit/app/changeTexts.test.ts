import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChangeTexts } from '../../../src/app/changeTexts.ts';
import type { TaskChange } from '../../../src/protocol/taskChange.ts';

test('all files of a change are read at once; while its task runs, each by itself; and anew the next time', async () => {
  const calls: string[] = [];
  let state: TaskChange['state'] | null = 'pending';
  const content = (text: string) => ({ before: null, after: Buffer.from(text) });
  const texts = new ChangeTexts({
    read: () => Promise.resolve(state && ({ state } as TaskChange)),
    sides: () => {
      calls.push('all');
      return Promise.resolve(new Map([['a', content('A')]]));
    },
    texts: (_, file) => {
      calls.push(file);
      return Promise.resolve(content(file));
    },
  });
  const ask = async (...files: string[]) => {
    const sides = await Promise.all(files.map((file) => texts.sides('job', '/r', file)));
    return [...sides.map((one) => one?.after?.toString() ?? null), ...calls.splice(0)];
  };
  assert.deepEqual(await ask('a', 'a', 'b'), ['A', 'A', null, 'all']);
  assert.deepEqual(await ask('a'), ['A', 'all']);
  state = 'running';
  assert.deepEqual(await ask('a', 'b'), ['a', 'b', 'a', 'b']);
  state = null;
  assert.deepEqual(await ask('a'), [null]);
});
