import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { addWorktree, headCommit, removeWorktree } from '../../../src/git/worktree.ts';
import type { TestRepository } from '../../support/repository.ts';
import { createTempFolder } from '../../support/temp.ts';
import { options, repositories } from './fixture.ts';

describe('a worktree of ours', () => {
  const create = repositories();
  const newFolder = () => path.join(createTempFolder('worktree').path, 'here');

  async function add(repository: TestRepository, folder: string): Promise<void> {
    const commit = (await headCommit(repository.path, options)) ?? '';
    await addWorktree(repository.path, { folder, commit }, options);
  }

  async function listed(repository: TestRepository): Promise<string[]> {
    const list = await repository.git('worktree', 'list', '--porcelain');
    return [...list.matchAll(/^worktree (.*)$/gm)].map(([, folder = '']) => folder).slice(1);
  }

  test('has the files of its commit, and no change', async () => {
    const repository = await create({ committed: { 'a.txt': 'a\n', 'b/c.txt': 'c\n' } });
    const folder = newFolder();
    await add(repository, folder);
    assert.equal(readFileSync(path.join(folder, 'b', 'c.txt'), 'utf8'), 'c\n');
    assert.equal(await repository.git('-C', folder, 'status', '--porcelain'), '');
    await removeWorktree(repository.path, folder, options);
    assert.deepEqual(await listed(repository), []);
  });

  test('that git was killed over is removed, with its folder or without', async () => {
    const repository = await create({ committed: { 'a.txt': 'a\n' } });
    for (const isGone of [false, true]) {
      const folder = newFolder();
      await add(repository, folder);
      await repository.git('worktree', 'lock', '--reason', 'initializing', folder);
      if (isGone) rmSync(folder, { recursive: true });
      else rmSync(path.join(folder, '.git'));
      await removeWorktree(repository.path, folder, options);
      assert.ok(!existsSync(folder));
      assert.deepEqual(await listed(repository), []);
      await add(repository, folder);
      await removeWorktree(repository.path, folder, options);
    }
  });

  test('goes without the user’s own, on a drive that is not there today', async () => {
    const repository = await create({ committed: { 'a.txt': 'a\n' } });
    const [drive, folder] = [newFolder(), newFolder()];
    await repository.git('worktree', 'add', '--quiet', '--detach', drive);
    renameSync(drive, `${drive}-away`);
    await add(repository, folder);
    rmSync(folder, { recursive: true });
    await removeWorktree(repository.path, folder, options);
    const failing = { folder, commit: '0'.repeat(40) };
    await assert.rejects(addWorktree(repository.path, failing, options));
    assert.deepEqual(await listed(repository), [drive]);
  });

  test('is never made where something is already', async () => {
    const repository = await create({ committed: { 'a.txt': 'a\n' } });
    const folder = newFolder();
    await add(repository, folder);
    writeFileSync(path.join(folder, 'result.txt'), 'precious\n');
    await assert.rejects(add(repository, folder), /is there already/);
    assert.equal(readFileSync(path.join(folder, 'result.txt'), 'utf8'), 'precious\n');
  });
});
