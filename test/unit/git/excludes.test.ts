import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultExclude } from '../../../src/app/settings.ts';
import { UsageError } from '../../../src/base/errors.ts';
import { describeChange } from '../../../src/git/change.ts';
import { excludedFiles, keptPathspecs, namesText } from '../../../src/git/excludes.ts';
import { changedHunks } from '../../../src/git/hunks.ts';
import { reviewedFiles } from '../../../src/git/reviewedFiles.ts';
import { changedBetween, snapshotTree } from '../../../src/git/snapshot.ts';
import { resolveTarget } from '../../../src/git/targets.ts';
import type { TargetRequest } from '../../../src/protocol/target.ts';
import { options, repositories } from './fixture.ts';

const own = { ...options, exclude: defaultExclude };

describe('files that reviews leave out', () => {
  const create = repositories();
  const resolve = async (folder: string, request: TargetRequest = { scope: 'auto' }) =>
    (await resolveTarget(folder, request, own)).target;
  const refused = (folder: string, message: RegExp, request?: TargetRequest) =>
    assert.rejects(resolve(folder, request), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });

  test('are not counted, not handed over, and named: tracked, untracked and staged ones', async () => {
    const repository = await create({
      committed: { 'a.ts': '1\n', 'package-lock.json': '1\n' },
      staged: { 'web/yarn.lock': '1\n2\n3\n' },
      uncommitted: { 'a.ts': '2\n', 'package-lock.json': '2\n', 'b.min.js': 'x\n', 'c.ts': 'y\n' },
    });
    const target = await resolve(repository.path);
    assert.deepEqual(target, { kind: 'working-tree', files: 2, lines: 3 });
    const change = await describeChange(repository.path, { kind: 'working-tree', files: 2, lines: 3 }, own);
    assert.deepEqual(
      change.files.map(({ path }) => path),
      ['a.ts', 'c.ts'],
    );
    assert.doesNotMatch(change.diff ?? '', /lock|min\.js/);
    const hunks = await changedHunks(repository.path, { kind: 'working-tree', files: 2, lines: 3 }, own);
    assert.deepEqual(
      hunks?.map(({ file }) => file),
      ['a.ts', 'c.ts'],
    );
    assert.deepEqual(change.leftOut, []);
    assert.deepEqual(await reviewedFiles(repository.path, target, own), {
      files: ['a.ts', 'c.ts'],
      excluded: ['package-lock.json', 'web/yarn.lock', 'b.min.js'],
      submodules: [],
      nested: [],
    });
    assert.equal(namesText(['package-lock.json', 'x', 'y']), 'package-lock.json and 2 more');
    await refused(repository.path, /but files that `tandem.review.exclude` leaves out: web\/yarn\.lock\.$/, {
      scope: 'staged',
    });
  });

  test('alone are nothing to review, in any scope', async () => {
    const repository = await create({
      committed: { 'yarn.lock': '1\n' },
      uncommitted: { 'yarn.lock': '2\n' },
    });
    await refused(repository.path, /Nothing to review but files that .* leaves out: yarn\.lock\.$/);
    await refused(repository.path, /yarn\.lock/, { scope: 'working-tree' });
    await repository.branch('feature');
    await repository.commit('Lock', { 'yarn.lock': '3\n' });
    await refused(repository.path, /yarn\.lock/, { scope: 'branch', base: 'main' });
    await refused(repository.path, /yarn\.lock/, { scope: 'commit', commit: 'HEAD' });
    await refused(repository.path, /yarn\.lock/, { scope: 'range', range: 'main..HEAD' });
    await refused(repository.path, /yarn\.lock/);
  });

  test('in the working tree do not stand in the way of the branch', async () => {
    const repository = await create({
      committed: { 'a.ts': '1\n' },
      branch: { name: 'feature', committed: { 'a.ts': '2\n' } },
      uncommitted: { 'yarn.lock': '1\n' },
    });
    assert.equal((await resolve(repository.path)).kind, 'branch');
  });

  test('that become another file, or come from one, leave that in', async () => {
    const text = Array.from({ length: 30 }, (_, i) => `line ${i}\n`).join('');
    const repository = await create({ committed: { 'a.js': text, 'vendor/b.js': `${text}b\n` } });
    await repository.git('mv', 'a.js', 'a.min.js');
    await repository.git('mv', 'vendor/b.js', 'b.js');
    const target = await resolve(repository.path);
    const { files, excluded } = await reviewedFiles(repository.path, target, own);
    assert.deepEqual(
      [files.sort(), excluded.sort()],
      [
        ['a.js', 'b.js'],
        ['a.min.js', 'vendor/b.js'],
      ],
    );
  });

  test('are no change of a turn', async () => {
    const repository = await create({ committed: { 'a.ts': '1\n' } });
    const before = await snapshotTree(repository.path, own);
    repository.write({ 'yarn.lock': '1\n' });
    const lock = await snapshotTree(repository.path, own);
    assert.equal(await changedBetween(repository.path, before, lock, own), null);
    repository.write({ 'a.ts': '2\n' });
    const both = await snapshotTree(repository.path, own);
    const target = await changedBetween(repository.path, before, both, own);
    assert.ok(target);
    assert.deepEqual([target.files, target.lines], [1, 2]);
    assert.deepEqual(await excludedFiles(repository.path, target, own), ['yarn.lock']);
  });

  test('are those of the globs: the defaults catch what programs write, and no code', async () => {
    const generated = [
      'Cargo.lock',
      'app/pnpm-lock.yaml',
      'dist/app.min.css',
      'src/api.gen.ts',
      'src/__snapshots__/a.test.ts.snap',
      'vendor/lib/deep/a.go',
      'deps/third_party/x/y.c',
    ];
    const code = ['src/lock.ts', 'src/vendor/invoice.ts', 'src/generator.ts', 'map.ts', 'src/min.js'];
    const all = Object.fromEntries([...generated, ...code].map((name) => [name, '1\n']));
    const repository = await create({ uncommitted: all });
    const { files, excluded } = await reviewedFiles(repository.path, await resolve(repository.path), own);
    assert.deepEqual(files.sort(), [...code].sort());
    assert.deepEqual(excluded.sort(), [...generated].sort());
  });

  test('a glob that leads out of the repository is said to; blank ones and a leading slash are harmless', async () => {
    const repository = await create({ uncommitted: { 'a.ts': '1\n', 'b.ts': '1\n' } });
    const exclude = ['', ' ', '/b.ts', './c.ts'];
    assert.deepEqual(keptPathspecs({ exclude }), ['.', ':(exclude,glob)b.ts', ':(exclude,glob)c.ts']);
    assert.deepEqual(keptPathspecs({ exclude: [' '] }), []);
    const { target } = await resolveTarget(repository.path, { scope: 'auto' }, { ...options, exclude });
    assert.deepEqual(target, { kind: 'working-tree', files: 1, lines: 1 });
    await assert.rejects(
      resolveTarget(repository.path, { scope: 'auto' }, { ...options, exclude: ['../x'] }),
      /“\.\.\/x” in `tandem\.review\.exclude` leads out/,
    );
    assert.throws(() => keptPathspecs({ exclude: ['**/*.{js,css}'] }), /has braces/);
  });
});
