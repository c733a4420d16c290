import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { listBranches } from '../../../src/git/baseBranch.ts';
import { resolveTarget } from '../../../src/git/targets.ts';
import type { TargetRequest } from '../../../src/protocol/target.ts';
import { oddFileNames } from '../../support/repository.ts';
import { createTempFolder } from '../../support/temp.ts';
import { options, refused as refusedTarget, repositories } from './fixture.ts';

describe('targets', () => {
  const create = repositories();
  const resolve = (folder: string, request: TargetRequest = { scope: 'auto' }, baseBranch = '') =>
    resolveTarget(folder, request, { ...options, baseBranch });
  const refused = (folder: string, message: RegExp, request: TargetRequest = { scope: 'auto' }) =>
    refusedTarget(folder, request, message);
  const file = { 'a.ts': '1\n' };

  test('auto: the working tree if it is dirty, with odd names counted once each', async () => {
    const odd = Object.fromEntries(oddFileNames.map((name) => [name, 'x\n']));
    const repository = await create({
      committed: file,
      staged: { 'b.ts': '1\n' },
      uncommitted: { 'a.ts': '2\n', ...odd },
    });
    assert.deepEqual((await resolve(repository.path)).target, {
      kind: 'working-tree',
      files: 2 + oddFileNames.length,
      lines: 3 + oddFileNames.length,
    });
  });

  test('from a folder inside the repository', async () => {
    const repository = await create({
      committed: { 'deep/er/a.ts': '1\n' },
      uncommitted: { 'deep/er/a.ts': '2\n' },
    });
    const resolved = await resolve(path.join(repository.path, 'deep', 'er'));
    assert.equal(resolved.repository, repository.path);
  });

  test('auto: the branch against the detected base if the tree is clean', async () => {
    const repository = await create({
      committed: file,
      branch: { name: 'feature', committed: { 'a.ts': '2\n', 'b.ts': '' } },
    });
    const { target } = await resolve(repository.path);
    const base = (await repository.git('rev-parse', 'main')).trim();
    assert.deepEqual(target, {
      kind: 'branch',
      base: 'main',
      mergeBase: base,
      branch: 'feature',
      files: 2,
      lines: 2,
    });
  });

  test('the remote’s default branch goes before the usual names, the setting before both', async () => {
    const repository = await create({
      committed: file,
      branch: { name: 'feature', committed: { 'a.ts': '2\n' } },
    });
    await repository.git('update-ref', 'refs/remotes/origin/trunk', 'main');
    await repository.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk');
    const { target } = await resolve(repository.path);
    assert.equal(target.kind === 'branch' && target.base, 'origin/trunk');
    const chosen = await resolve(repository.path, { scope: 'branch' }, 'main');
    assert.equal(chosen.target.kind === 'branch' && chosen.target.base, 'main');
  });

  test('a detached HEAD has no branch name, and is reviewed all the same', async () => {
    const repository = await create({
      committed: file,
      branch: { name: 'feature', committed: { 'a.ts': '2\n' } },
    });
    await repository.git('checkout', '--quiet', '--detach');
    const { target } = await resolve(repository.path);
    assert.equal(target.kind === 'branch' && target.branch, null);
  });

  test('a repository without a commit: new files are reviewed, a branch is not there', async () => {
    const repository = await create({ uncommitted: file });
    assert.deepEqual((await resolve(repository.path)).target, {
      kind: 'working-tree',
      files: 1,
      lines: 1,
    });
    await refused(repository.path, /no branch, tag or commit “main”|No base branch/, { scope: 'branch' });
  });

  test('not a repository, or one that git cannot use', async () => {
    await refused(createTempFolder().path, /not inside a git repository/);
    const broken = createTempFolder().path;
    mkdirSync(path.join(broken, '.git'));
    writeFileSync(path.join(broken, '.git/HEAD'), 'ref: refs/heads/main\n');
    await refused(broken, /git cannot use the repository/);
  });

  test('unknown base; names that look like options', async () => {
    const repository = await create({ committed: file });
    await refused(repository.path, /no branch, tag or commit “nope”/, { scope: 'branch', base: 'nope' });
    await refused(repository.path, /no branch, tag or commit “--all”/, { scope: 'branch', base: '--all' });
    await refused(repository.path, /no branch, tag or commit “main; touch x”/, {
      scope: 'branch',
      base: 'main; touch x',
    });
  });

  test('nothing to review: clean tree on the only branch; clean tree asked for; no change against the base', async () => {
    const repository = await create({ committed: file });
    await refused(repository.path, /Nothing to review: the working tree is clean, and no base branch/);
    await refused(repository.path, /Nothing to review: the working tree has no changes/, {
      scope: 'working-tree',
    });
    await repository.branch('same');
    await refused(
      repository.path,
      /Nothing to review: the working tree is clean and there is no change against main/,
    );
  });

  test('histories that share nothing', async () => {
    const repository = await create({ committed: file });
    await repository.git('checkout', '--quiet', '--orphan', 'other');
    await repository.commit('Other root', { 'c.ts': '1\n' });
    await refused(repository.path, /no commit in common/, { scope: 'branch', base: 'main' });
  });

  test('branches to choose from: without the current one and symbolic names', async () => {
    const repository = await create({
      committed: file,
      branch: { name: 'feature/x', committed: { 'b.ts': '' } },
    });
    await repository.git('update-ref', 'refs/remotes/origin/main', 'main');
    await repository.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
    const branches = await listBranches(repository.path, options);
    assert.deepEqual(branches.sort(), ['main', 'origin/main']);
  });
});
