import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { CodeProblems } from '../../../src/app/codeProblems.ts';
import { UsageError, UserError } from '../../../src/base/errors.ts';
import { waitFor } from '../../engine/wait.ts';
import { createHost, createTasks } from './taskRig.ts';

const committed = { 'a.txt': '1\n', 'b.txt': '1\n' };
const both = { 'a.txt': '2\n', 'b.txt': '2\n' };
const only = (...files: string[]) => ({ files: new Map(files.map((file) => [file, null] as const)) });
const decidedBefore = (error: unknown) =>
  error instanceof UsageError && error.message.includes('decided about before');

describe('what was decided stands', () => {
  test('a part was applied, a later task goes on: taking it back leaves the rest to that task', async (context) => {
    const { work, open, changes, known, ref, read } = await createTasks(context, committed);
    await work('task-1', both);
    await changes.apply(ref('task-1'), only('a.txt'));
    const second = await open('task-2');
    assert.equal((await changes.undo(ref('task-1'))).kind, 'applied');
    assert.deepEqual([read('a.txt'), (await known('task-1')).state], ['1\n', 'continued']);
    for (const decide of [changes.discard(ref('task-1')), changes.apply(ref('task-1'))])
      await assert.rejects(decide, decidedBefore);
    assert.ok(existsSync(second.folder));
    assert.equal((await second.close()).files?.length, 2);
  });

  test('a job whose worktree a later task needs goes without it', async (context) => {
    const { work, open, changes, jobOf } = await createTasks(context, committed);
    await work('task-1', both);
    const second = await open('task-2');
    await changes.forget(jobOf('task-1'));
    assert.ok(existsSync(second.folder));
    await second.close();
    await changes.forget(jobOf('task-2'));
    assert.equal(existsSync(second.folder), false);
  });

  test('the rest was thrown away: the part can be taken back, and nothing waits again', async (context) => {
    const { work, changes, known, ref, read } = await createTasks(context, committed);
    await work('task-1', both);
    await changes.apply(ref('task-1'), only('a.txt'));
    await changes.discard(ref('task-1'));
    await changes.undo(ref('task-1'));
    assert.deepEqual([read('a.txt'), (await known('task-1')).state], ['1\n', 'discarded']);
  });

  test('in another window: what that one did is neither done again nor forgotten', async (context) => {
    const { work, changes, ref, read, repository, stateHome } = await createTasks(context, committed);
    await work('task-1', both);
    const other = createHost(repository.path, stateHome);
    await other.changes.apply(ref('task-1'));
    await assert.rejects(changes.apply(ref('task-1')), decidedBefore);
    await changes.undo(ref('task-1'));
    assert.deepEqual([read('a.txt'), read('b.txt')], ['1\n', '1\n']);
  });

  test('in both windows at once: one of them applies it, the other one hears so', async (context) => {
    const { work, changes, known, ref, repository, stateHome } = await createTasks(context, committed);
    await work('task-1', both);
    const other = createHost(repository.path, stateHome);
    const tried = await Promise.allSettled([changes, other.changes].map((each) => each.apply(ref('task-1'))));
    assert.deepEqual(tried.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.equal((await known('task-1')).applied.length, 1);
  });
});

describe('what waits', () => {
  test('the next task goes on with the newest that lies in a worktree, not with what was taken back', async (context) => {
    const { work, open, changes, known, ref } = await createTasks(context, committed);
    await work('task-1', { 'a.txt': '2\n' });
    await changes.apply(ref('task-1'));
    await changes.undo(ref('task-1'));
    await work('task-2', { 'b.txt': '2\n' });
    const third = await open('task-3');
    assert.equal(third.folder, (await known('task-2')).worktree);
    assert.deepEqual([(await known('task-1')).state, (await known('task-2')).state], ['undone', 'continued']);
  });

  test('applied file by file it is applied, and its worktree goes; a part taken back waits there again', async (context) => {
    const { work, changes, known, ref, jobOf } = await createTasks(context, committed);
    await work('task-1', both);
    const { worktree } = await known('task-1');
    const state = async () => [(await known('task-1')).state, existsSync(worktree ?? '')];
    await changes.apply(ref('task-1'), only('a.txt'));
    assert.deepEqual(await state(), ['partly applied', true]);
    await changes.undo(ref('task-1'));
    assert.deepEqual(await state(), ['pending', true]);
    await changes.apply(ref('task-1'), only('b.txt'));
    await changes.apply(ref('task-1'), only('a.txt'));
    assert.deepEqual(await state(), ['applied', false]);
    assert.equal(await changes.isNeeded(jobOf('task-1')), false);
  });

  test('hunk by hunk', async (context) => {
    const text = (first: string, last: string) => [first, 2, 3, 4, 5, 6, 7, last, ''].join('\n');
    const { work, changes, known, ref } = await createTasks(context, { 'a.txt': text('1', '8') });
    await work('task-1', { 'a.txt': text('one', 'eight') });
    await changes.apply(ref('task-1'), { files: new Map([['a.txt', Buffer.from(text('one', '8'))]]) });
    assert.equal((await known('task-1')).state, 'partly applied');
    await changes.apply(ref('task-1'), { files: new Map([['a.txt', Buffer.from(text('1', 'eight'))]]) });
    assert.equal((await known('task-1')).state, 'applied');
  });

  test('done in place and taken back it can be kept as a branch, on top of what there was', async (context) => {
    const { work, changes, ref, repository } = await createTasks(context, committed);
    repository.write({ 'mine.txt': 'mine\n' });
    await work('task-1', both, 'in-place');
    await changes.undo(ref('task-1'));
    await changes.keepAsBranch(ref('task-1'), 'kept');
    const names = (from: string, to: string) => repository.git('diff', '--name-only', from, to);
    assert.equal(await names('kept~1', 'kept'), 'a.txt\nb.txt\n');
    assert.equal(await names('main', 'kept~1'), 'mine.txt\n');
    assert.equal(await repository.git('rev-parse', 'kept~2'), await repository.git('rev-parse', 'main'));
  });

  test('is seen by a window that was open before, and not deleted with what has ended', async (context) => {
    const { open, jobOf, ref, changes, repository, stateHome } = await createTasks(context, committed);
    const workplace = await open('task-1');
    const window = createHost(repository.path, stateHome);
    context.after(() => window.changes.dispose());
    await window.changes.show([repository.path]);
    assert.equal(window.changes.seen('task-1')?.state, 'running');
    writeFileSync(path.join(workplace.folder, 'a.txt'), '2\n');
    await workplace.close();
    assert.equal(await window.changes.isNeeded(jobOf('task-1')), true);
    await waitFor('the change', () => window.changes.seen('task-1')?.state === 'pending');
    await changes.discard(ref('task-1'));
    await waitFor('the decision', () => window.changes.seen('task-1')?.state === 'discarded');
  });

  test('a host was killed between a decision and the end of the worktree: the next one removes it', async (context) => {
    const { work, changes, known, repository } = await createTasks(context, committed);
    await work('task-1', both);
    const { worktree } = await known('task-1');
    await changes.reap(repository.path);
    assert.ok(existsSync(worktree ?? ''));
    await changes.save({ ...(await known('task-1')), state: 'discarded' });
    await changes.reap(repository.path);
    assert.equal(existsSync(worktree ?? ''), false);
    assert.doesNotMatch(await repository.git('worktree', 'list'), /task-1/);
  });
});

describe('an application that does not get to its end', () => {
  test('what is noted of it is what is in the working tree', async (context) => {
    let meanwhile = (): void => undefined;
    // Asked once all is planned, and before anything is written.
    const problems: CodeProblems = {
      watch: () => {
        meanwhile();
        return { settled: () => Promise.resolve(null), dispose: () => undefined };
      },
    };
    const { work, changes, known, ref, read, repository } = await createTasks(context, committed, problems);
    await work('task-1', both);
    meanwhile = () => repository.write({ 'b.txt': 'mine\n' });
    await assert.rejects(
      changes.apply(ref('task-1')),
      (error) => error instanceof UserError && error.message.includes('b.txt was changed just now'),
    );
    assert.equal(read('b.txt'), 'mine\n');
    const { state, applied } = await known('task-1');
    const isThere = read('a.txt') === '2\n';
    assert.deepEqual(
      [state, applied.flatMap(({ files }) => files)],
      isThere ? ['partly applied', ['a.txt']] : ['pending', []],
    );
    if (isThere) await changes.undo(ref('task-1'));
    assert.equal(read('a.txt'), '1\n');
  });

  test('its host is killed while it writes: what is there can be taken back, and the whole applied again', async (context) => {
    const names = Array.from({ length: 12 }, (_, index) => `f${String(index).padStart(3, '0')}.txt`);
    const all = (text: string) => Object.fromEntries(names.map((name) => [name, text]));
    const { work, changes, known, ref, read, repository, stateHome } = await createTasks(context, all('1\n'));
    await work('task-1', all('2\n'));
    const script = path.join(import.meta.dirname, 'landingProcess.ts');
    const args = ['--import', 'tsx', script, repository.path, stateHome, 'task-1'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
    const written = names.filter((name) => read(name) === '2\n').length;
    assert.ok(written > 0 && written < names.length, `${written} files`);
    assert.equal((await known('task-1')).state, 'partly applied');
    assert.equal((await changes.undo(ref('task-1'))).kind, 'applied');
    assert.deepEqual(
      names.map(read),
      names.map(() => '1\n'),
    );
    assert.equal((await known('task-1')).state, 'pending');
    await changes.apply(ref('task-1'));
    assert.equal(read('f011.txt'), '2\n');
  });
});
