import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { anchorFindings } from '../../../src/findings/anchor.ts';
import { placeFindings, withPresentPlaces } from '../../../src/findings/placeFindings.ts';
import type { Finding } from '../../../src/protocol/finding.ts';
import { type TempFolder, createTempFolder } from '../../support/temp.ts';

const text = 'one();\ntwo();\n  three(value);\nfour();\n';

describe('the present place of a finding', () => {
  let folder: TempFolder;
  let repository: string;
  let finding: Finding;
  const asked: string[] = [];
  const place = async (change: Partial<Finding> = {}, renamed: string | null = null) => {
    const renamedTo = (_: string, file: string) => {
      asked.push(file);
      return Promise.resolve(renamed);
    };
    const placed = (await placeFindings([{ ...finding, ...change }], { renamedTo })).get(finding.id);
    assert.ok(placed);
    return [placed.place, placed.file, placed.startLine, placed.endLine];
  };
  const write = (content: string, file = 'src/a.ts') => writeFileSync(path.join(repository, file), content);

  beforeEach(async () => {
    asked.length = 0;
    folder = createTempFolder('place-findings');
    repository = path.join(realpathSync(folder.path), 'repository');
    mkdirSync(path.join(repository, 'src'), { recursive: true });
    write(text);
    const reported = {
      title: 'Three',
      body: '',
      recommendation: '',
      priority: 'P1' as const,
      confidence: null,
      path: 'src/a.ts',
      startLine: 3,
      endLine: 3,
    };
    const [first] = await anchorFindings([reported], { repository, job: 'j', reviewer: 'codex' });
    assert.ok(first?.anchor);
    finding = first;
  });
  afterEach(() => folder.dispose());

  test('is where its text is now', async () => {
    assert.deepEqual(await place(), ['anchored', 'src/a.ts', 3, 3]);
    write(`zero();\r\n${text.replaceAll('\n', '\r\n')}`);
    assert.deepEqual(await place(), ['anchored', 'src/a.ts', 4, 4]);
  });

  test('is stale where the text is gone, and missing where the file is', async () => {
    write('one();\ntwo();\n');
    assert.deepEqual(await place(), ['stale', 'src/a.ts', 2, 2]);
    rmSync(path.join(repository, 'src/a.ts'));
    assert.deepEqual(await place(), ['missing', 'src/a.ts', 3, 3]);
    assert.deepEqual(asked, ['src/a.ts'], 'only of a file that is gone another name is asked for');
  });

  test('is in the renamed file, unless that leaves the repository', async () => {
    renameSync(path.join(repository, 'src/a.ts'), path.join(repository, 'src/b.ts'));
    assert.deepEqual(await place({}, 'src/b.ts'), ['anchored', 'src/b.ts', 3, 3]);
    writeFileSync(path.join(repository, '../secret.ts'), text);
    assert.deepEqual(await place({}, '../secret.ts'), ['missing', 'src/a.ts', 3, 3]);
  });

  test('is outside where a link leads out of the repository since, or the path never was inside', async () => {
    writeFileSync(path.join(repository, '../secret.ts'), text);
    rmSync(path.join(repository, 'src/a.ts'));
    symlinkSync(path.join(repository, '../secret.ts'), path.join(repository, 'src/a.ts'));
    assert.deepEqual(await place(), ['outside', 'src/a.ts', 3, 3]);
    assert.deepEqual(await place({ file: '../secret.ts' }), ['outside', '../secret.ts', 3, 3]);
    assert.deepEqual(await place({ place: 'outside', file: 'src' }), ['outside', 'src', 3, 3]);
    assert.deepEqual(await place({ file: 'src/\0' }), ['outside', 'src/\0', 3, 3]);
  });

  test('of an old ledger, without an anchor, is the recorded one as far as there are lines', async () => {
    assert.deepEqual(await place({ anchor: null, endLine: 90 }), ['anchored', 'src/a.ts', 3, 4]);
    assert.deepEqual(await place({ anchor: null, place: 'missing' }), ['stale', 'src/a.ts', 3, 3]);
  });

  test('is not looked for in a file that is too large', async () => {
    write(`${'x'.repeat(11 * 1024 * 1024)}\n`);
    assert.deepEqual(await place(), ['anchored', 'src/a.ts', 3, 3]);
  });

  test('is what a new review is compared with', async () => {
    write(`zero();\n${text}`);
    const options = { renamedTo: () => Promise.resolve(null) };
    const [now] = await withPresentPlaces([finding], options);
    assert.deepEqual({ ...now }, { ...finding, startLine: 4, endLine: 4 });
  });
});
