import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { findRepositories } from '../../../src/git/repository.ts';
import { createTempFolder } from '../../support/temp.ts';

test('the repository around a folder, else those in it, not any deeper; an empty .git is none', () => {
  const folder = createTempFolder('repositories').path;
  for (const name of ['a/.git', 'a/src', 'deep/b/.git', 'plain/.git'])
    mkdirSync(path.join(folder, name), { recursive: true });
  for (const name of ['a', 'deep/b'])
    writeFileSync(path.join(folder, name, '.git/HEAD'), 'ref: refs/heads/main\n');
  // A worktree or submodule has a file.
  mkdirSync(path.join(folder, 'c'));
  writeFileSync(path.join(folder, 'c/.git'), 'gitdir: elsewhere\n');
  symlinkSync(path.join(folder, 'deep/b'), path.join(folder, 'link'));
  const found = (name: string) =>
    findRepositories(path.join(folder, name)).map((root) => path.relative(folder, root));
  assert.deepEqual(found('a/src'), ['a']);
  assert.deepEqual(found('c'), ['c']);
  assert.deepEqual(found('').sort(), ['a', 'c', 'deep/b']);
  assert.deepEqual(found('plain'), []);
  assert.deepEqual(found('gone'), []);
});
