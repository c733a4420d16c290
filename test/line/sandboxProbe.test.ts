import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { probeSandbox } from '../../src/codex/sandboxProbe.ts';
import { codexBinary, codexVersions } from '../support/binaries.ts';
import { createCodexHome } from '../support/codexHome.ts';
import type { Environment } from '../support/environment.ts';
import { createFakeCodex } from '../support/fakeCodex.ts';
import { createTempFolder } from '../support/temp.ts';
import { openConnection } from './directConnection.ts';

const nowhere = 'http://127.0.0.1:9/v1';
const cwd = createTempFolder('probed').path;

async function probe(codex: string, env: Environment, folder = cwd) {
  const { connection, dispose } = await openConnection(codex, env);
  try {
    return await probeSandbox(connection, folder);
  } finally {
    await dispose();
  }
}

/** Runs a program where no namespaces can be made: as on machines that forbid them to users (facts: app-server.md, 4.5). */
const withoutNamespaces = [
  ...['unshare', '--user', '--map-root-user'],
  ...['sh', '-c', 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$0" "$@"'],
] as const;
const [unshare, ...unshareArguments] = withoutNamespaces;
const cannotForbid = spawnSync(unshare, [...unshareArguments, 'true']).status !== 0;

for (const version of codexVersions) {
  describe(`the sandbox of the real Codex ${version}`, () => {
    test('works', async () => {
      const home = createCodexHome({ modelUrl: nowhere });
      assert.deepEqual(await probe(codexBinary(version).native, home.env), { works: true });
      await home.dispose();
    });

    test(
      'does not work where the machine forbids it, also if the user’s own commands need none',
      { skip: cannotForbid && 'this machine can’t forbid namespaces to one program' },
      async () => {
        const home = createCodexHome({ modelUrl: nowhere });
        writeFileSync(path.join(home.codexHome, 'config.toml'), 'sandbox_mode = "danger-full-access"\n');
        const codex = path.join(home.home, 'codex');
        const command = [...withoutNamespaces, codexBinary(version).native].map(quoted).join(' ');
        writeFileSync(codex, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
        const state = await probe(codex, home.env);
        assert.match(state.works ? '' : state.reason, /^bwrap: Creating new namespace failed/);
        await home.dispose();
      },
    );

    test('a folder that is gone is said as it is', async () => {
      const home = createCodexHome({ modelUrl: nowhere });
      const state = await probe(codexBinary(version).native, home.env, path.join(cwd, 'gone'));
      assert.match(state.works ? '' : state.reason, /No such file or directory/);
      await home.dispose();
    });
  });
}

test('a sandbox that fails every command is told in the words of the first line', async () => {
  const fake = createFakeCodex('sandboxBroken');
  assert.deepEqual(await probe(fake.path, fake.env), {
    works: false,
    reason: 'bwrap: Creating new namespace failed: Operation not permitted',
  });
  await fake.dispose();
});

/** For the shell of the test's own script. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
