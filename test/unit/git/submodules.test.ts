import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { findRepositories, findRepositoryRoot } from '../../../src/git/repository.ts';
import { reviewedFiles } from '../../../src/git/reviewedFiles.ts';
import { changedSubmodules, emptySubmodules } from '../../../src/git/submodules.ts';
import { resolveTarget } from '../../../src/git/targets.ts';
import { addWorktree } from '../../../src/git/worktree.ts';
import { type TestRepository } from '../../support/repository.ts';
import { createTempFolder } from '../../support/temp.ts';
import { options, refused, repositories, resolved } from './fixture.ts';

describe('repositories in and beside a repository', () => {
  const create = repositories();

  /** A repository with another one as its submodule `libs/core`. */
  async function withSubmodule(): Promise<{ outer: TestRepository; inner: string }> {
    const library = await create({ committed: { 'core.ts': '1\n' } });
    const outer = await create({ committed: { 'app.ts': '1\n' } });
    await outer.git(
      ...['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.path, 'libs/core'],
    );
    await outer.commit('Add the library');
    return { outer, inner: path.join(outer.path, 'libs/core') };
  }

  test('a submodule is a repository of its own: from inside, its changes are reviewed', async () => {
    const { outer, inner } = await withSubmodule();
    assert.equal(findRepositoryRoot(inner), inner);
    assert.deepEqual(findRepositories(inner), [inner]);
    assert.equal(findRepositoryRoot(path.dirname(inner)), outer.path);
    writeFileSync(path.join(inner, 'core.ts'), '2\n');
    const { repository, target } = await resolveTarget(inner, { scope: 'auto' }, options);
    assert.equal(repository, inner);
    assert.deepEqual(target, { kind: 'working-tree', files: 1, lines: 2 });
  });

  test('in a new worktree they are empty, and named', async () => {
    const { outer } = await withSubmodule();
    assert.deepEqual(await emptySubmodules(outer.path, options), []);
    const folder = path.join(createTempFolder('linked').path, 'w');
    await addWorktree(outer.path, { folder, commit: 'HEAD' }, options);
    assert.deepEqual(await emptySubmodules(folder, options), ['libs/core']);
  });

  test('from outside, a changed submodule is named, alone and beside other changes', async () => {
    const { outer, inner } = await withSubmodule();
    assert.deepEqual(await changedSubmodules(outer.path, options), []);
    writeFileSync(path.join(inner, 'new.ts'), '1\n');
    assert.deepEqual(await changedSubmodules(outer.path, options), ['libs/core']);
    await refused(
      outer.path,
      { scope: 'working-tree' },
      /no changes\. The submodule libs\/core has changes of its own: review it separately\./,
    );
    outer.write({ 'app.ts': '2\n' });
    const target = await resolved(outer.path, 'working-tree');
    assert.deepEqual(target, { kind: 'working-tree', files: 1, lines: 2 });
    assert.deepEqual((await reviewedFiles(outer.path, target, options)).submodules, ['libs/core']);
  });

  test('a submodule that is at another commit has changes that only its own review sees', async () => {
    const { outer, inner } = await withSubmodule();
    writeFileSync(path.join(inner, 'core.ts'), '2\n');
    await outer.git('-C', inner, 'commit', '--quiet', '--all', '--message=Two');
    const target = await resolved(outer.path, 'working-tree');
    assert.deepEqual((await reviewedFiles(outer.path, target, options)).submodules, ['libs/core']);
  });

  test('no program that a submodule names is run, and what .gitmodules says is not believed', async () => {
    const { outer, inner } = await withSubmodule();
    const proof = path.join(createTempFolder('proof').path, 'ran');
    const script = path.join(inner, 'monitor.sh');
    writeFileSync(script, `#!/bin/sh\ntouch ${proof}\n`, { mode: 0o755 });
    await outer.git('-C', inner, 'config', 'core.fsmonitor', script);
    await outer.git('-C', inner, 'config', 'filter.odd.clean', script);
    writeFileSync(path.join(inner, '.gitattributes'), '* filter=odd\n');
    writeFileSync(path.join(inner, 'core.ts'), '2\n');
    const elsewhere = await create({ committed: { 'x.ts': '1\n' }, uncommitted: { 'x.ts': '2\n' } });
    const odd = ['../', elsewhere.path, '.', 'app.ts', 'gone', '--help'];
    const modules = odd.map((name, i) => `[submodule "${i}"]\n\tpath = ${name}\n`).join('');
    outer.write({ '.gitmodules': `${modules}[submodule "core"]\n\tpath = libs/core\n` });
    assert.deepEqual(await changedSubmodules(outer.path, options), ['libs/core']);
    assert.equal(existsSync(proof), false);
  });

  test('a linked worktree is a repository of its own, with its own changes', async () => {
    const repository = await create({ committed: { 'a.ts': '1\n' } });
    const linked = path.join(createTempFolder('worktrees').path, 'feature');
    await repository.git('worktree', 'add', '--quiet', '-b', 'feature', linked);
    writeFileSync(path.join(linked, 'a.ts'), '2\n3\n');
    assert.deepEqual(findRepositories(path.dirname(linked)), [linked]);
    const { repository: root, target } = await resolveTarget(linked, { scope: 'auto' }, options);
    assert.deepEqual([root, target], [linked, { kind: 'working-tree', files: 1, lines: 3 }]);
    await refused(repository.path, { scope: 'working-tree' }, /no changes/);
    const chosen = await resolved(linked, 'files', { scope: 'files', files: ['a.ts'] });
    assert.equal(chosen.lines, 2);
  });

  test('a repository in a repository: the inner one from inside, the outer one from outside', async () => {
    const outer = await create({ committed: { 'a.ts': '1\n' }, uncommitted: { 'a.ts': '2\n' } });
    const nested = path.join(outer.path, 'nested');
    mkdirSync(path.join(nested, 'src'), { recursive: true });
    await create({ folder: nested, committed: { 'src/x.ts': '1\n' }, uncommitted: { 'src/x.ts': '2\n' } });
    assert.equal(findRepositoryRoot(path.join(nested, 'src')), nested);
    const target = await resolved(outer.path, 'working-tree');
    assert.equal(target.files, 1);
    const { files, nested: inner } = await reviewedFiles(outer.path, target, options);
    assert.deepEqual([files, inner], [['a.ts'], ['nested']]);
    outer.write({ 'a.ts': '1\n' });
    await refused(outer.path, { scope: 'working-tree' }, /nested is a repository of its own: review it/);
  });
});
