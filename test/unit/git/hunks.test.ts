import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { ChangeTarget } from '../../../src/git/comparison.ts';
import type { ChangedHunk } from '../../../src/protocol/evidence.ts';
import { changedHunks } from '../../../src/git/hunks.ts';
import { readPatch } from '../../../src/git/patch.ts';
import { oddFileNames } from '../../support/repository.ts';
import { options, repositories, resolved } from './fixture.ts';

const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);
const text = (...parts: string[][]) => `${parts.flat().join('\n')}\n`;
const place = ({ file, startLine, endLine }: ChangedHunk) => `${file}:${startLine}-${endLine}`;

describe('hunks of a change', () => {
  const repository = repositories();
  const hunksOf = async (folder: string, kind: ChangeTarget['kind'], request = {}) => {
    const target = await resolved(folder, kind, { scope: 'auto', ...request });
    const hunks = await changedHunks(folder, target, options);
    assert.ok(hunks);
    return hunks;
  };

  test('places are those of the lines that changed, after the change; near ones belong together', async () => {
    const { path: folder } = await repository({
      committed: { 'a.ts': text(lines(1, 60)) },
      uncommitted: {
        // 5 changed, 8 new after 7; 30 to 32 deleted; the first line deleted; new at the end.
        'a.ts': text(lines(2, 4), ['five'], lines(6, 7), ['new'], lines(8, 29), lines(33, 60), ['last']),
      },
    });
    const hunks = await hunksOf(folder, 'working-tree');
    assert.deepEqual(hunks.map(place), ['a.ts:4-7', 'a.ts:29-29', 'a.ts:58-58']);
    assert.deepEqual(hunks[0]?.added, ['five', 'new']);
    assert.deepEqual(hunks[0].deleted, ['line 1', 'line 5']);
    assert.deepEqual(hunks[1], {
      file: 'a.ts',
      startLine: 29,
      endLine: 29,
      added: [],
      deleted: lines(30, 32),
    });
  });

  test('new, deleted, renamed, binary, untracked and emptied files', async () => {
    const made = await repository({
      committed: {
        'gone.ts': text(lines(1, 3)),
        'old name.ts': text(lines(1, 20)),
        'image.bin': new Uint8Array([0, 1, 2]),
        'emptied.ts': 'x\n',
      },
      staged: { 'staged.ts': 'one\ntwo' },
      uncommitted: {
        'gone.ts': null,
        'image.bin': new Uint8Array([0, 1, 3]),
        'emptied.ts': '',
        'untracked.ts': 'a\nb\nc\n',
        'nothing.ts': '',
        '.env': 'TOKEN=1\n',
      },
    });
    await made.git('mv', 'old name.ts', 'new name.ts');
    const hunks = await hunksOf(made.path, 'working-tree');
    assert.deepEqual(hunks.map(place).sort(), [
      'emptied.ts:1-1',
      'gone.ts:1-1',
      'staged.ts:1-2',
      'untracked.ts:1-3',
    ]);
    const renamed = text(lines(1, 19), ['changed']);
    const other = await repository({ committed: { 'old name.ts': text(lines(1, 20)) } });
    await other.git('mv', 'old name.ts', 'new name.ts');
    await other.stage({ 'new name.ts': renamed });
    assert.deepEqual((await hunksOf(other.path, 'staged', { scope: 'staged' })).map(place), [
      'new name.ts:20-20',
    ]);
  });

  test('odd names, and lines that look like headers', async () => {
    const files = Object.fromEntries(oddFileNames.map((name) => [name, 'a\n']));
    const { path: folder } = await repository({
      committed: { ...files, 'trap.txt': '-- a/x\n' },
      uncommitted: {
        ...Object.fromEntries(oddFileNames.map((name) => [name, 'b\n'])),
        'trap.txt': '++ b/evil.ts\n@@ -1 +1 @@\n',
      },
    });
    const hunks = await hunksOf(folder, 'working-tree');
    assert.deepEqual(hunks.map(({ file }) => file).sort(), [...oddFileNames, 'trap.txt'].sort());
    assert.deepEqual(hunks.find(({ file }) => file === 'trap.txt')?.added, ['++ b/evil.ts', '@@ -1 +1 @@']);
  });

  test('branch, commit and range; a merge is compared with its first parent', async () => {
    const made = await repository({ committed: { 'a.ts': text(lines(1, 9)) } });
    await made.branch('feature');
    const sha = await made.commit('One', { 'a.ts': text(lines(1, 8), ['nine']) });
    await made.commit('Two', { 'b.ts': 'b\n' });
    const branch = { scope: 'branch', base: 'main' };
    assert.deepEqual((await hunksOf(made.path, 'branch', branch)).map(place), ['a.ts:9-9', 'b.ts:1-1']);
    assert.deepEqual((await hunksOf(made.path, 'commit', { commit: sha })).map(place), ['a.ts:9-9']);
    assert.deepEqual((await hunksOf(made.path, 'range', { range: 'HEAD~1..HEAD' })).map(place), ['b.ts:1-1']);
    await made.git('switch', '--quiet', 'main');
    await made.git('merge', '--quiet', '--no-ff', '--message', 'Merge', 'feature');
    const merge = await hunksOf(made.path, 'commit', { commit: 'HEAD' });
    assert.deepEqual(merge.map(place), ['a.ts:9-9', 'b.ts:1-1']);
  });

  test('a change that is too large has no hunks that could be relied on', async () => {
    const { path: folder } = await repository({
      committed: { 'a.txt': '' },
      uncommitted: { 'a.txt': 'x\n'.repeat(3_000_000) },
    });
    const target = await resolved(folder, 'working-tree');
    assert.equal(await changedHunks(folder, target, options), null);
  });

  test('no program that the repository names is run', async () => {
    const made = await repository({
      committed: { 'a.ts': 'a\n', '.gitattributes': '*.ts diff=own filter=own\n' },
    });
    const program = path.join(made.path, 'program.sh');
    made.write({ 'program.sh': '#!/bin/sh\necho "$0" > "$(dirname "$0")/ran"\ncat\n', 'a.ts': 'b\n' });
    chmodSync(program, 0o755);
    for (const key of ['diff.own.command', 'diff.own.textconv', 'filter.own.clean', 'core.fsmonitor'])
      await made.git('config', key, program);
    const hunks = await hunksOf(made.path, 'working-tree');
    assert.deepEqual(hunks.map(({ file }) => file).sort(), ['a.ts', 'program.sh']);
  });
});

test('a patch that is cut off, or no patch, is read as far as it goes', () => {
  const patch = '--- a/a.ts\n+++ b/a.ts\n@@ -1,2 +1,2 @@\n-old\n+new\n same\n@@ -9 +9 @@\n-x\n+y\n';
  for (let end = 0; end <= patch.length; end += 1) {
    const hunks = readPatch(patch.slice(0, end));
    assert.ok(hunks.length <= 2);
    for (const { file } of hunks) assert.equal(file, 'a.ts');
  }
  assert.deepEqual(readPatch('@@ nonsense @@\n+++\n--- '), []);
});
