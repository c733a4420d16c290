import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { maxPlanBytes, readPlan } from '../../../src/git/plan.ts';
import { createTempFolder } from '../../support/temp.ts';
import { refused, repositories, resolved } from './fixture.ts';

describe('how large a change is', () => {
  const create = repositories();

  test('a renamed file is one, and only its changed lines count', async () => {
    const text = Array.from({ length: 50 }, (_, i) => `line ${i}\n`).join('');
    const repository = await create({ committed: { 'old.ts': text } });
    await repository.git('mv', 'old.ts', 'new.ts');
    repository.write({ 'new.ts': `${text}one more\n` });
    assert.deepEqual(await resolved(repository.path, 'working-tree'), {
      kind: 'working-tree',
      files: 1,
      lines: 1,
    });
  });

  test('binary files have no lines, an unended line is one, an empty file has none', async () => {
    const repository = await create({
      uncommitted: {
        'a.bin': new Uint8Array([1, 0, 2, 10, 10, 10]),
        'unended.ts': 'a\nb',
        'empty.ts': '',
      },
    });
    assert.deepEqual(await resolved(repository.path, 'working-tree'), {
      kind: 'working-tree',
      files: 3,
      lines: 2,
    });
  });

  test('a folder that nobody ignored is counted, but only some of its lines', async () => {
    const files = Array.from({ length: 700 }, (_, i) => [`folder/${i}.ts`, 'x\n'] as const);
    const repository = await create({ uncommitted: Object.fromEntries(files) });
    const { files: count, lines } = await resolved(repository.path, 'working-tree');
    assert.equal(count, 700);
    assert.equal(lines, 500);
  });

  test('settings of the user do not change what is counted', async () => {
    const repository = await create({ committed: { 'src/a.ts': '1\n', 'src/old.ts': 'a\nb\nc\n' } });
    for (const [name, value] of [
      ['status.renames', 'false'],
      ['diff.renames', 'false'],
      ['color.ui', 'always'],
      ['diff.relative', 'true'],
      ['status.relativePaths', 'true'],
      ['status.showUntrackedFiles', 'no'],
    ] as const)
      await repository.git('config', name, value);
    await repository.git('mv', 'src/old.ts', 'new.ts');
    repository.write({ 'src/a.ts': '2\n', 'untracked.ts': '1\n' });
    const target = await resolved(path.join(repository.path, 'src'), 'working-tree');
    assert.deepEqual([target.files, target.lines], [3, 3]);
  });
});

describe('staged', () => {
  const create = repositories();

  test('what the index holds, not what is in the working tree', async () => {
    const repository = await create({
      committed: { 'a.ts': '1\n' },
      staged: { 'a.ts': '2\n', 'b.ts': '1\n' },
      uncommitted: { 'a.ts': '3\n4\n5\n', 'c.ts': '1\n' },
    });
    assert.deepEqual(await resolved(repository.path, 'staged', { scope: 'staged' }), {
      kind: 'staged',
      files: 2,
      lines: 3,
    });
  });

  test('before the first commit', async () => {
    const repository = await create({ staged: { 'a.ts': '1\n' } });
    assert.equal((await resolved(repository.path, 'staged', { scope: 'staged' })).files, 1);
  });

  test('nothing staged is nothing to review', async () => {
    const repository = await create({ committed: { 'a.ts': '1\n' }, uncommitted: { 'a.ts': '2\n' } });
    await refused(repository.path, { scope: 'staged' }, /Nothing to review: nothing is staged/);
  });
});

describe('commit', () => {
  const create = repositories();
  const commit = (name: string) => ({ scope: 'commit', commit: name }) as const;

  test('by any name, with its title; the first commit too', async () => {
    const repository = await create({ committed: { 'a.ts': '1\n', 'b.ts': '1\n' } });
    const sha = await repository.commit('Fix “retries”\n\nBody', { 'a.ts': '2\n' });
    await repository.git('tag', '--annotate', '--message=x', 'v1');
    for (const name of ['HEAD', 'v1', sha.slice(0, 8), 'main@{0}'])
      assert.deepEqual(await resolved(repository.path, 'commit', commit(name)), {
        kind: 'commit',
        sha,
        title: 'Fix “retries”',
        files: 1,
        lines: 2,
      });
    const first = await resolved(repository.path, 'commit', commit('HEAD^'));
    assert.deepEqual([first.title, first.files, first.lines], ['First commit', 2, 2]);
  });

  test('a merge is compared with its first parent', async () => {
    const repository = await create({
      committed: { 'a.ts': '1\n' },
      branch: { name: 'feature', committed: { 'b.ts': '1\n2\n' } },
    });
    await repository.git('switch', '--quiet', 'main');
    await repository.commit('On main', { 'c.ts': '1\n' });
    await repository.git('merge', '--quiet', '--no-ff', '--message=Merge', 'feature');
    const { files, lines, title } = await resolved(repository.path, 'commit', commit('HEAD'));
    assert.deepEqual([files, lines, title], [1, 2, 'Merge']);
  });

  test('no such commit, something else, an option, a byte that no program can be given', async () => {
    const repository = await create({ committed: { 'a.ts': '1\n' } });
    for (const name of ['nope', 'HEAD:a.ts', 'HEAD^{tree}', '--all', 'HEAD\0'])
      await refused(repository.path, commit(name), /There is no commit “/);
    await repository.commit('Empty');
    await refused(
      repository.path,
      commit('HEAD'),
      /Nothing to review: the commit [0-9a-f]{7} changes no file/,
    );
  });
});

