import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { planChange } from '../../../src/git/applyChange.ts';
import { snapshotTree } from '../../../src/git/snapshot.ts';
import { fileOfTree, treeChange } from '../../../src/git/treeChange.ts';
import { readWorkingFile, writeWorkingFile } from '../../../src/git/workingFile.ts';
import { addWorktree, commitTree, headCommit, removeWorktree } from '../../../src/git/worktree.ts';
import { writeChange } from '../../../src/git/writeChange.ts';
import { type Files, type TestRepository, oddFileNames } from '../../support/repository.ts';
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
    entries.map((entry) => ({ entry })),
    options,
  );
  return { repository, planned, entries, result };
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
    const { repository, entries } = await changed(
      { 'a.txt': before.replace('one', '1').replace('seven', '7') },
      { 'a.txt': before.replace('four', '4') },
    );
    const [entry] = entries;
    const content = Buffer.from(before.replace('seven', '7'));
    const chosen = [{ entry: entry ?? assert.fail(), content }];
    const [planned] = await planChange(repository.path, chosen, options);
    assert.equal(planned?.to?.content.toString(), before.replace('four', '4').replace('seven', '7'));
  });

  test('odd names, and files that are executable', async () => {
    // Git takes some names for patterns.
    const names = [...oddFileNames, ':x', ':(top)y', ':!z'];
    const files = Object.fromEntries(names.map((name) => [name, 'text\n']));
    const { planned, repository, result } = await changed(files, {});
    assert.deepEqual(planned.map((file) => file.path).sort(), names.sort());
    for (const file of names)
      assert.equal((await fileOfTree(repository.path, result, file, options))?.toString(), 'text\n');
    await writeChange(repository.path, planned);
    for (const name of names) assert.equal(readFileSync(path.join(repository.path, name), 'utf8'), 'text\n');
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

/** A working tree in which git sees nothing changed, and a change that was made elsewhere from the same commit. */
async function madeElsewhere(
  committed: Files,
  make: (folder: string) => void,
  prepare: (repository: TestRepository) => Promise<unknown> = () => Promise.resolve(),
) {
  const repository = await create({ committed });
  await prepare(repository);
  const base = (await headCommit(repository.path, options)) ?? assert.fail();
  const folder = path.join(createTempFolder('worktrees').path, 'task');
  await addWorktree(repository.path, { folder, commit: base }, options);
  make(folder);
  const result = await snapshotTree(folder, options);
  const at = (name: string) => path.join(repository.path, name);
  const plan = async (from = base, to = result, isUndo = false) => {
    const entries = await treeChange(repository.path, from, to, options);
    const chosen = entries.map((entry) => ({ entry }));
    return planChange(repository.path, chosen, { ...options, isUndo });
  };
  return {
    ...{ at, plan, repository },
    takeBack: () => plan(result, base, true),
    write: async (planned: Awaited<ReturnType<typeof plan>>) => writeChange(repository.path, planned),
    kinds: async () => (await plan()).map(({ path: file, kind, to }) => `${kind} ${file}${to ? '' : ' -'}`),
  };
}

test('a change of many files takes no more gits than one of a few', async () => {
  const gits = async (count: number) => {
    const names = Array.from({ length: count }, (_, index) => `f${index}.txt`);
    const texts = (text: string) => Object.fromEntries(names.map((name) => [name, text]));
    const { repository, entries } = await changed(texts('2\n'), {}, texts('1\n'));
    const { path: folder } = createTempFolder('path');
    const log = path.join(folder, 'log');
    const real = (process.env['PATH'] ?? '')
      .split(path.delimiter)
      .find((one) => existsSync(path.join(one, 'git')));
    writeFileSync(path.join(folder, 'git'), `#!/bin/sh\necho >> "${log}"\nexec "${real ?? ''}/git" "$@"\n`);
    chmodSync(path.join(folder, 'git'), 0o755);
    const env = { ...options.env, PATH: `${folder}${path.delimiter}${process.env['PATH'] ?? ''}` };
    const chosen = entries.map((entry) => ({ entry }));
    const planned = await planChange(repository.path, chosen, { ...options, env });
    assert.deepEqual([...new Set(planned.map(({ kind }) => kind))], ['write']);
    return readFileSync(log, 'utf8').length;
  };
  assert.equal(await gits(30), await gits(2));
});

describe('what git sees no change in', () => {
  const crlf = before.replaceAll('\n', '\r\n');

  for (const [what, disk, kind, wanted] of [
    ['line ends of the user', before, 'write', before.replace('two', '2')],
    ['line ends as git writes them', crlf, 'write', crlf.replace('two', '2')],
    [
      'line ends of the user, and a change of the same',
      before.replace('six', '6'),
      'merge',
      before.replace('six', '6').replace('two', '2'),
    ],
  ] as const) {
    test(`${what}: they stay`, async () => {
      const made = await madeElsewhere(
        { 'a.txt': before },
        (folder) => writeFileSync(path.join(folder, 'a.txt'), crlf.replace('two', '2')),
        (repository) => repository.git('config', 'core.autocrlf', 'true'),
      );
      made.repository.write({ 'a.txt': disk });
      const planned = await made.plan();
      assert.deepEqual(
        planned.map((file) => file.kind),
        [kind],
      );
      await made.write(planned);
      assert.equal(readFileSync(made.at('a.txt'), 'utf8'), wanted);
      await made.write(await made.takeBack());
      assert.equal(readFileSync(made.at('a.txt'), 'utf8'), disk);
    });
  }

  test('line ends of both kinds, and a new file: they are taken back', async () => {
    const left = { 'a.txt': crlf.replace('two\r', '2'), 'new.txt': 'new\n' };
    const made = await madeElsewhere(
      { 'a.txt': before },
      (folder) => {
        for (const [name, text] of Object.entries(left)) writeFileSync(path.join(folder, name), text);
      },
      (repository) => repository.git('config', 'core.autocrlf', 'true'),
    );
    // As a task in place has left them.
    made.repository.write(left);
    await made.write(await made.takeBack());
    assert.deepEqual([readFileSync(made.at('a.txt'), 'utf8'), existsSync(made.at('new.txt'))], [crlf, false]);
  });

  test('modes where git does not look at them, and those that the change leaves alone', async () => {
    for (const look of ['false', 'true']) {
      const made = await madeElsewhere(
        { 'a.txt': before },
        (folder) => writeFileSync(path.join(folder, 'a.txt'), before.replace('two', '2')),
        (repository) => repository.git('config', 'core.fileMode', look),
      );
      chmodSync(made.at('a.txt'), 0o755);
      if (look === 'true') await made.repository.git('update-index', '--chmod=+x', 'a.txt');
      const [planned] = await made.plan();
      // To git it is changed by both where it looks: not in the same.
      assert.equal(planned?.kind, look === 'true' ? 'merge' : 'write');
      await made.write([planned]);
      assert.equal(statSync(made.at('a.txt')).mode & 0o777, 0o755);
    }
  });

  test('a file that git is told to take for unchanged is looked at all the same', async () => {
    const { repository, kinds } = await madeElsewhere({ 'a.txt': before }, (folder) =>
      writeFileSync(path.join(folder, 'a.txt'), 'a\n'),
    );
    await repository.git('update-index', '--assume-unchanged', 'a.txt');
    repository.write({ 'a.txt': 'mine\n' });
    assert.deepEqual(await kinds(), ['conflict a.txt']);
  });
});

describe('a file where a folder is, and the other way round', () => {
  const make = (folder: string) => {
    for (const name of ['file', 'folder']) rmSync(path.join(folder, name), { recursive: true });
    mkdirSync(path.join(folder, 'file'));
    writeFileSync(path.join(folder, 'file/a.txt'), 'a\n');
    writeFileSync(path.join(folder, 'folder'), 'f\n');
  };
  const committed = { file: '1\n', 'folder/deep/b.txt': 'b\n' };

  test('they change places, and back', async () => {
    const { plan, write, takeBack, at } = await madeElsewhere(committed, make);
    await write(await plan());
    assert.deepEqual(
      [readFileSync(at('file/a.txt'), 'utf8'), readFileSync(at('folder'), 'utf8')],
      ['a\n', 'f\n'],
    );
    await write(await takeBack());
    assert.deepEqual(
      [readFileSync(at('file'), 'utf8'), readFileSync(at('folder/deep/b.txt'), 'utf8')],
      ['1\n', 'b\n'],
    );
  });

  test('not over what the user has there', async () => {
    const { repository, kinds } = await madeElsewhere(committed, make);
    repository.write({ 'folder/mine.txt': 'mine\n' });
    assert.deepEqual(await kinds(), [
      'write file -',
      'write file/a.txt',
      'conflict folder -',
      'write folder/deep/b.txt -',
    ]);
    repository.write({ 'folder/mine.txt': null, file: null });
    repository.write({ 'file/a.txt': 'mine\n' });
    assert.deepEqual(await kinds(), [
      'done file -',
      'conflict file/a.txt -',
      'write folder',
      'write folder/deep/b.txt -',
    ]);
  });
});

describe('what is known to fail before anything is written', () => {
  test('a link that leads out', async () => {
    const { plan } = await madeElsewhere({ 'a.txt': before }, (folder) => {
      writeFileSync(path.join(folder, 'a.txt'), 'a\n');
      symlinkSync('../../outside', path.join(folder, 'z'));
    });
    await assert.rejects(plan(), { name: 'UserError', message: /^z would be a link that leads out/ });
  });

  test('but not the user’s own link, when it comes back', async () => {
    const { plan, write, takeBack, at } = await madeElsewhere(
      { 'a.txt': before },
      (folder) => rmSync(path.join(folder, 'l')),
      async (repository) => {
        symlinkSync('../elsewhere', path.join(repository.path, 'l'));
        await repository.git('add', 'l');
        await repository.commit('A link');
      },
    );
    await write(await plan());
    assert.equal(existsSync(at('l')), false);
    await write(await takeBack());
    assert.equal(readlinkSync(at('l')), '../elsewhere');
  });

  test('a file behind a link', async () => {
    const { plan, at } = await madeElsewhere({ 'folder/a.txt': 'a\n' }, (folder) =>
      writeFileSync(path.join(folder, 'folder/a.txt'), 'b\n'),
    );
    rmSync(at('folder'), { recursive: true });
    symlinkSync(createTempFolder('outside').path, at('folder'));
    await assert.rejects(plan(), /folder\/a\.txt is behind a symbolic link/);
  });
});

describe('a write that fails', () => {
  // Names that leave no room for that of the temporary file beside it.
  const [long, other] = ['x'.repeat(250), 'y'.repeat(250)];
  const file = (text: string) => ({ content: Buffer.from(text), mode: '100644' });

  test('takes back what was written before it', async () => {
    const repository = await create({ committed: { 'a.txt': 'a\n', 'folder/b.txt': 'b\n' } });
    const planned = [
      { path: 'a.txt', kind: 'write', from: file('a\n'), to: file('2\n') },
      { path: 'folder/b.txt', kind: 'write', from: file('b\n'), to: null },
      { path: 'new/c.txt', kind: 'write', from: null, to: file('c\n') },
      { path: long, kind: 'write', from: null, to: file('x\n') },
    ] as const;
    await assert.rejects(
      writeChange(repository.path, planned),
      new RegExp(`^UserError: ${long} could not be written: .* No file was changed\\.$`),
    );
    assert.equal(await repository.git('status', '--porcelain'), '');
    assert.equal(existsSync(path.join(repository.path, 'new')), false);
  });

  test('says what could not be taken back', async () => {
    const repository = await create({ committed: { 'a.txt': 'a\n', [other]: 'y\n' } });
    const planned = [
      { path: 'a.txt', kind: 'write', from: file('a\n'), to: file('2\n') },
      { path: other, kind: 'write', from: file('y\n'), to: null },
      { path: long, kind: 'write', from: null, to: file('x\n') },
    ] as const;
    await assert.rejects(writeChange(repository.path, planned), new RegExp(`what they were: ${other}\\.$`));
    assert.equal((await repository.git('status', '--porcelain')).trim(), `D ${other}`);
  });

  test('over what was changed in the last moment: nothing of it is written', async () => {
    const repository = await create({ committed: { 'a.txt': 'a\n', 'b.txt': 'b\n' } });
    repository.write({ 'b.txt': 'mine\n' });
    const planned = ['a', 'b'].map((name) => ({
      ...{ path: `${name}.txt`, kind: 'write' as const },
      ...{ from: file(`${name}\n`), to: file('2\n') },
    }));
    await assert.rejects(writeChange(repository.path, planned), /b\.txt was changed just now/);
    assert.equal((await repository.git('status', '--porcelain')).trim(), 'M b.txt');
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
