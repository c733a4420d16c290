import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { isRepositoryPath } from '../../../src/protocol/repositoryPath.ts';
import { fileInRepository } from '../../../src/vscode/activeFile.ts';
import { namedFile } from '../../../src/vscode/findingFile.ts';
import { createTempFolder } from '../../support/temp.ts';

const home = realpathSync(createTempFolder('named').path);
const repository = path.join(home, 'shop');
mkdirSync(path.join(repository, 'src'), { recursive: true });
writeFileSync(path.join(repository, 'src/a.ts'), 'x\n');
writeFileSync(path.join(home, 'secret.txt'), 'x\n');
symlinkSync(home, path.join(repository, 'out'));
symlinkSync(path.join(home, 'secret.txt'), path.join(repository, 'src/b.ts'));
symlinkSync(path.join(repository, 'src'), path.join(repository, 'inside'));

describe('a file that a text names', () => {
  it('is found inside the repository, through links too', async () => {
    assert.equal(await namedFile(repository, 'src/a.ts', []), path.join(repository, 'src/a.ts'));
    assert.equal(await namedFile(repository, 'inside/a.ts', []), path.join(repository, 'src/a.ts'));
  });

  for (const named of [
    'src/none.ts',
    '../secret.txt',
    'src/../../secret.txt',
    'src/../src/a.ts',
    './src/a.ts',
    'out/secret.txt',
    'src/b.ts',
    path.join(home, 'secret.txt'),
    '',
    '/',
    'C:/x.ts',
    'C:x.ts',
    '\\\\server\\share\\x.ts',
    '//server/share/x.ts',
    '\\\\?\\C:\\x.ts',
    'src\\..\\..\\secret.txt',
    'src/a.ts:stream',
    'src/a.ts\0.txt',
  ])
    it(`is never ${JSON.stringify(named)}`, async () => {
      assert.equal(await namedFile(repository, named, []), null);
    });

  it('is a relative path with plain names', () => {
    assert.ok(isRepositoryPath('src/a b/ü.ts') && isRepositoryPath('.github/x.yml'));
  });
});

describe('the file in the editor', () => {
  it('belongs to the innermost repository, by its real path', () => {
    const nested = path.join(repository, 'src');
    assert.deepEqual(fileInRepository(path.join(repository, 'inside/a.ts'), [repository]), {
      repository,
      file: 'src/a.ts',
    });
    assert.deepEqual(fileInRepository(path.join(repository, 'src/a.ts'), [repository, nested]), {
      repository: nested,
      file: 'a.ts',
    });
    assert.equal(fileInRepository(path.join(home, 'secret.txt'), [repository]), null);
  });
});
