import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { type Change, describeChange, maxDiffBytes, maxDiffFiles } from '../../../src/git/change.ts';
import { maxUntrackedBytes } from '../../../src/git/untracked.ts';
import type { TargetRequest } from '../../../src/protocol/target.ts';
import { type TestRepository, oddFileNames } from '../../support/repository.ts';
import { createTempFolder } from '../../support/temp.ts';
import { options, repositories, resolved } from './fixture.ts';

const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n';
const token = `const token = 'ghp_${'a1B2'.repeat(9)}';\n`;

async function describeIn(
  { path: folder }: TestRepository,
  request: TargetRequest & {
    scope: Exclude<TargetRequest['scope'], 'auto' | 'files' | 'selection' | 'plan'>;
  } = {
    scope: 'working-tree',
  },
): Promise<Change> {
  return describeChange(folder, await resolved(folder, request.scope, request), options);
}

/** The change, applied by git to what it is a change of, must give what was changed. */
async function applies(change: Change, repository: TestRepository, base: string): Promise<string> {
  const { path: folder } = createTempFolder('applied');
  const patch = path.join(createTempFolder('patch').path, 'change.patch');
  writeFileSync(patch, change.diff ?? '');
  await repository.git('clone', '--quiet', repository.path, folder);
  await repository.git('-C', folder, 'checkout', '--quiet', base);
  await repository.git('-C', folder, 'apply', '--index', patch);
  return (await repository.git('-C', folder, 'write-tree')).trim();
}

