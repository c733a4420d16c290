import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { snapshotTree } from '../../../src/git/snapshot.ts';
import { versionOf, versionText } from '../../../src/git/versionText.ts';
import type { Target } from '../../../src/protocol/target.ts';
import { options, repositories, resolved } from './fixture.ts';

describe('the text of a file in the version that is reviewed', () => {
  const repository = repositories();
  const reader = (folder: string, target: Target) => {
    const version = versionOf(target);
    assert.ok(version);
    return versionText(folder, version, options);
  };

  test('is that of the commit, of the end of the range, and of the index', async () => {
    const made = await repository({ committed: { 'a "b".ts': 'first\n' } });
    await made.commit('second', { 'a "b".ts': 'second\n' });
    await made.commit('third', { 'a "b".ts': 'third\n' });
    made.write({ 'a "b".ts': 'staged\n' });
    await made.git('add', '--all');
    made.write({ 'a "b".ts': 'on the disk\n' });
    const commit = await resolved(made.path, 'commit', { scope: 'commit', commit: 'HEAD~1' });
    const range = await resolved(made.path, 'range', { scope: 'range', range: 'HEAD~2..HEAD' });
    const staged = await resolved(made.path, 'staged', { scope: 'staged' });
    const texts = [];
    for (const target of [commit, range, staged]) texts.push(await reader(made.path, target)('a "b".ts'));
    assert.deepEqual(texts, [{ text: 'second\n' }, { text: 'third\n' }, { text: 'staged\n' }]);
    assert.equal(await reader(made.path, commit)('never.ts'), null);
    assert.equal(await reader(made.path, commit)('--help'), null);
  });

  test('is that of the disk for whatever the working tree is part of', async () => {
    const made = await repository({ committed: { 'a.ts': 'a\n' }, uncommitted: { 'a.ts': 'b\n' } });
    assert.equal(versionOf(await resolved(made.path, 'working-tree')), null);
    const files = await resolved(made.path, 'files', { scope: 'files', files: ['a.ts'] });
    assert.equal(versionOf(files), null);
  });
  test('of a snapshot is that of the disk where git keeps another text for it', async () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n';
    const made = await repository({ committed: { 'a.ts': 'a\n', 'b.bin': pointer, 'c.ts': 'c\n' } });
    made.write({ 'c.ts': 'before\n', '.env': 'A=1\n' });
    const read = versionText(
      made.path,
      { name: await snapshotTree(made.path, options), isSnapshot: true },
      options,
    );
    made.write({ 'b.bin': 'the text\n', 'c.ts': 'after\n' });
    const texts = [];
    for (const name of ['a.ts', 'b.bin', 'c.ts', '.env']) texts.push(await read(name));
    assert.deepEqual(texts, [null, null, { text: 'before\n' }, null]);
  });
});
