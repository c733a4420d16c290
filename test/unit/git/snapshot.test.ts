import assert from 'node:assert/strict';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { UserError } from '../../../src/base/errors.ts';
import { changedBetween, maxSnapshotBytes, snapshotTree } from '../../../src/git/snapshot.ts';
import { type TestRepository, oddFileNames } from '../../support/repository.ts';
import { createTempFolder } from '../../support/temp.ts';
import { options, repositories } from './fixture.ts';

const snapshot = (folder: string) => snapshotTree(folder, options);

/** What git itself would write if everything was added; changes the repository's index. */
async function added(repository: TestRepository): Promise<string> {
  await repository.git('add', '--all');
  return (await repository.git('write-tree')).trim();
}

async function filesOf(repository: TestRepository, tree: string): Promise<string[]> {
  const names = await repository.git('ls-tree', '-r', '-z', '--name-only', tree);
  return names.split('\0').filter((name) => name !== '');
}

/** All that belongs to the user: index, working tree, refs, stash. */
async function stateOf(repository: TestRepository) {
  return {
    index: readFileSync(path.join(repository.path, '.git/index')),
    written: statSync(path.join(repository.path, '.git/index')).mtimeMs,
    status: await repository.git('--no-optional-locks', 'status', '--porcelain=v2', '--branch', '-z'),
    refs: await repository.git('for-each-ref'),
    head: readFileSync(path.join(repository.path, '.git/HEAD'), 'utf8'),
    git: readdirSync(path.join(repository.path, '.git')).filter((name) => name !== 'objects'),
  };
}

