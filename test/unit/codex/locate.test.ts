import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { UserError } from '../../../src/base/errors.ts';
import { findCodex, locateCodex } from '../../../src/codex/locate.ts';
import { isOlder } from '../../../src/codex/version.ts';
import { codexBinary, codexVersions } from '../../support/binaries.ts';
import { createTempFolder } from '../../support/temp.ts';

function executable(folder: string, name: string, text = '#!/bin/sh\n'): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

describe('finding Codex', () => {
  test('on PATH, in its order; relative entries and files that cannot be run do not count', async () => {
    const folder = createTempFolder('path').path;
    const first = executable(path.join(folder, 'with space'), 'codex');
    const second = executable(path.join(folder, 'b'), 'codex');
    mkdirSync(path.join(folder, 'c', 'codex'), { recursive: true });
    writeFileSync(path.join(folder, 'codex'), 'not executable');
    const PATH = [
      '.',
      'node_modules/.bin',
      folder,
      path.join(folder, 'c'),
      path.dirname(first),
      path.dirname(second),
    ].join(':');
    const found = await findCodex('', { PATH, HOME: folder });
    assert.deepEqual(found.slice(0, 2), [
      { file: first, source: 'PATH' },
      { file: second, source: 'PATH' },
    ]);
  });

  test('the setting is the only candidate; if it is wrong that is said', async () => {
    const folder = createTempFolder('path').path;
    const chosen = executable(folder, 'my-codex');
    assert.deepEqual(await findCodex(chosen, {}), [{ file: chosen, source: 'setting' }]);
    await assert.rejects(locateCodex(path.join(folder, 'other'), { PATH: folder }), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /no executable file at .*other/);
      return true;
    });
  });

  test('where PATH has none, the login shell is asked, whatever else it prints; then the usual places', async () => {
    const folder = createTempFolder('home').path;
    const tools = path.join(folder, 'tools');
    const own = executable(tools, 'codex');
    const known = executable(path.join(folder, '.local', 'bin'), 'codex');
    const shell = executable(
      folder,
      'shell',
      `#!/bin/sh\necho welcome\nPATH="${tools}:$PATH" exec /bin/sh -c "$2"\n`,
    );
    const found = await findCodex('', { PATH: '/nowhere', HOME: folder, SHELL: shell });
    assert.deepEqual(found.slice(0, 2), [
      { file: own, source: 'login shell' },
      { file: known, source: 'known place' },
    ]);
  });

  for (const version of codexVersions) {
    test(`npm’s launcher leads to the native program (${version})`, async () => {
      const { launcher, native } = codexBinary(version);
      const link = path.join(createTempFolder('bin').path, 'codex');
      symlinkSync(launcher, link);
      const launch = await locateCodex('', { PATH: path.dirname(link) });
      assert.equal(launch.file, native);
      assert.deepEqual(launch.args, []);
      assert.equal(launch.found.file, link);
    });
  }
});

test('versions', () => {
  assert.ok(isOlder('0.129.9', '0.130.0'));
  assert.ok(!isOlder('0.130.0', '0.130.0'));
  assert.ok(!isOlder('1.0.0', '0.130.0'));
  assert.ok(!isOlder('', '0.130.0'));
});
