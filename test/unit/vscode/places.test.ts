import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { findingFile, windowPath } from '../../../src/vscode/findingFile.ts';
import { placeRange } from '../../../src/vscode/placeRange.ts';
import { createTempFolder } from '../../support/temp.ts';
import { finding } from '../webview/fixtures.ts';

describe('the lines of a finding in the text as it is now', () => {
  const lines = ['function a() {', '    return 1;', '', '}', '  '];
  const range = (startLine: number, endLine: number) => {
    const place = placeRange({ startLine, endLine }, lines);
    return [place.startLine, place.startColumn, place.endLine, place.endColumn];
  };

  test('one line: from its first character that is no space to its end', () =>
    assert.deepEqual(range(2, 2), [1, 4, 1, 13]));
  test('several lines', () => assert.deepEqual(range(1, 4), [0, 0, 3, 1]));
  test('a blank line', () => {
    assert.deepEqual(range(3, 3), [2, 0, 2, 0]);
    assert.deepEqual(range(5, 5), [4, 0, 4, 2]);
  });
  test('lines beyond the end, because the file has become shorter', () => {
    assert.deepEqual(range(4, 90), [3, 0, 4, 2]);
    assert.deepEqual(range(80, 90), [4, 0, 4, 2]);
    assert.deepEqual(placeRange({ startLine: 7, endLine: 9 }, []), {
      startLine: 0,
      startColumn: 0,
      endLine: 0,
      endColumn: 0,
    });
  });
  test('a text that cannot be read: the lines as reported', () => {
    const place = placeRange({ startLine: 7, endLine: 9 }, null);
    assert.deepEqual([place.startLine, place.startColumn, place.endLine], [6, 0, 8]);
  });
});

describe('the file of a finding', () => {
  const folder = createTempFolder('places').path;
  const repository = path.join(folder, 'repository');
  mkdirSync(path.join(repository, 'src'), { recursive: true });
  writeFileSync(path.join(repository, 'src/a.ts'), '');
  writeFileSync(path.join(folder, 'secret.txt'), '');
  const fileOf = (file: string, change = {}) =>
    findingFile(finding({ repository, file, ...change }), [repository]);

  test('is the one in the repository', async () => {
    assert.equal(await fileOf('src/a.ts'), path.join(repository, 'src/a.ts'));
  });

  test('is none where the finding has no place', async () => {
    assert.equal(await fileOf('src/a.ts', { place: 'outside' }), null);
    assert.equal(await fileOf('src/a.ts', { place: 'missing' }), null);
  });

  test('is none where it is gone since, or leads out of the repository since', async () => {
    assert.equal(await fileOf('src/gone.ts'), null);
    assert.equal(await fileOf('../secret.txt'), null);
    writeFileSync(path.join(repository, 'src/b.ts'), '');
    assert.notEqual(await fileOf('src/b.ts'), null);
    rmSync(path.join(repository, 'src/b.ts'));
    symlinkSync(path.join(folder, 'secret.txt'), path.join(repository, 'src/b.ts'));
    assert.equal(await fileOf('src/b.ts'), null);
  });

  test('has the path by which the window knows it, where the folder was opened through a link', () => {
    const link = path.join(folder, 'link');
    symlinkSync(repository, link);
    const real = path.join(repository, 'src/a.ts');
    assert.equal(windowPath(real, [link]), path.join(link, 'src/a.ts'));
    assert.equal(windowPath(real, [path.join(link, 'src'), folder]), path.join(link, 'src/a.ts'));
    assert.equal(windowPath(real, []), real);
    assert.equal(windowPath(path.join(folder, 'secret.txt'), [link]), path.join(folder, 'secret.txt'));
  });
});
