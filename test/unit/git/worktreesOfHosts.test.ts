import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { createTempFolder } from '../../support/temp.ts';
import { repositories } from './fixture.ts';

describe('worktrees of one repository, taken by several hosts', () => {
  const create = repositories();

  test('each gets its own, and nothing is left of any', async () => {
    const repository = await create({ committed: { 'a.txt': 'a\n' } });
    const folder = createTempFolder('worktrees').path;
    const program = path.join(import.meta.dirname, 'worktreeProcess.ts');
    const hosts = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--import', 'tsx', program, repository.path, folder, '8'], { stdio: 'pipe' }),
    );
    const endings = hosts.map(async (host) => {
      let errors = '';
      host.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
      await once(host, 'close');
      return errors;
    });
    await Promise.all(hosts.map(({ stdout }) => once(stdout, 'data')));
    for (const { stdin } of hosts) stdin.write('go\n');
    assert.deepEqual(await Promise.all(endings), ['', '', '', '']);
    assert.deepEqual(readdirSync(folder), []);
    assert.equal((await repository.git('worktree', 'list', '--porcelain')).match(/^worktree /gm)?.length, 1);
  });
});
