import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { anchorFindings } from '../../../src/findings/anchor.ts';
import type { ReportedFinding } from '../../../src/findings/finding.ts';
import { createTempFolder } from '../../support/temp.ts';

describe('anchoring', () => {
  const folder = createTempFolder('anchor');
  after(() => folder.dispose());
  const repository = realpathSync(folder.path);
  const outside = path.join(repository, '..', `${path.basename(repository)}-secret.txt`);
  writeFileSync(outside, 'secret\n');
  mkdirSync(path.join(repository, 'src'));
  writeFileSync(path.join(repository, 'src', 'ünï "q" .ts'), 'one\ntwo\nthree\n');
  writeFileSync(path.join(repository, 'empty.ts'), '');
  writeFileSync(path.join(repository, 'crlf.ts'), 'one\r\ntwo\r\n');
  symlinkSync(outside, path.join(repository, 'link.txt'));
  symlinkSync(path.dirname(outside), path.join(repository, 'up'));

  const reported = (where: Partial<ReportedFinding>): ReportedFinding => ({
    title: 'Title',
    body: '',
    recommendation: '',
    priority: 'P2',
    confidence: null,
    path: 'src/ünï "q" .ts',
    startLine: 2,
    endLine: 2,
    ...where,
  });
  const anchor = async (where: Partial<ReportedFinding>, title = 'Title') => {
    const [finding] = await anchorFindings([reported({ title, ...where })], {
      repository,
      job: 'j',
      reviewer: 'codex',
    });
    assert.ok(finding);
    return finding;
  };

  for (const [what, where, expected] of [
    ['relative', {}, ['anchored', 'src/ünï "q" .ts', 2, 2]],
    ['absolute', { path: path.join(repository, 'src/ünï "q" .ts') }, ['anchored', 'src/ünï "q" .ts', 2, 2]],
    ['with detours', { path: 'src/../src/./ünï "q" .ts' }, ['anchored', 'src/ünï "q" .ts', 2, 2]],
    ['line 0 and less', { startLine: 0, endLine: -3 }, ['anchored', 'src/ünï "q" .ts', 1, 1]],
    ['end before start', { startLine: 3, endLine: 1 }, ['anchored', 'src/ünï "q" .ts', 3, 3]],
    ['past the end', { startLine: 2, endLine: 400 }, ['anchored', 'src/ünï "q" .ts', 2, 3]],
    ['no lines', { startLine: null, endLine: null }, ['anchored', 'src/ünï "q" .ts', 1, 1]],
    ['not whole', { startLine: 2.7, endLine: 2.9 }, ['anchored', 'src/ünï "q" .ts', 2, 2]],
    ['an empty file', { path: 'empty.ts', startLine: 5, endLine: 6 }, ['anchored', 'empty.ts', 1, 1]],
    ['CRLF', { path: 'crlf.ts', startLine: 9, endLine: 9 }, ['anchored', 'crlf.ts', 2, 2]],
    [
      'an absurd line of a file that is gone',
      { path: 'gone.ts', startLine: 1e20, endLine: 1e300 },
      ['missing', 'gone.ts', 10_000_000, 10_000_000],
    ],
    ['a name that no file can have', { path: 'x'.repeat(300) }, ['missing', 'x'.repeat(300), 2, 2]],
    ['a deleted file', { path: 'src/gone.ts' }, ['missing', 'src/gone.ts', 2, 2]],
    ['a folder', { path: 'src' }, ['missing', 'src', 2, 2]],
    ['no path', { path: '' }, ['outside', '', 2, 2]],
    ['another place', { path: outside }, ['outside', outside, 2, 2]],
    ['up and away', { path: '../x.ts' }, ['outside', '../x.ts', 2, 2]],
    ['up and away, deleted', { path: 'src/../../gone.ts' }, ['outside', 'src/../../gone.ts', 2, 2]],
    ['a link that leaves', { path: 'link.txt' }, ['outside', 'link.txt', 2, 2]],
    ['through a linked folder', { path: 'up/gone.ts' }, ['outside', 'up/gone.ts', 2, 2]],
    ['the repository itself', { path: repository }, ['outside', repository, 2, 2]],
    ['a NUL', { path: 'src/\0.ts' }, ['outside', 'src/\0.ts', 2, 2]],
  ] as const) {
    test(what, async () => {
      const { place, file, startLine, endLine } = await anchor(where);
      assert.deepEqual([place, file, startLine, endLine], expected);
    });
  }

  test('the id survives a line shift, white space and a differently written title; not another text', async () => {
    const { id } = await anchor({});
    writeFileSync(path.join(repository, 'src', 'ünï "q" .ts'), 'zero\none\n    two\nthree\n');
    assert.equal((await anchor({ startLine: 3, endLine: 3 }, 'TITLE.')).id, id);
    assert.notEqual((await anchor({ startLine: 2, endLine: 2 })).id, id);
    assert.notEqual((await anchor({ startLine: 3, endLine: 3 }, 'Other')).id, id);
  });

  describe('of a version that is not that of the working tree', () => {
    const file = 'src/later.ts';
    const versions = new Map([[file, 'one();\ntwo(value);\nthree();\n']]);
    const kept: string[] = [];
    const inVersion = async (now: string | null, where: Partial<ReportedFinding> = {}) => {
      const absolute = path.join(repository, file);
      if (now === null) rmSync(absolute, { force: true });
      else writeFileSync(absolute, now);
      const [finding] = await anchorFindings([reported({ path: file, ...where })], {
        repository,
        job: 'j',
        reviewer: 'codex',
        keepText: (text) => Promise.resolve(String(kept.push(text))),
        reviewedText: (name) => {
          const text = versions.get(name);
          return Promise.resolve(text === undefined ? null : { text });
        },
      });
      assert.ok(finding);
      const { place, startLine, endLine, anchor: held } = finding;
      return { where: [place, startLine, endLine], text: held?.text, kept: kept.at(-1) };
    };

    test('the lines are found where they are now; what is kept is the version', async () => {
      assert.deepEqual(await inVersion('zero();\none();\ntwo(value);\nthree();\n'), {
        where: ['anchored', 3, 3],
        text: ['two(value);'],
        kept: versions.get(file),
      });
    });

    test('what has been mended since is stale, never another line', async () => {
      const { where, text } = await inVersion('one();\nmended();\nthree();\n');
      assert.deepEqual([where, text], [['stale', 2, 2], ['two(value);']]);
    });

    test('a file that is gone since is missing, and what it held is known', async () => {
      const { where, text } = await inVersion(null);
      assert.deepEqual([where, text], [['missing', 2, 2], ['two(value);']]);
    });

    test('a file that the version does not have is taken as it is now', async () => {
      const { where, text } = await inVersion('', { path: 'crlf.ts' });
      assert.deepEqual([where, text], [['anchored', 2, 2], ['two']]);
    });
  });

  test('equal findings of one review have different ids', async () => {
    const context = { repository, job: 'j', reviewer: 'codex' } as const;
    const both = await anchorFindings([reported({}), reported({})], context);
    assert.equal(new Set(both.map(({ id }) => id)).size, 2);
  });
});
