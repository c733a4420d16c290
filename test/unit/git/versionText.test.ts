import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { versionText } from '../../../src/git/versionText.ts';
import { options, repositories, resolved } from './fixture.ts';

describe('the text of a file in the version that is reviewed', () => {
  const repository = repositories();

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
    for (const target of [commit, range, staged])
      texts.push(await versionText(made.path, target, options)?.('a "b".ts'));
    assert.deepEqual(texts, [{ text: 'second\n' }, { text: 'third\n' }, { text: 'staged\n' }]);
    assert.equal(await versionText(made.path, commit, options)?.('never.ts'), null);
    assert.equal(await versionText(made.path, commit, options)?.('--help'), null);
  });

  test('is that of the disk for whatever the working tree is part of', async () => {
    const made = await repository({ committed: { 'a.ts': 'a\n' }, uncommitted: { 'a.ts': 'b\n' } });
    assert.equal(versionText(made.path, await resolved(made.path, 'working-tree'), options), null);
    const files = await resolved(made.path, 'files', { scope: 'files', files: ['a.ts'] });
    assert.equal(versionText(made.path, files, options), null);
  });
});