describe('a change as it is handed over', () => {
  const create = repositories();

  test('staged, unstaged and untracked, with odd names: the diff has all of it', async () => {
    const odd = Object.fromEntries(oddFileNames.map((name) => [name, `${name}\nno end`]));
    const repository = await create({
      committed: { 'a.ts': 'one\ntwo\n', 'gone.ts': 'gone\n', 'old name.ts': 'same\n'.repeat(9) },
      staged: { 'staged.ts': 'staged\n' },
      uncommitted: { 'a.ts': 'one\n2\n', 'gone.ts': null, 'empty.ts': '', ...odd },
    });
    await repository.git('mv', 'old name.ts', 'new name.ts');
    const change = await describeIn(repository);
    const applied = await applies(change, repository, 'main');
    await repository.git('add', '--all');
    assert.equal(applied, (await repository.git('write-tree')).trim());
    assert.deepEqual(change.leftOut, []);
    assert.deepEqual(
      change.files.filter(({ path }) =>
        ['a.ts', 'gone.ts', 'new name.ts', 'staged.ts', 'empty.ts'].includes(path),
      ),
      [
        { path: 'a.ts', state: 'modified', added: 1, deleted: 1 },
        { path: 'gone.ts', state: 'deleted', added: 0, deleted: 1 },
        { path: 'new name.ts', state: 'renamed', from: 'old name.ts', added: 0, deleted: 0 },
        { path: 'staged.ts', state: 'added', added: 1, deleted: 0 },
        { path: 'empty.ts', state: 'untracked', added: 0, deleted: null },
      ],
    );
    assert.match(change.summary, /^13 files, \+18 -2 lines:\nmodified a\.ts \(\+1 -1\)\ndeleted gone\.ts/);
    assert.match(change.summary, /^untracked "tab\\there\.ts" \(\+2 -0\)$/m);
  });

  test('settings of the user do not change the text', async () => {
    const repository = await create({ committed: { 'a.ts': '1\nx\n', 'ü.ts': 'a\nb\nc\n' } });
    await repository.git('mv', 'ü.ts', 'ö.ts');
    repository.write({ 'a.ts': '2\nx\n' });
    const { diff } = await describeIn(repository);
    assert.match(diff ?? '', /^diff --git a\/ü\.ts b\/ö\.ts$/m);
    for (const [name, value] of [
      ['color.ui', 'always'],
      ['diff.noprefix', 'true'],
      ['diff.mnemonicPrefix', 'true'],
      ['diff.renames', 'false'],
      ['diff.context', '0'],
      ['core.quotePath', 'true'],
    ] as const)
      await repository.git('config', name, value);
    assert.equal((await describeIn(repository)).diff, diff);
  });

  test('each other scope holds its own change and nothing else', async () => {
    const repository = await create({
      committed: { 'a.ts': 'first\n' },
      branch: { name: 'feature', committed: { 'a.ts': 'second\n' } },
    });
    await repository.commit('Third', { 'a.ts': 'third\n' });
    await repository.stage({ 'a.ts': 'fourth\n' });
    repository.write({ 'a.ts': 'fifth\n', 'new.ts': 'new\n' });
    const cases: [Parameters<typeof describeIn>[1], string, string][] = [
      [{ scope: 'staged' }, 'third', 'fourth'],
      [{ scope: 'branch', base: 'main' }, 'first', 'fifth'],
      [{ scope: 'commit', commit: 'HEAD' }, 'second', 'third'],
      [{ scope: 'commit', commit: 'main' }, '', 'first'],
      [{ scope: 'range', range: 'main..HEAD' }, 'first', 'third'],
      [{ scope: 'working-tree' }, 'third', 'fifth'],
    ];
    for (const [request, before, after] of cases) {
      const { diff } = await describeIn(repository, request);
      const changed = (diff ?? '').match(/^[-+](?![-+])(?!new).*$/gm);
      assert.deepEqual(changed, [...(before === '' ? [] : [`-${before}`]), `+${after}`], request?.scope);
      assert.equal(diff?.includes('new.ts'), request?.scope === 'working-tree');
    }
  });

  test('before the first commit', async () => {
    const repository = await create({ staged: { 'a.ts': 'a\n' }, uncommitted: { 'b.ts': 'b\n' } });
    const { diff, files } = await describeIn(repository);
    assert.deepEqual(diff?.match(/^\+\w$/gm), ['+a', '+b']);
    assert.deepEqual(
      files.map(({ state }) => state),
      ['added', 'untracked'],
    );
  });

  test('conflicts are shown as they are', async () => {
    const repository = await create({
      committed: { 'a.ts': 'base\n' },
      branch: { name: 'feature', committed: { 'a.ts': 'theirs\n' } },
    });
    await repository.git('switch', '--quiet', 'main');
    await repository.commit('Ours', { 'a.ts': 'ours\n' });
    await repository.git('merge', 'feature').catch(() => undefined);
    const { diff } = await describeIn(repository);
    assert.match(diff ?? '', /^\+<<<<<<< HEAD$/m);
    const { files } = await describeIn(repository, { scope: 'staged' });
    assert.deepEqual(
      files.map(({ path, state }) => [path, state]),
      [['a.ts', 'unmerged']],
    );
  });

  test('a long diff is not handed over, only its files', async () => {
    const line = `${'x'.repeat(79)}\n`;
    const fits = Math.floor(maxDiffBytes / 81) - 10;
    const repository = await create({
      committed: { 'a.ts': '' },
      uncommitted: { 'a.ts': line.repeat(fits) },
    });
    assert.ok((await describeIn(repository)).diff);
    repository.write({ 'a.ts': line.repeat(fits + 10) });
    const { diff, summary } = await describeIn(repository);
    assert.equal(diff, null);
    assert.ok(summary.endsWith(`modified a.ts (+${fits + 10} -0)`));
  });

  test('a diff of one endless line, and of endless lines', async () => {
    const repository = await create({ committed: { 'a.ts': '' } });
    for (const text of ['x'.repeat(20_000_000), 'x\n'.repeat(2_000_000)]) {
      repository.write({ 'a.ts': text });
      const { diff, leftOut } = await describeIn(repository);
      assert.deepEqual([diff, leftOut], [null, []]);
    }
  });

  test('a long diff of untracked files together', async () => {
    const files = [1, 2, 3].map((i) => [`${i}.ts`, 'x'.repeat(100_000)] as const);
    const repository = await create({ uncommitted: Object.fromEntries(files) });
    const { diff, leftOut } = await describeIn(repository);
    assert.deepEqual([diff, leftOut], [null, []]);
  });

  test('very many files: no diff, and a summary that is cut', async () => {
    const files = Array.from({ length: 2_000 }, (_, i) => [`folder/file ${i}.ts`, 'x\n'] as const);
    const repository = await create({ uncommitted: Object.fromEntries(files) });
    const { diff, summary, files: listed } = await describeIn(repository);
    assert.equal(diff, null);
    assert.ok(listed.length > maxDiffFiles);
    assert.ok(summary.length < 17_000);
    assert.match(summary, /\n… and \d+ more$/);
  });
});

