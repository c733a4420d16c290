import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, readlinkSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { planChange } from '../../../src/git/applyChange.ts';
import { snapshotTree } from '../../../src/git/snapshot.ts';
import { fileOfTree, treeChange } from '../../../src/git/treeChange.ts';
import { readWorkingFile, writeWorkingFile } from '../../../src/git/workingFile.ts';
import { addWorktree, commitTree, headCommit, removeWorktree } from '../../../src/git/worktree.ts';
import { type Files, oddFileNames } from '../../support/repository.ts';
import { createTempFolder } from '../../support/temp.ts';
import { options, repositories } from './fixture.ts';

const create = repositories();
const lines = (...texts: string[]) => texts.map((text) => `${text}\n`).join('');
const before = lines('one', 'two', 'three', 'four', 'five', 'six', 'seven');

/** A change of a repository, and what its user has made of it meanwhile. */
async function changed(change: Files, meanwhile: Files, committed: Files = { 'a.txt': before }) {
  const repository = await create({ committed });
  const base = await snapshotTree(repository.path, options);
  repository.write(change);
  const result = await snapshotTree(repository.path, options);
  await repository.git('stash', '--include-untracked');
  repository.write(meanwhile);
  const entries = await treeChange(repository.path, base, result, options);
  const planned = await planChange(
    repository.path,
    { base, result },
    entries.map((entry) => ({ entry })),
    options,
  );
  return { repository, planned, base, result, entries };
}

describe('what comes of a change', () => {
  for (const [what, change, meanwhile, kind, text] of [
    ['untouched file', { 'a.txt': before.replace('two', '2') }, {}, 'write', before.replace('two', '2')],
    [
      'changed in different places',
      { 'a.txt': before.replace('one', '1') },
      { 'a.txt': before.replace('seven', '7') },
      'merge',
      before.replace('one', '1').replace('seven', '7'),
    ],
    [
      'the same made already',
      { 'a.txt': before.replace('one', '1') },
      { 'a.txt': before.replace('one', '1') },
      'done',
      before.replace('one', '1'),
    ],
    ['deleted, untouched', { 'a.txt': null }, {}, 'write', null],
    ['deleted, but changed meanwhile', { 'a.txt': null }, { 'a.txt': `${before}more\n` }, 'conflict', null],
    ['changed, but deleted meanwhile', { 'a.txt': `${before}more\n` }, { 'a.txt': null }, 'conflict', null],
    ['new file', { 'new/b.txt': 'b\n' }, {}, 'write', 'b\n'],
    ['new file, another one is there', { 'b.txt': 'b\n' }, { 'b.txt': 'mine\n' }, 'conflict', null],
    ['binary', { 'a.txt': '\0\x01' }, { 'a.txt': '\0\x02' }, 'conflict', null],
  ] as const) {
    test(what, async () => {
      const { planned } = await changed(change, meanwhile);
      assert.deepEqual(
        planned.map((file) => [file.kind, file.to?.content.toString() ?? null]),
        [[kind, text]],
      );
    });
  }

  test('changed in the same place: with markers, for whoever wants them', async () => {
    const mine = { 'a.txt': before.replace('two', 'mine') };
    const { planned, repository } = await changed({ 'a.txt': before.replace('two', 'theirs') }, mine);
    assert.equal(planned[0]?.kind, 'conflict');
    assert.match(
      planned[0].to?.content.toString() ?? '',
      /<<<<<<< yours\nmine\n\|{7} before\ntwo\n=======\ntheirs\n>>>>>>> task/,
    );
    assert.equal(readFileSync(path.join(repository.path, 'a.txt'), 'utf8'), mine['a.txt']);
  });

  test('only a part of a file, where only that is wanted', async () => {
    const { repository, base, result, entries } = await changed(
      { 'a.txt': before.replace('one', '1').replace('seven', '7') },
      { 'a.txt': before.replace('four', '4') },
    );
    const [entry] = entries;
    const text = before.replace('seven', '7');
    const chosen = [{ entry: entry ?? assert.fail(), text }];
    const [planned] = await planChange(repository.path, { base, result }, chosen, options);
    assert.equal(planned?.to?.content.toString(), before.replace('four', '4').replace('seven', '7'));
  });

  test('odd names, and files that are executable', async () => {
    const files = Object.fromEntries(oddFileNames.map((name) => [name, 'text\n']));
    const { planned, repository } = await changed(files, {});
    assert.deepEqual(planned.map((file) => file.path).sort(), [...oddFileNames].sort());
    for (const file of planned) await writeWorkingFile(repository.path, file.path, file.to);
    for (const name of oddFileNames)
      assert.equal(readFileSync(path.join(repository.path, name), 'utf8'), 'text\n');
    const script = { content: Buffer.from('#!/bin/sh\n'), mode: '100755' };
    await writeWorkingFile(repository.path, 'run.sh', script);
    assert.notEqual(statSync(path.join(repository.path, 'run.sh')).mode & 0o100, 0);
  });

  test('line ends are those of the working tree', async () => {
    const repository = await create({
      committed: { '.gitattributes': '* text=auto eol=crlf\n', 'a.txt': 'one\ntwo\n' },
    });
    const commit = (await headCommit(repository.path, options)) ?? '';
    const content = await fileOfTree(repository.path, commit, 'a.txt', options);
    assert.equal(content?.toString(), 'one\r\ntwo\r\n');
  });
});

