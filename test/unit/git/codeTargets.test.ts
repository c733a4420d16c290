import assert from 'node:assert/strict';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { describeCode, maxTextBytes } from '../../../src/git/chosenFiles.ts';
import { maxFiles } from '../../../src/git/codeTargets.ts';
import { reviewedFiles } from '../../../src/git/reviewedFiles.ts';
import { resolveTarget } from '../../../src/git/targets.ts';
import { oddFileNames } from '../../support/repository.ts';
import { createTempFolder } from '../../support/temp.ts';
import { options, refused, repositories, resolved } from './fixture.ts';

const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n';

describe('files', () => {
  const create = repositories();
  const choose = (folder: string, ...files: string[]) => resolved(folder, 'files', { scope: 'files', files });
  const refuse = (folder: string, message: RegExp, ...files: string[]) =>
    refused(folder, { scope: 'files', files }, message);

  test('are reviewed as they are now, changed or not, by their names in the repository', async () => {
    const repository = await create({
      committed: { 'src/a.ts': '1\n2\n', 'src/b.ts': '1\n' },
      uncommitted: { 'src/b.ts': '1\n2\n3' },
    });
    const inside = path.join(repository.path, 'src');
    const target = await choose(inside, 'a.ts', path.join(inside, 'b.ts'), './a.ts');
    assert.deepEqual(target, { kind: 'files', paths: ['src/a.ts', 'src/b.ts'], files: 2, lines: 5 });
    const { texts, leftOut } = await describeCode(repository.path, target, options);
    assert.deepEqual(texts, [
      { file: 'src/a.ts', firstLine: 1, lines: ['1', '2'] },
      { file: 'src/b.ts', firstLine: 1, lines: ['1', '2', '3'] },
    ]);
    assert.deepEqual(leftOut, []);
  });

  test('of a folder: what git tracks or does not ignore, each once, with odd names; not what is deleted', async () => {
    const odd = Object.fromEntries(oddFileNames.map((name) => [`in/${name}`, 'x\n']));
    const repository = await create({
      committed: { '.gitignore': 'in/dist/\n', 'in/gone.ts': '1\n', 'in/deep/a.ts': '1\n', 'out.ts': '1\n' },
      uncommitted: { ...odd, 'in/gone.ts': null, 'in/dist/a.js': 'x\n' },
    });
    const target = await choose(repository.path, 'in', 'in/deep/a.ts', 'in/deep');
    assert.deepEqual(target, {
      kind: 'files',
      paths: ['in/', 'in/deep/a.ts', 'in/deep/'],
      files: 1 + oddFileNames.length,
      lines: 1 + oddFileNames.length,
    });
    const { files } = await reviewedFiles(repository.path, target, options);
    assert.deepEqual(files.sort(), ['in/deep/a.ts', ...Object.keys(odd)].sort());
    const whole = await choose(repository.path, '.');
    assert.deepEqual([whole.paths, whole.files], [['./'], 3 + oddFileNames.length]);
  });

  test('that are excluded are left out of folders, and reviewed where they are named', async () => {
    const repository = await create({
      committed: { 'a/b.ts': '1\n', 'a/x.min.js': '1\n', 'a/y.min.js': '1\n' },
    });
    // A folder's name as long as the one of a glob once had all of it left out.
    const own = { ...options, exclude: ['**/*.min.js', 'z/**'] };
    const { target } = await resolveTarget(
      repository.path,
      { scope: 'files', files: ['a', 'a/x.min.js'] },
      own,
    );
    const { files, excluded } = await reviewedFiles(repository.path, target, own);
    assert.deepEqual([files.sort(), excluded], [['a/b.ts', 'a/x.min.js'], ['a/y.min.js']]);
    const only = await create({ committed: { 'a/x.min.js': '1\n' } });
    await assert.rejects(
      resolveTarget(only.path, { scope: 'files', files: ['a'] }, own),
      /but files that `tandem\.review\.exclude` leaves out: a\/x\.min\.js/,
    );
  });

  test('that must not or cannot be handed over are named, and refused where nothing is left', async () => {
    const repository = await create({
      committed: { '.gitignore': 'ignored.ts\n', 'a.ts': '1\n', 'old.key': key },
      uncommitted: {
        'ignored.ts': '1\n',
        '.env': 'X=1\n',
        'key.ts': key,
        'logo.png': Buffer.from([0, 1, 2]),
      },
    });
    const target = await choose(
      repository.path,
      ...['a.ts', 'ignored.ts', '.env', 'key.ts', 'logo.png', 'old.key'],
    );
    // What is committed is no secret any more.
    assert.deepEqual([target.files, target.lines], [2, 3]);
    const { leftOut, texts } = await describeCode(repository.path, target, options);
    assert.deepEqual(
      leftOut.map(({ file, reason }) => [file, reason]),
      [
        ['ignored.ts', 'ignored by git'],
        ['.env', 'looks like a secret'],
        ['key.ts', 'looks like a secret'],
        ['logo.png', 'binary'],
      ],
    );
    assert.deepEqual(
      texts?.map(({ file }) => file),
      ['a.ts', 'old.key'],
    );
    await refuse(repository.path, /Nothing to review: ignored\.ts is ignored by git\./, 'ignored.ts');
    await refuse(repository.path, /\.env looks like a secret \(and 1 more left out\)/, '.env', 'logo.png');
  });

  test('that are not there, outside, git’s own, of another repository, or reached by a link that leaves', async () => {
    const outside = createTempFolder('outside').path;
    writeFileSync(path.join(outside, 'secret.ts'), 'top secret\n');
    const repository = await create({ committed: { 'in/a.ts': '1\n', 'in/b.ts': '1\n' } });
    const nested = path.join(repository.path, 'nested');
    mkdirSync(nested);
    await create({ folder: nested, committed: { 'x.ts': '1\n' } });
    symlinkSync(outside, path.join(repository.path, 'link'));
    symlinkSync('in/a.ts', path.join(repository.path, 'same.ts'));
    mkdirSync(path.join(repository.path, 'empty'));

    await refuse(repository.path, /There is no file or folder .*gone\.ts/, 'gone.ts');
    await refuse(repository.path, /There is no file/, 'a\0b');
    await refuse(repository.path, /lies outside of the repository/, '../');
    await refuse(repository.path, /lies outside of the repository/, path.join(outside, 'secret.ts'));
    await refuse(repository.path, /lies outside of the repository/, 'link/secret.ts');
    await refuse(repository.path, /is git’s own/, '.git/HEAD');
    await refuse(repository.path, /a repository of its own, .*nested\./, 'nested/x.ts');
    await refuse(repository.path, /a repository of its own/, 'nested');
    await refuse(repository.path, /git knows no file in empty\//, 'empty');
    assert.deepEqual((await choose(repository.path, 'same.ts')).paths, ['in/a.ts']);

    // A tracked folder that has been replaced by a link: git still lists what was in it.
    const target = await choose(repository.path, 'in');
    renameSync(path.join(repository.path, 'in'), path.join(outside, 'in'));
    symlinkSync(path.join(outside, 'in'), path.join(repository.path, 'in'));
    const { texts, leftOut } = await describeCode(repository.path, target, options);
    assert.deepEqual(texts, []);
    assert.deepEqual(
      leftOut.map(({ reason }) => reason),
      ['a symbolic link that leaves the repository', 'a symbolic link that leaves the repository'],
    );
  });

  test('too many are refused, too much text is not handed over', async () => {
    const many = Object.fromEntries(Array.from({ length: maxFiles + 1 }, (_, i) => [`many/${i}.ts`, '']));
    const long = 'x'
      .repeat(79)
      .concat('\n')
      .repeat(maxTextBytes / 80);
    const repository = await create({ uncommitted: { ...many, 'a.ts': long, 'b.ts': long } });
    await refuse(repository.path, /501 files are too many for one review/, 'many');
    const target = await choose(repository.path, 'a.ts', 'b.ts');
    assert.equal(target.lines, 2 * (maxTextBytes / 80));
    assert.equal((await describeCode(repository.path, target, options)).texts, null);
  });
});

describe('a selection', () => {
  const create = repositories();
  const select = (folder: string, file: string, lines: string) =>
    resolved(folder, 'selection', { scope: 'auto', files: [file], lines });

  test('is some lines of one file, as it is now, clamped to its end', async () => {
    const repository = await create({ committed: { 'src/a.ts': '1\n2\n3\n4\n' } });
    const target = await select(repository.path, 'src/a.ts', '2-3');
    assert.deepEqual(target, { kind: 'selection', file: 'src/a.ts', startLine: 2, endLine: 3, lines: 2 });
    const { texts } = await describeCode(repository.path, target, options);
    assert.deepEqual(texts, [{ file: 'src/a.ts', firstLine: 2, lines: ['2', '3'] }]);
    assert.equal((await select(repository.path, 'src/a.ts', '3-99')).endLine, 4);
    assert.equal((await select(repository.path, 'src/a.ts', '4')).lines, 1);
  });

  test('of a long file is handed over all the same', async () => {
    const repository = await create({ uncommitted: { 'a.ts': 'some words\n'.repeat(30_000) } });
    const target = await select(repository.path, 'a.ts', '20000-20001');
    const { texts } = await describeCode(repository.path, target, options);
    assert.deepEqual(texts, [{ file: 'a.ts', firstLine: 20_000, lines: ['some words', 'some words'] }]);
  });

  test('is refused where there are no such lines', async () => {
    const repository = await create({ committed: { 'a.ts': '1\n' }, uncommitted: { '.env': 'X=1\n' } });
    const refuse = (file: string, lines: string, message: RegExp) =>
      refused(repository.path, { scope: 'auto', files: [file], lines }, message);
    await refuse('a.ts', '2-3', /There is no line 2: a\.ts has 1 line\./);
    await refuse('.', '1', /is a folder/);
    await refuse('.env', '1', /Nothing to review: \.env looks like a secret\./);
    await refuse('a.ts', '3-2', /no range of lines/);
  });
});