describe('what is left out of a change, and named', () => {
  const create = repositories();
  const secret = (file: string) => ({ file, reason: 'looks like a secret' });

  test('untracked files that look like secrets, by name or by content', async () => {
    const names = [
      '.env',
      '.env.local',
      'deep/server.pem',
      'id_rsa',
      'credentials.json',
      '.npmrc',
      'tls.KEY',
    ];
    const repository = await create({
      uncommitted: {
        ...Object.fromEntries(names.map((name) => [name, 'hidden\n'])),
        'notes.txt': `see below\n${key}`,
        'src/client.ts': token,
        'src/credentials.ts': 'export const shown = 1;\n',
        'environment.ts': 'export const shown = 2;\n',
      },
    });
    const { leftOut, diff, files } = await describeIn(repository);
    assert.deepEqual(leftOut.map(({ file }) => file).sort(), [...names, 'notes.txt', 'src/client.ts'].sort());
    for (const entry of leftOut) assert.deepEqual(entry, secret(entry.file));
    assert.doesNotMatch(diff ?? '', /hidden|MIIE|ghp_/);
    assert.deepEqual(diff?.match(/shown = \d/g), ['shown = 2', 'shown = 1']);
    assert.equal(files.length, 11);
  });

  test('tracked files, as long as the secret is in no commit', async () => {
    const repository = await create({
      committed: { '.env': 'old\n', 'client.ts': 'const token = null;\n', 'a.ts': '1\n' },
      staged: { 'server.pem': 'hidden\n' },
      uncommitted: { '.env': 'hidden\n', 'client.ts': token, 'a.ts': '2\n' },
    });
    const { leftOut, diff, notes } = await describeIn(repository);
    assert.deepEqual(leftOut, [secret('.env'), secret('client.ts'), secret('server.pem')]);
    assert.doesNotMatch(diff ?? '', /hidden|ghp_|\.env|server\.pem/);
    assert.match(diff ?? '', /^\+2$/m);
    assert.deepEqual(notes, []);
    await repository.git('add', '--all');
    const staged = await describeIn(repository, { scope: 'staged' });
    assert.deepEqual(staged.leftOut, leftOut);
    assert.doesNotMatch(staged.diff ?? '', /hidden|ghp_/);
  });

  test('a secret under a new name', async () => {
    const text = Array.from({ length: 20 }, (_, i) => `hidden ${i}\n`).join('');
    const repository = await create({ committed: { '.env': text, 'a.ts': '1\n' } });
    await repository.git('mv', '.env', 'settings.txt');
    repository.write({ 'settings.txt': `${text}hidden 20\n`, 'a.ts': '2\n' });
    const { leftOut, diff } = await describeIn(repository);
    assert.deepEqual(leftOut, [secret('settings.txt')]);
    assert.doesNotMatch(diff ?? '', /hidden/);
  });

  test('what is committed is shown, with a note', async () => {
    const repository = await create({ committed: { 'a.ts': '1\n' } });
    await repository.branch('feature');
    await repository.commit('Secret', { '.env': 'PASSWORD=1\n', 'client.ts': token });
    for (const request of [
      { scope: 'commit', commit: 'HEAD' },
      { scope: 'range', range: 'main..HEAD' },
      { scope: 'branch', base: 'main' },
    ] as const) {
      const { leftOut, diff, notes } = await describeIn(repository, request);
      assert.deepEqual([leftOut, notes], [[], ['".env" looks like a secret, but is committed already.']]);
      assert.match(diff ?? '', /PASSWORD=1/);
    }
    repository.write({ '.env': 'PASSWORD=hidden\n' });
    const { leftOut, diff } = await describeIn(repository, { scope: 'branch', base: 'main' });
    assert.deepEqual(leftOut, [secret('.env')]);
    assert.doesNotMatch(diff ?? '', /PASSWORD/);
    assert.match(diff ?? '', /ghp_/);
  });

  test('binary and large files', async () => {
    const repository = await create({
      committed: { 'tracked.bin': new Uint8Array([0, 1]), 'gone.bin': new Uint8Array([0, 1]) },
      uncommitted: {
        'tracked.bin': new Uint8Array([0, 2]),
        'gone.bin': null,
        'new.bin': new Uint8Array([0, 3]),
        'large.ts': 'x\n'.repeat(maxUntrackedBytes / 2 + 1),
        'just.ts': 'y\n'.repeat(100),
      },
    });
    const { leftOut, diff } = await describeIn(repository);
    assert.deepEqual(leftOut, [
      { file: 'tracked.bin', reason: 'binary' },
      { file: 'large.ts', reason: 'too large' },
      { file: 'new.bin', reason: 'binary' },
    ]);
    assert.doesNotMatch(diff ?? '', /^\+x/m);
    assert.match(diff ?? '', /^\+y/m);
  });

  test('what lies behind symbolic links, and links that leave the repository', async () => {
    const outside = path.join(createTempFolder('outside').path, 'passwords');
    writeFileSync(outside, 'hidden\n');
    const repository = await create({ committed: { 'src/inside.ts': 'inside\n' } });
    const link = (target: string, name: string) => symlinkSync(target, path.join(repository.path, name));
    link(outside, 'absolute');
    link(path.relative(repository.path, outside), 'relative');
    link('src/inside.ts', 'fine');
    link('absolute', 'twice');
    link('no-such-file', 'dangling');
    const expected = ['absolute', 'relative', 'twice'].map((file) => ({
      file,
      reason: 'a symbolic link that leaves the repository',
    }));
    const untracked = await describeIn(repository);
    assert.deepEqual(untracked.leftOut, expected);
    assert.match(
      untracked.diff ?? '',
      /new file mode 120000\n--- \/dev\/null\n\+\+\+ b\/fine\n@@ -0,0 \+1 @@\n\+src\/inside\.ts\n/,
    );
    assert.doesNotMatch(untracked.diff ?? '', /hidden|^\+inside|b\/absolute/m);
    await repository.git('add', '--all');
    for (const scope of ['working-tree', 'staged'] as const) {
      const { leftOut, diff } = await describeIn(repository, { scope });
      assert.deepEqual(leftOut, expected);
      assert.doesNotMatch(diff ?? '', /hidden|^\+inside/m);
    }
  });

  test('a repository in the repository', async () => {
    const repository = await create({ uncommitted: { 'a.ts': '1\n' } });
    await repository.git('init', '--quiet', 'nested');
    repository.write({ 'nested/b.ts': 'hidden\n' });
    await repository.git('-C', 'nested', 'add', 'b.ts');
    await repository.git('-C', 'nested', 'commit', '--quiet', '--message=x');
    const { leftOut, diff } = await describeIn(repository);
    assert.deepEqual(leftOut, [{ file: 'nested/', reason: 'a repository of its own' }]);
    assert.doesNotMatch(diff ?? '', /hidden/);
  });
});
