import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { Renames } from '../../../src/git/renames.ts';
import { gitEnvironment, type TestRepository, createRepository } from '../../support/repository.ts';

const content = Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join('');

describe('a file that is gone', () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createRepository({ committed: { 'src/a.ts': content, 'b.ts': 'other\n' } });
  });
  afterEach(() => repository.dispose());
  const now = (file = 'src/a.ts') => new Renames({ env: gitEnvironment() }).renamedTo(repository.path, file);

  test('has no other name where it was deleted, or never was', async () => {
    await repository.commit('delete', { 'src/a.ts': null });
    assert.equal(await now(), null);
    assert.equal(await now('never.ts'), null);
  });

  test('was renamed in the index', async () => {
    await repository.git('mv', 'src/a.ts', 'grüße "1".ts');
    assert.equal(await now(), 'grüße "1".ts');
  });

  test('was renamed in a commit, and again in a later one, and edited meanwhile', async () => {
    await repository.git('mv', 'src/a.ts', 'src/c.ts');
    await repository.commit('rename');
    await repository.git('mv', 'src/c.ts', 'd.ts');
    await repository.commit('rename again');
    repository.write({ 'd.ts': `${content}more\n` });
    assert.equal(await now(), 'd.ts');
  });

  test('is none of which a name is a pattern', async () => {
    await repository.git('mv', 'src/a.ts', 'src/c.ts');
    await repository.commit('rename');
    assert.equal(await now('src/*.ts'), null);
  });

  test('is looked for without running programs that the repository names', async () => {
    const mark = path.join(repository.path, 'ran');
    await repository.git('config', 'filter.evil.clean', `touch ${mark}; cat`);
    await repository.git('config', 'diff.external', `touch ${mark}`);
    await repository.git('mv', 'src/a.ts', 'src/c.ts');
    repository.write({ '.gitattributes': '* filter=evil\n', 'src/c.ts': `${content}more\n` });
    assert.equal(await now(), 'src/c.ts');
    assert.equal(existsSync(mark), false);
  });

  test('has no other name in a repository without a commit', async () => {
    const empty = await createRepository();
    assert.equal(await new Renames({ env: gitEnvironment() }).renamedTo(empty.path, 'a.ts'), null);
    await empty.dispose();
  });
  test('is looked for once for all who ask, and with what is known of this HEAD; not of another one', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `src/a${index}.ts`);
    await repository.commit('more', Object.fromEntries(names.map((name) => [name, `${name}\n${content}`])));
    await repository.git('mv', 'src', 'lib');
    await repository.commit('rename');
    const trace = `${repository.path}-trace`;
    const renames = new Renames({ env: { ...gitEnvironment(), GIT_TRACE: trace } });
    const all = () => Promise.all(names.map((name) => renames.renamedTo(repository.path, name)));
    const processes = () => {
      const lines = readFileSync(trace, 'utf8').split('\n');
      rmSync(trace);
      return lines.filter((line) => line.includes('trace: built-in: git')).length;
    };
    const found = names.map((name) => name.replace('src', 'lib'));
    assert.deepEqual(await all(), found);
    // For each file two for when it was removed, and those for what was renamed since: of those who ask at the same time it is
    // asked once, and how many come late depends on the machine.
    assert.ok(processes() < 3 * names.length);
    assert.deepEqual(await all(), found);
    assert.equal(processes(), 3);
    await repository.git('mv', 'lib', 'now');
    assert.equal(await renames.renamedTo(repository.path, 'src/a0.ts'), 'now/a0.ts');
    await repository.commit('rename again');
    await repository.git('mv', 'now', 'src');
    await repository.commit('back, and gone');
    await repository.git('mv', 'src', 'end');
    await repository.commit('again');
    assert.equal(await renames.renamedTo(repository.path, 'src/a0.ts'), 'end/a0.ts');
  });
});