describe('range', () => {
  const create = repositories();
  const range = (text: string) => ({ scope: 'range', range: text }) as const;

  test('two dots compare the ends, three dots begin where they parted; an empty end is HEAD', async () => {
    const repository = await create({
      committed: { 'a.ts': '1\n' },
      branch: { name: 'feature', committed: { 'b.ts': '1\n' } },
    });
    const feature = (await repository.git('rev-parse', 'HEAD')).trim();
    await repository.git('switch', '--quiet', 'main');
    const base = (await repository.git('rev-parse', 'HEAD')).trim();
    const main = await repository.commit('On main', { 'c.ts': 'x\ny\n' });
    assert.deepEqual(await resolved(repository.path, 'range', range('main..feature')), {
      kind: 'range',
      range: 'main..feature',
      from: main,
      to: feature,
      files: 2,
      lines: 3,
    });
    assert.deepEqual(await resolved(repository.path, 'range', range(' main...feature ')), {
      kind: 'range',
      range: 'main...feature',
      from: base,
      to: feature,
      files: 1,
      lines: 1,
    });
    for (const text of ['feature..', 'feature...']) {
      const { to } = await resolved(repository.path, 'range', range(text));
      assert.equal(to, main);
    }
    assert.equal((await resolved(repository.path, 'range', range('..feature'))).from, main);
  });

  test('ends that are not there, no range, nothing in it, histories that share nothing', async () => {
    const repository = await create({ committed: { 'a.ts': '1\n' } });
    await refused(repository.path, range('main..nope'), /There is no commit “nope”/);
    await refused(repository.path, range('--all..main'), /There is no commit “--all”/);
    await refused(repository.path, range('main'), /“main” is not a range/);
    await refused(
      repository.path,
      range('main..HEAD'),
      /Nothing to review: there is no change in main\.\.HEAD/,
    );
    await refused(repository.path, range('..'), /Nothing to review/);
    await repository.git('switch', '--quiet', '--orphan', 'other');
    await repository.commit('Other root', { 'b.ts': 'other\n' });
    await refused(repository.path, range('main...other'), /no commit in common/);
    assert.equal((await resolved(repository.path, 'range', range('main..other'))).files, 2);
  });
});

describe('plan', () => {
  const create = repositories();
  const plan = (file: string) => ({ scope: 'plan', plan: file }) as const;

  test('relative to the caller’s folder; named by its place in the repository', async () => {
    const repository = await create({ committed: { 'docs/plan.md': '# Plan\n\nDo it' } });
    const target = await resolved(path.join(repository.path, 'docs'), 'plan', plan('plan.md'));
    assert.deepEqual(target, { kind: 'plan', file: 'docs/plan.md', lines: 3 });
    assert.equal(await readPlan(repository.path, target), '# Plan\n\nDo it');
  });

  test('outside of the repository, and through a link: by its real path', async () => {
    const repository = await create();
    const outside = path.join(createTempFolder('plans').path, 'brave otter.md');
    writeFileSync(outside, 'Do it\n');
    symlinkSync(outside, path.join(repository.path, 'link.md'));
    for (const name of [outside, 'link.md']) {
      const target = await resolved(repository.path, 'plan', plan(name));
      assert.deepEqual(target, { kind: 'plan', file: outside, lines: 1 });
      assert.equal(await readPlan(repository.path, target), 'Do it\n');
    }
  });

  test('~ is the home folder, of which the error tells', async () => {
    const repository = await create();
    const missing = `no-plan-${process.pid}.md`;
    await refused(repository.path, plan(`~/${missing}`), new RegExp(`no plan at ${homedir()}/${missing}`));
  });

  test('what is no readable text', async () => {
    const repository = await create({
      uncommitted: {
        'empty.md': ' \n',
        'binary.md': new Uint8Array([65, 0, 66]),
        'long.md': 'x'.repeat(maxPlanBytes + 1),
        'lines.md': 'x\n'.repeat(10_001),
        'just.md': 'x'.repeat(maxPlanBytes),
      },
    });
    mkdirSync(path.join(repository.path, 'folder'));
    const cases = {
      'gone.md': /There is no plan at/,
      'nul\0.md': /There is no plan at/,
      'empty.md': /Nothing to review: .*empty\.md is empty/,
      'binary.md': /is not a text file/,
      'long.md': /too long for a plan: more than 256 KiB/,
      'lines.md': /too long for a plan: more than 10000 lines/,
      folder: /is not a file/,
      '/dev/zero': /is not a file/,
    };
    for (const [name, message] of Object.entries(cases)) await refused(repository.path, plan(name), message);
    assert.equal((await resolved(repository.path, 'plan', plan('just.md'))).lines, 1);
  });

  test('only from within a repository', async () => {
    await refused(createTempFolder().path, plan('/dev/null'), /not inside a git repository/);
  });
});
