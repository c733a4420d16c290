import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { UserError } from '../../../../src/base/errors.ts';
import { importSarif } from '../../../../src/findings/import/importSarif.ts';
import { createTempFolder } from '../../../support/temp.ts';

describe('importing a log', () => {
  const folder = createTempFolder('import');
  after(() => folder.dispose());
  const root = realpathSync(folder.path);
  const repository = path.join(root, 'shop');
  const log = path.join(root, 'log.sarif');
  mkdirSync(path.join(repository, 'src'), { recursive: true });
  writeFileSync(path.join(root, 'secret.ts'), 'secret\n');
  writeFileSync(path.join(repository, 'src', 'a.ts'), 'one\ntwo\nthree\n');
  symlinkSync(root, path.join(repository, 'up'));
  symlinkSync(path.join(root, 'secret.ts'), path.join(repository, 'link.ts'));

  async function importAt(uri: string, region = { startLine: 2, endLine: 2 }) {
    const results = [
      { message: { text: 'T' }, locations: [{ physicalLocation: { artifactLocation: { uri }, region } }] },
    ];
    writeFileSync(
      log,
      JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'ESLint' } }, results }] }),
    );
    const [finding] = (await importSarif(log, repository)).findings;
    assert.ok(finding);
    return finding;
  }

  test('a finding of the tool, at its place, with the same id each time', async () => {
    const finding = await importAt(`file://${repository}/src/a.ts`);
    const { place, file, reviewers, tool, job, startLine } = finding;
    assert.deepEqual(
      { place, file, reviewers, tool, job, startLine },
      { place: 'anchored', file: 'src/a.ts', reviewers: ['sarif'], tool: 'ESLint', job: '', startLine: 2 },
    );
    assert.equal((await importAt('src/a.ts')).id, finding.id);
  });

  for (const [uri, place, file] of [
    ['src/%2e%2e/src/a.ts', 'anchored', 'src/a.ts'],
    ['src/gone.ts', 'missing', 'src/gone.ts'],
    ['../secret.ts', 'outside', '../secret.ts'],
    ['%2e%2e/secret.ts', 'outside', '../secret.ts'],
    ['link.ts', 'outside', 'link.ts'],
    ['up/secret.ts', 'outside', 'up/secret.ts'],
    ['up/gone.ts', 'outside', 'up/gone.ts'],
    [`file://${root}/secret.ts`, 'outside', `${root}/secret.ts`],
    ['a%00.ts', 'outside', 'a\0.ts'],
    ['command:x', 'outside', ''],
    ['\\\\server\\share\\a.ts', 'outside', ''],
  ] as const)
    test(uri.replace(root, ''), async () => {
      const finding = await importAt(uri);
      assert.deepEqual([finding.place, finding.file], [place, file]);
    });

  test('lines are held to the file', async () => {
    const { startLine, endLine } = await importAt('src/a.ts', { startLine: -3, endLine: 1e300 });
    assert.deepEqual([startLine, endLine], [1, 3]);
  });

  test('what is no log is said in words', async () => {
    writeFileSync(log, '{');
    await assert.rejects(importSarif(log, repository), /no SARIF log/);
    await assert.rejects(importSarif(path.join(root, 'nothing'), repository), UserError);
    await assert.rejects(importSarif(root, repository), UserError);
  });
});
