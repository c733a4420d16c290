import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import { TaskChanges } from '../../../src/app/taskChanges.ts';
import { openWorkplace, worktreesFolder } from '../../../src/app/workplaces.ts';
import { UserError } from '../../../src/base/errors.ts';
import { thisOwner } from '../../../src/base/owner.ts';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import type { Job } from '../../../src/protocol/job.ts';
import { createRepository } from '../../support/repository.ts';
import { createTempFolder } from '../../support/temp.ts';
import { createRecordingLogger } from '../bridge/samples.ts';

/** A task that works in a real repository, as often as it is taken up. */
async function setUp(context: TestContext, place: 'worktree' | 'in-place') {
  const repository = await createRepository({ committed: { 'a.txt': '1\n', 'b.txt': '1\n' } });
  const state = createTempFolder('state');
  context.after(async () => {
    await repository.dispose();
    await state.dispose();
  });
  const logger = createRecordingLogger();
  const git = () => ({ env: process.env });
  const folder = worktreesFolder(state.path);
  const store = new JobStore(state.path, thisOwner(), logger);
  const changes = new TaskChanges({ store, folder, logger, git });
  const job = { id: 'task-1', repository: repository.path, threadId: null } as Job;
  const parts = {
    stateHome: state.path,
    changes,
    place: () => place,
    git,
    elsewhere: () => Promise.resolve(null),
  };
  return {
    ...{ changes, job, repository },
    folder: path.join(folder, job.id),
    read: (name: string) => readFileSync(path.join(repository.path, name), 'utf8'),
    known: async () => (await changes.read(job)) ?? assert.fail('No change is known.'),
    /** Works in whatever place it gets, to its end. */
    work: async (files: Record<string, string>) => {
      const workplace = await openWorkplace(job, parts);
      for (const [name, text] of Object.entries(files))
        writeFileSync(path.join(workplace.folder, name), text);
      return workplace.close();
    },
  };
}

describe('a task that is taken up again after its change was noted', () => {
  test('in a worktree: it goes on in that, from the same commit, and nothing of it is lost', async (context) => {
    const { work, known, changes, folder } = await setUp(context, 'worktree');
    await work({ 'a.txt': '2\n' });
    const first = await known();
    await work({ 'b.txt': '2\n' });
    const second = await known();
    assert.deepEqual(
      [second.state, second.worktree, second.base, second.files.map(({ file }) => file)],
      ['pending', folder, first.base, ['a.txt', 'b.txt']],
    );
    assert.equal((await changes.texts(second, 'a.txt')).after?.toString(), '2\n');
  });

  test('in place: all that it did is taken back at once', async (context) => {
    const { work, known, changes, read } = await setUp(context, 'in-place');
    await work({ 'a.txt': '2\n' });
    assert.equal((await known()).state, 'applied');
    await work({ 'b.txt': '2\n' });
    assert.equal((await changes.undo(await known())).kind, 'applied');
    assert.deepEqual([read('a.txt'), read('b.txt')], ['1\n', '1\n']);
  });

  test('the user has decided about it meanwhile: that stands, and can still be undone', async (context) => {
    const { work, known, changes, read } = await setUp(context, 'worktree');
    await work({ 'a.txt': '2\n' });
    await changes.apply(await known());
    const decided = await known();
    await assert.rejects(
      work({ 'b.txt': '2\n' }),
      (error) => error instanceof UserError && error.message.includes('known already: applied'),
    );
    assert.deepEqual(await known(), decided);
    await changes.undo(decided);
    assert.equal(read('a.txt'), '1\n');
  });
});

test('a host was killed while the worktree was made: it is made anew, and no file counts as deleted', async (context) => {
  const { work, folder, changes, known, repository } = await setUp(context, 'worktree');
  await work({ 'a.txt': '2\n' });
  await changes.save({ ...(await known()), state: 'running', result: null, files: [] });
  rmSync(path.join(folder, 'b.txt'));
  rmSync(
    (await repository.git('-C', folder, 'rev-parse', '--path-format=absolute', '--git-path', 'index')).trim(),
  );
  await work({ 'a.txt': '3\n' });
  const { state, files } = await known();
  assert.deepEqual([state, files.map(({ file, kind }) => `${kind} ${file}`)], ['pending', ['update a.txt']]);
});

test('a folder that nobody knows is left as it is, and the task says which', async (context) => {
  const { work, folder, changes, job } = await setUp(context, 'worktree');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'mine.txt'), 'mine\n');
  await assert.rejects(
    work({ 'a.txt': '2\n' }),
    (error) => error instanceof UserError && error.message.includes(folder),
  );
  assert.ok(existsSync(path.join(folder, 'mine.txt')));
  assert.equal(await changes.read(job), null);
});
