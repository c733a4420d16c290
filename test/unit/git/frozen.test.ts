import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { CancelledError } from '../../../src/base/errors.ts';
import { git } from '../../../src/git/git.ts';
import { checkOutFrozen, freeze } from '../../../src/git/frozen.ts';
import { removeWorktree } from '../../../src/git/worktree.ts';
import { waitFor } from '../../engine/wait.ts';
import type { TestRepository } from '../../support/repository.ts';
import { createTempFolder } from '../../support/temp.ts';
import { options, repositories } from './fixture.ts';

/** What git says there of the change. */
async function said(folder: string): Promise<Record<string, string>> {
  const ask = async (...args: string[]) => {
    const { code, stdout, stderr } = await git(folder, args, options);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  return {
    status: await ask('status', '--porcelain=v1', '--untracked-files=all', '-z'),
    unstaged: await ask('diff'),
    staged: await ask('diff', '--cached'),
  };
}

describe('a repository at one moment', () => {
  const create = repositories();

  async function frozen(
    repository: TestRepository,
  ): Promise<{ folder: string; then: Record<string, string> }> {
    const then = await said(repository.path);
    const state = await freeze(repository.path, options);
    repository.write({ 'a.txt': 'later\n', 'later.txt': 'later\n' });
    await repository.git('add', '--all');
    await repository.git('commit', '--quiet', '--message', 'Later');
    const folder = path.join(createTempFolder('frozen').path, 'deep', 'here');
    await checkOutFrozen(repository.path, folder, state, options);
    return { folder, then };
  }

  test('staged, unstaged, deleted, renamed and new files are as they were, whatever happens later', async () => {
    const repository = await create({
      committed: {
        'a.txt': 'a\n',
        'b.txt': 'b\n',
        'c.txt': 'c\n',
        'd.txt': 'a longer text\n',
        '.gitignore': 'out\n',
      },
    });
    repository.write({ 'a.txt': 'staged\n', 'b.txt': null, 'sub/new.txt': 'new\n', out: 'ignored\n' });
    await repository.git('add', 'a.txt');
    await repository.git('mv', 'd.txt', 'e.txt');
    repository.write({ 'a.txt': 'staged, and more\n', 'c.txt': 'unstaged\n' });
    const { folder, then } = await frozen(repository);
    assert.deepEqual(await said(folder), then);
    assert.equal(readFileSync(path.join(folder, 'a.txt'), 'utf8'), 'staged, and more\n');
    assert.ok(!existsSync(path.join(folder, 'out')));
    await removeWorktree(repository.path, folder, options);
    assert.ok(!existsSync(folder));
    assert.equal((await repository.git('worktree', 'list')).trim().split('\n').length, 1);
  });

  test('before the first commit', async () => {
    const repository = await create();
    repository.write({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
    await repository.git('add', 'a.txt');
    const { folder, then } = await frozen(repository);
    assert.deepEqual(await said(folder), then);
  });

  test('a merge with conflicts: the files with their markers, as changes that are not staged', async () => {
    const repository = await create({ committed: { 'a.txt': 'a\n' } });
    await repository.git('checkout', '--quiet', '-b', 'other');
    await repository.commit('Other', { 'a.txt': 'other\n' });
    await repository.git('checkout', '--quiet', 'main');
    await repository.commit('Mine', { 'a.txt': 'mine\n' });
    await repository.git('merge', '--quiet', 'other').catch(() => undefined);
    const state = await freeze(repository.path, options);
    const folder = path.join(createTempFolder('frozen').path, 'here');
    await checkOutFrozen(repository.path, folder, state, options);
    assert.match(readFileSync(path.join(folder, 'a.txt'), 'utf8'), /<<<<<<< HEAD\nmine\n=======\nother\n/);
    assert.equal((await said(folder))['status'], ' M a.txt\0');
  });

  test('many at once, made and removed, do not get in each other’s way', async () => {
    const repository = await create({ committed: { 'a.txt': 'a\n' } });
    const state = await freeze(repository.path, options);
    const parent = createTempFolder('frozen').path;
    const folders = Array.from({ length: 8 }, (_, index) => path.join(parent, String(index)));
    await Promise.all(
      folders.map(async (folder) => {
        await checkOutFrozen(repository.path, folder, state, options);
        assert.equal(readFileSync(path.join(folder, 'a.txt'), 'utf8'), 'a\n');
        await removeWorktree(repository.path, folder, options);
      }),
    );
    assert.equal((await repository.git('worktree', 'list')).trim().split('\n').length, 1);
  });

  test('of a part that is checked out, of a clone that has only a part, is just that part and what was changed', async () => {
    const origin = await create({ committed: { 'in/a.txt': 'a\n', 'in/b.txt': 'b\n', 'out/c.txt': 'c\n' } });
    await origin.git('config', 'uploadpack.allowFilter', 'true');
    const clone = path.join(createTempFolder('clone').path, 'partial');
    await origin.git('clone', '--quiet', '--filter=blob:none', '--sparse', `file://${origin.path}`, clone);
    const inClone = (...args: string[]) => origin.git('-C', clone, ...args);
    await inClone('sparse-checkout', 'set', 'in');
    writeFileSync(path.join(clone, 'in', 'a.txt'), 'changed\n');
    rmSync(path.join(clone, 'in', 'b.txt'));
    mkdirSync(path.join(clone, 'out'));
    writeFileSync(path.join(clone, 'out', 'new.txt'), 'new\n');
    writeFileSync(path.join(clone, 'in', 'staged.txt'), 'staged\n');
    await inClone('add', 'in/staged.txt');
    const then = await said(clone);
    const folder = path.join(createTempFolder('frozen').path, 'here');
    await checkOutFrozen(clone, folder, await freeze(clone, options), options);
    assert.deepEqual(await said(folder), then);
    assert.ok(!existsSync(path.join(folder, 'out', 'c.txt')), 'more than is checked out');
    await removeWorktree(clone, folder, options);
  });

  test('a cancel reaches git while it writes the files, and nothing is left', async () => {
    const repository = await create({
      committed: { 'a.txt': 'a\n', '.gitattributes': '*.txt filter=slow\n' },
    });
    const state = await freeze(repository.path, options);
    const folder = path.join(createTempFolder('frozen').path, 'here');
    // A filter of the user's, as Git LFS is one, that takes for ever.
    const other = createTempFolder('filter').path;
    const [gate, started, config] = ['gate', 'started', 'config'].map((name) => path.join(other, name));
    assert.ok(gate && started && config);
    execFileSync('mkfifo', [gate]);
    const held = openSync(gate, 'r+');
    const smudge = `touch '${started}'; cat '${gate}' 2>/dev/null`;
    writeFileSync(config, `[filter "slow"]\n\tsmudge = "${smudge}"\n`);
    const abort = new AbortController();
    const slow = { env: { ...options.env, GIT_CONFIG_GLOBAL: config }, signal: abort.signal };
    const checkingOut = checkOutFrozen(repository.path, folder, state, slow);
    await waitFor('the filter', () => existsSync(started));
    abort.abort();
    await assert.rejects(checkingOut, CancelledError);
    rmSync(gate);
    closeSync(held);
    assert.ok(!existsSync(folder));
    assert.equal((await repository.git('worktree', 'list')).trim().split('\n').length, 1);
  });

  test('where it cannot be made nothing is left', async () => {
    const repository = await create({ committed: { 'a.txt': 'a\n' } });
    const state = { ...(await freeze(repository.path, options)), tree: '0'.repeat(40) };
    const folder = path.join(createTempFolder('frozen').path, 'here');
    await assert.rejects(checkOutFrozen(repository.path, folder, state, options));
    assert.ok(!existsSync(folder));
    assert.equal((await repository.git('worktree', 'list')).trim().split('\n').length, 1);
  });
});