describe('what is never written', () => {
  test('through a link, out of the repository, or into .git', async () => {
    const repository = await create({ committed: { 'a.txt': before } });
    const outside = createTempFolder('outside').path;
    symlinkSync(outside, path.join(repository.path, 'link'));
    const content = { content: Buffer.from('x'), mode: '100644' };
    const write = (file: string) => writeWorkingFile(repository.path, file, content);
    await assert.rejects(write('link/x.txt'), /behind a symbolic link/);
    await assert.rejects(write('../x.txt'), /not a file of the repository/);
    await assert.rejects(write('.git/hooks/post-commit'), /not a file of the repository/);
    await assert.rejects(write('sub/.git/config'), /not a file of the repository/);
    const leaving = { content: Buffer.from('../../etc/passwd'), mode: '120000' };
    await assert.rejects(writeWorkingFile(repository.path, 'l', leaving), /leads out/);
    assert.deepEqual(existsSync(path.join(outside, 'x.txt')), false);
  });

  test('a link is replaced, not followed', async () => {
    const repository = await create({ committed: { 'a.txt': before } });
    symlinkSync('a.txt', path.join(repository.path, 'b.txt'));
    assert.deepEqual(await readWorkingFile(repository.path, 'b.txt'), {
      content: Buffer.from('a.txt'),
      mode: '120000',
    });
    await writeWorkingFile(repository.path, 'b.txt', { content: Buffer.from('b\n'), mode: '100644' });
    assert.equal(readFileSync(path.join(repository.path, 'a.txt'), 'utf8'), before);
    assert.equal(readFileSync(path.join(repository.path, 'b.txt'), 'utf8'), 'b\n');
    await writeWorkingFile(repository.path, 'b.txt', { content: Buffer.from('a.txt'), mode: '120000' });
    assert.equal(readlinkSync(path.join(repository.path, 'b.txt')), 'a.txt');
  });
});

describe('a linked worktree', () => {
  test('holds the working tree as it is, without what git ignores; no program of the repository runs', async () => {
    const repository = await create({
      committed: { '.gitignore': '.env\n', '.gitattributes': '*.txt filter=own\n', 'a.txt': before },
      uncommitted: { 'a.txt': `${before}mine\n`, 'new.txt': 'new\n', '.env': 'SECRET=1\n' },
    });
    const marker = path.join(createTempFolder('marker').path, 'ran');
    const program = `sh -c 'touch "${marker}"; cat'`;
    await repository.git('config', 'filter.own.smudge', program);
    await repository.git('config', 'filter.own.clean', program);
    const hooks = path.join(repository.path, '.git', 'hooks');
    mkdirSync(hooks, { recursive: true });
    repository.write({ '.git/hooks/post-checkout': `#!/bin/sh\ntouch '${marker}'\n` });
    chmodSync(path.join(hooks, 'post-checkout'), 0o755);
    const tree = await snapshotTree(repository.path, options);
    const parent = await headCommit(repository.path, options);
    const commit = await commitTree(repository.path, { tree, parent, message: 'x' }, options);
    const folder = path.join(createTempFolder('worktrees').path, 'task');
    await addWorktree(repository.path, { folder, commit }, options);
    assert.equal(readFileSync(path.join(folder, 'a.txt'), 'utf8'), `${before}mine\n`);
    assert.equal(readFileSync(path.join(folder, 'new.txt'), 'utf8'), 'new\n');
    assert.equal(existsSync(path.join(folder, '.env')), false);
    assert.equal(existsSync(marker), false);
    assert.equal(await snapshotTree(folder, options), tree);
    await removeWorktree(repository.path, folder, options);
    assert.equal(existsSync(folder), false);
    assert.doesNotMatch(await repository.git('worktree', 'list'), /task/);
  });
});