describe('a snapshot of the working tree', () => {
  const create = repositories();

  test('holds what git would add, and leaves everything of the user as it was', async () => {
    const odd = Object.fromEntries(oddFileNames.map((name) => [name, 'x\n']));
    const repository = await create({
      committed: { '.gitignore': 'ignored\n', 'a.ts': '1\n', 'gone.ts': '1\n', 'b.ts': '1\n' },
      staged: { 'b.ts': '2\n', 'staged.ts': '1\n' },
      uncommitted: {
        'a.ts': '2\n',
        'gone.ts': null,
        'b.ts': '3\n',
        ignored: 'x\n',
        'deep/new.ts': '1\n',
        ...odd,
      },
    });
    symlinkSync('/etc/passwd', path.join(repository.path, 'link'));
    chmodSync(path.join(repository.path, 'deep/new.ts'), 0o755);
    await repository.git('stash', 'push', '--quiet', '--', 'a.ts');
    repository.write({ 'a.ts': '4\n' });
    const before = await stateOf(repository);
    const tree = await snapshot(repository.path);
    assert.deepEqual(await stateOf(repository), before);
    assert.equal(await snapshot(repository.path), tree);
    assert.equal(tree, await added(repository));
    assert.ok(!(await filesOf(repository, tree)).includes('ignored'));
  });

  test('leaves nothing in the folder for temporary files', async () => {
    const { path: folder } = createTempFolder('tmp');
    const repository = await create({ uncommitted: { 'a.ts': '1\n' } });
    const former = process.env['TMPDIR'];
    process.env['TMPDIR'] = folder;
    try {
      await snapshot(repository.path);
      writeFileSync(path.join(repository.path, '.git/index'), 'damaged');
      await assert.rejects(snapshot(repository.path), UserError);
    } finally {
      if (former === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = former;
    }
    assert.deepEqual(readdirSync(folder), []);
  });

  test('before the first commit, and of nothing at all', async () => {
    const repository = await create();
    assert.equal(await snapshot(repository.path), '4b825dc642cb6eb9a060e54bf8d69288fbee4904');
    repository.write({ 'a.ts': '1\n' });
    assert.deepEqual(await filesOf(repository, await snapshot(repository.path)), ['a.ts']);
  });

  test('a change that has the size and the times of what it changed', async () => {
    const repository = await create({ committed: { 'a.ts': '1\n' } });
    await repository.git('config', 'core.trustCtime', 'false');
    await repository.git('config', 'core.checkStat', 'minimal');
    const file = path.join(repository.path, 'a.ts');
    const second = Math.floor(Date.now() / 1000) - 5;
    utimesSync(file, second, second);
    await repository.git('update-index', '--refresh');
    repository.write({ 'a.ts': '2\n' });
    utimesSync(file, second, second);
    utimesSync(path.join(repository.path, '.git/index'), second, second);
    const tree = await snapshot(repository.path);
    assert.equal(await repository.git('cat-file', 'blob', `${tree}:a.ts`), '2\n');
  });

  test('files that became folders, and folders that became files', async () => {
    const repository = await create({
      committed: { file: '1\n', 'folder/a.ts': '1\n', 'folder/b.ts': '1\n' },
    });
    rmSync(path.join(repository.path, 'file'));
    rmSync(path.join(repository.path, 'folder'), { recursive: true });
    repository.write({ 'file/a.ts': '1\n', folder: '1\n' });
    assert.equal(await snapshot(repository.path), await added(repository));
  });

  test('while somebody else holds the lock of the index', async () => {
    const repository = await create({ committed: { 'a.ts': '1\n' }, uncommitted: { 'a.ts': '2\n' } });
    const lock = path.join(repository.path, '.git/index.lock');
    closeSync(openSync(lock, 'wx'));
    const tree = await snapshot(repository.path);
    assert.ok(statSync(lock).isFile());
    rmSync(lock);
    assert.equal(tree, await added(repository));
  });

  test('in the middle of a rebase with conflicts', async () => {
    const repository = await create({
      committed: { 'a.ts': 'base\n', 'b.ts': 'base\n' },
      branch: { name: 'feature', committed: { 'a.ts': 'theirs\n', 'b.ts': null } },
    });
    await repository.git('switch', '--quiet', 'main');
    await repository.commit('Ours', { 'a.ts': 'ours\n', 'b.ts': 'ours\n' });
    await repository.git('rebase', 'feature').catch(() => undefined);
    rmSync(path.join(repository.path, 'b.ts'), { force: true });
    const before = await stateOf(repository);
    assert.match(before.status, /\0u UU /);
    const tree = await snapshot(repository.path);
    assert.deepEqual(await stateOf(repository), before);
    assert.match(await repository.git('cat-file', 'blob', `${tree}:a.ts`), /^<<<<<<< /);
    assert.deepEqual(await filesOf(repository, tree), ['a.ts']);
  });

  test('in a linked worktree', async () => {
    const repository = await create({ committed: { 'a.ts': '1\n' } });
    const { path: folder } = createTempFolder('worktree');
    await repository.git('worktree', 'add', '--quiet', '--detach', folder);
    writeFileSync(path.join(folder, 'b.ts'), '1\n');
    const tree = await snapshot(folder);
    assert.deepEqual(await filesOf(repository, tree), ['a.ts', 'b.ts']);
    await repository.git('-C', folder, 'add', '--all');
    assert.equal(tree, (await repository.git('-C', folder, 'write-tree')).trim());
  });

  test('in a submodule, and around one: its commit counts, not what is changed in it', async () => {
    const inner = await create({ committed: { 'a.ts': '1\n' } });
    const repository = await create({ committed: { 'b.ts': '1\n' } });
    await repository.git(
      '-c',
      'protocol.file.allow=always',
      'submodule',
      '--quiet',
      'add',
      inner.path,
      'sub',
    );
    await repository.commit('Add it');
    const sub = path.join(repository.path, 'sub');
    const before = await snapshot(repository.path);
    writeFileSync(path.join(sub, 'a.ts'), '2\n');
    writeFileSync(path.join(sub, 'c.ts'), '1\n');
    assert.deepEqual(await filesOf(inner, 'HEAD'), ['a.ts']);
    const within = await snapshot(sub);
    assert.equal(await repository.git('-C', sub, 'cat-file', 'blob', `${within}:a.ts`), '2\n');
    assert.equal(await snapshot(repository.path), before);
    await repository.git('-C', sub, 'commit', '--quiet', '--all', '--message=Change');
    const turn = await changedBetween(repository.path, before, await snapshot(repository.path), options);
    assert.deepEqual([turn?.files, turn?.lines], [1, 2]);
  });

  test('with a split index, and with one that is still to be split', async () => {
    const repository = await create({
      committed: { 'a.ts': '1\n', 'b.ts': '1\n' },
      uncommitted: { 'a.ts': '2\n' },
    });
    await repository.git('config', 'core.splitIndex', 'true');
    const before = await stateOf(repository);
    await snapshot(repository.path);
    assert.deepEqual(await stateOf(repository), before);
    await repository.stage({ 'c.ts': '1\n' });
    const split = await stateOf(repository);
    assert.ok(split.git.some((name) => name.startsWith('sharedindex.')));
    const tree = await snapshot(repository.path);
    assert.deepEqual(await stateOf(repository), split);
    assert.equal(tree, await added(repository));
  });

  test('without large files, repositories, and secrets that are in no commit', async () => {
    const repository = await create({
      committed: { '.env.test': 'old\n', 'a.ts': '1\n' },
      uncommitted: {
        '.env': 'PASSWORD=1\n',
        '.env.test': 'new\n',
        'notes.txt': '-----BEGIN PRIVATE KEY-----\n',
        'large.bin': new Uint8Array(maxSnapshotBytes + 1),
        'just.bin': new Uint8Array(maxSnapshotBytes),
      },
    });
    await repository.git('init', '--quiet', 'nested');
    repository.write({ 'nested/b.ts': '1\n' });
    const tree = await snapshot(repository.path);
    assert.deepEqual(await filesOf(repository, tree), ['.env.test', 'a.ts', 'just.bin']);
    assert.equal(await repository.git('cat-file', 'blob', `${tree}:.env.test`), 'old\n');
  });

  test(
    'without files that cannot be read',
    { skip: process.getuid?.() === 0 && 'root can read everything' },
    async () => {
      const repository = await create({
        committed: { 'a.ts': '1\n' },
        uncommitted: { 'a.ts': '2\n', 'b.ts': '1\n' },
      });
      for (const name of ['a.ts', 'b.ts']) chmodSync(path.join(repository.path, name), 0);
      const tree = await snapshot(repository.path);
      assert.equal(await repository.git('cat-file', 'blob', `${tree}:a.ts`), '1\n');
      assert.deepEqual(await filesOf(repository, tree), ['a.ts']);
    },
  );

  test('whatever line ends the user wants to be safe from', async () => {
    const repository = await create({ committed: { 'a.ts': '1\n' }, uncommitted: { 'a.ts': '2\n' } });
    await repository.git('config', 'core.autocrlf', 'true');
    await repository.git('config', 'core.safecrlf', 'true');
    const tree = await snapshot(repository.path);
    assert.equal(await repository.git('cat-file', 'blob', `${tree}:a.ts`), '2\n');
  });

  test('in a partial clone, without fetching what was never needed', async () => {
    const origin = await create({ committed: { 'src/a.ts': '1\n', 'other/b.ts': '1\n' } });
    await origin.git('config', 'uploadpack.allowFilter', 'true');
    await origin.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    const { path: folder } = createTempFolder('partial');
    await origin.git(
      'clone',
      '--quiet',
      '--filter=blob:none',
      '--no-checkout',
      `file://${origin.path}`,
      folder,
    );
    await origin.git('-C', folder, 'sparse-checkout', 'set', 'src');
    await origin.git('-C', folder, 'checkout', '--quiet', 'main');
    await origin.git('-C', folder, 'remote', 'set-url', 'origin', 'file:///nowhere');
    writeFileSync(path.join(folder, 'src/a.ts'), '2\n');
    const tree = await snapshot(folder);
    const names = await origin.git('-C', folder, 'ls-tree', '-r', '--name-only', tree);
    assert.equal(names, 'other/b.ts\nsrc/a.ts\n');
    assert.equal(await origin.git('-C', folder, 'cat-file', 'blob', `${tree}:src/a.ts`), '2\n');
  });

  test('a folder that nobody ignored is refused', async () => {
    const repository = await create({ committed: { 'a.ts': '1\n' } });
    const folder = path.join(repository.path, 'generated');
    mkdirSync(folder);
    for (let i = 0; i <= 20_000; i += 1) closeSync(openSync(path.join(folder, `${i}`), 'w'));
    await assert.rejects(snapshot(repository.path), /20001 untracked files, too many/);
  });
});

describe('what changed between two snapshots', () => {
  const create = repositories();

  test('is a target; nothing is nothing', async () => {
    const repository = await create({
      committed: { 'a.ts': '1\n' },
      uncommitted: { 'before.ts': '1\n2\n3\n' },
    });
    const from = await snapshot(repository.path);
    assert.equal(await changedBetween(repository.path, from, await snapshot(repository.path), options), null);
    repository.write({ 'a.ts': '2\n', 'new.ts': 'x\ny\n' });
    renameSync(path.join(repository.path, 'before.ts'), path.join(repository.path, 'after.ts'));
    await repository.commit('Claude may commit', { 'a.ts': '3\n' });
    const to = await snapshot(repository.path);
    assert.deepEqual(await changedBetween(repository.path, from, to, options), {
      kind: 'turn',
      from,
      to,
      files: 3,
      lines: 4,
    });
  });

  test('a snapshot that is gone', async () => {
    const repository = await create({ committed: { 'a.ts': '1\n' } });
    const tree = await snapshot(repository.path);
    await assert.rejects(changedBetween(repository.path, '1'.repeat(40), tree, options), UserError);
  });
});
