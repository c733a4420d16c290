import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import { TaskChanges } from '../../../src/app/taskChanges.ts';
import { openWorkplace, worktreesFolder } from '../../../src/app/workplaces.ts';
import { CancelledError, UserError } from '../../../src/base/errors.ts';
import { thisOwner } from '../../../src/base/owner.ts';
import type { AgentProgress } from '../../../src/jobs/agent.ts';
import { maxSnapshotBytes } from '../../../src/git/snapshot.ts';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import type { Job } from '../../../src/protocol/job.ts';
import { isOnlyThere } from '../../../src/protocol/taskChange.ts';
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
  const job = { id: 'task-1', repository: repository.path, threadId: null, write: true } as Job;
  const parts = {
    stateHome: state.path,
    changes,
    place: () => place,
    git,
    elsewhere: () => Promise.resolve(null),
  };
  const cancel = new AbortController();
  const progress = new EventEmitter<{ activity: [string] }>();
  const onProgress = ({ activity = '' }: AgentProgress) => void progress.emit('activity', activity);
  return {
    ...{ changes, job, repository, cancel, progress },
    folder: path.join(folder, job.id),
    read: (name: string) => readFileSync(path.join(repository.path, name), 'utf8'),
    known: async () => (await changes.read(job)) ?? assert.fail('No change is known.'),
    /** Works in whatever place it gets, to its end. */
    work: async (files: Record<string, string | Buffer | null>) => {
      const workplace = await openWorkplace(job, parts, { onProgress, signal: cancel.signal });
      for (const [name, text] of Object.entries(files)) {
        if (text === null) rmSync(path.join(workplace.folder, name));
        else writeFileSync(path.join(workplace.folder, name), text);
      }
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

test('a cancel while the worktree is made leaves nothing of it', async (context) => {
  const { work, folder, known, cancel, progress } = await setUp(context, 'worktree');
  const activities: string[] = [];
  progress.on('activity', (activity) => {
    activities.push(activity);
    cancel.abort();
  });
  await assert.rejects(work({}), CancelledError);
  assert.deepEqual([activities, existsSync(folder)], [['Checking out the files for it'], false]);
  assert.equal((await known()).state, 'none');
});

describe('files that are no part of a change, because they are large or look like secrets', () => {
  const large = Buffer.alloc(maxSnapshotBytes + 1, 1);

  test('in a worktree: they stay there when the change is applied, until they are discarded', async (context) => {
    const { work, known, changes, folder, read } = await setUp(context, 'worktree');
    const { notes } = await work({ 'a.txt': '2\n', 'large.bin': large, '.env': 'SECRET=1\n' });
    assert.match(
      notes.join('\n'),
      /^Not part of the change: \.env \(looks like a secret\), large\.bin \(too large\)\. They stay in .*task-1 until you discard them\.$/,
    );
    await changes.apply(await known());
    await changes.reap((await known()).repository);
    const applied = await known();
    assert.deepEqual([applied.state, applied.leftOut], ['applied', ['.env', 'large.bin']]);
    assert.ok(existsSync(path.join(folder, 'large.bin')) && isOnlyThere(applied));
    await changes.discard(applied);
    const discarded = await known();
    assert.deepEqual(
      [discarded.state, isOnlyThere(discarded), existsSync(folder)],
      ['applied', false, false],
    );
    await changes.undo(discarded);
    assert.equal(read('a.txt'), '1\n');
  });

  test('in a worktree with nothing else: the change still waits', async (context) => {
    const { work, known, folder } = await setUp(context, 'worktree');
    await work({ 'large.bin': large });
    const { state, files, leftOut } = await known();
    assert.deepEqual([state, files, leftOut], ['pending', [], ['large.bin']]);
    assert.ok(existsSync(path.join(folder, 'large.bin')));
  });

  test('in place: the end of the task says so, of what it has written', async (context) => {
    const { work, repository, known } = await setUp(context, 'in-place');
    repository.write({ 'mine.bin': large });
    const { notes } = await work({ 'a.txt': '2\n', 'large.bin': large });
    assert.deepEqual(notes, [
      'Not part of the change: large.bin (too large). It is in the working tree, and not taken back with the change.',
    ]);
    assert.equal((await known()).leftOut, undefined);
  });

  for (const place of ['worktree', 'in-place'] as const)
    test(`what is committed is no secret (${place})`, async (context) => {
      const { work, repository, known, changes, read } = await setUp(context, place);
      await repository.commit('Examples', { '.env.example': 'A=\n', '.env.test': 'B=\n' });
      const { notes, files } = await work({ '.env.example': 'A=\nC=\n', '.env.test': null });
      assert.deepEqual([notes, files?.map(({ file }) => file)], [[], ['.env.example', '.env.test']]);
      if (place === 'worktree') await changes.apply(await known());
      assert.deepEqual(
        [read('.env.example'), existsSync(path.join(repository.path, '.env.test'))],
        ['A=\nC=\n', false],
      );
      await changes.undo(await known());
      assert.deepEqual([read('.env.example'), read('.env.test')], ['A=\n', 'B=\n']);
    });

  test('what is not committed of a committed one is not copied', async (context) => {
    const { work, repository, known, changes, read } = await setUp(context, 'worktree');
    await repository.commit('Settings', { '.env': 'A=\n\n\n\nB=\n' });
    repository.write({ '.env': 'A=\n\n\n\nB=secret\n' });
    await work({ 'a.txt': '2\n' });
    const { base, files } = await known();
    assert.deepEqual([files.length, await repository.git('show', `${base}:.env`)], [1, 'A=\n\n\n\nB=\n']);
    await changes.apply(await known());
    assert.equal(read('.env'), 'A=\n\n\n\nB=secret\n');
  });
});
