import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { checkQuotes } from '../../../src/findings/quotes.ts';
import { createTempFolder } from '../../support/temp.ts';

describe('quotes compared with the files', () => {
  const outside = createTempFolder('outside');
  const folder = createTempFolder('repository');
  after(async () => {
    await folder.dispose();
    await outside.dispose();
  });
  const secret = path.join(outside.path, 'secret.txt');
  writeFileSync(secret, 'secret\n');
  mkdirSync(path.join(folder.path, 'src'));
  const file = path.join(folder.path, 'src/a.js');
  writeFileSync(file, 'if (a) {\r\n  b();\r\n}\r\n\r\nif (a) {\r\n  b();\r\n}\r\n');
  symlinkSync(secret, path.join(folder.path, 'link.txt'));
  const check = async (name: string, startLine: number, ...lines: string[]) =>
    (await checkQuotes(folder.path, [{ file: name, startLine, lines }]))[0];

  test('are the file’s own lines, at the place that is nearest to the one that was named', async () => {
    const found = { file: 'src/a.js', lines: ['if (a) {', '  b();'], verified: true };
    assert.deepEqual(await check('src/a.js', 1, 'if (a) {', '  b();'), { ...found, startLine: 1 });
    assert.deepEqual(await check('src/a.js', 4, 'if (a) {', 'b();'), { ...found, startLine: 5 });
    assert.deepEqual(await check(file, 90, 'if (a) {\n  b();\n'), { ...found, startLine: 5 });
    assert.deepEqual((await check('./src/a.js', 4, '', '}', ''))?.startLine, 3);
  });

  test('that are not in the file are marked, and stay as they were said', async () => {
    const said = { file: 'src/a.js', startLine: 2, lines: ['c();'], verified: false };
    assert.deepEqual(await check('src/a.js', 2, 'c();'), said);
    assert.equal((await check('src/a.js', 1, 'if (a) {', '}'))?.verified, false);
    assert.equal((await check('src/gone.js', 1, 'b();'))?.verified, false);
    assert.equal((await check('src', 1, 'b();'))?.verified, false);
  });

  test('of files outside of the repository are never read', async () => {
    for (const name of [secret, '../secret.txt', 'link.txt', '', '\0'])
      assert.equal((await check(name, 1, 'secret'))?.verified, false, name);
  });

  test('that say nothing are none, and there is an end to them', async () => {
    assert.equal(await check('src/a.js', 4, '', '  '), undefined);
    const many = Array.from({ length: 50 }, () => ({ file: 'src/a.js', startLine: 2, lines: ['b();'] }));
    assert.equal((await checkQuotes(folder.path, many)).length, 10);
    const [long] = await checkQuotes(folder.path, [
      { file: 'x'.repeat(9_000), startLine: -3, lines: Array.from({ length: 900 }, () => 'y'.repeat(9_000)) },
    ]);
    assert.ok(JSON.stringify(long).length < 25_000);
    assert.equal(long?.startLine, 1);
  });
});
