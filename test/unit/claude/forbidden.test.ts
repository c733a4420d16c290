import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { UserError } from '../../../src/base/errors.ts';
import { forbiddenIn } from '../../../src/claude/forbidden.ts';
import { repositories } from '../git/fixture.ts';
import { createTempFolder } from '../../support/temp.ts';

describe('what is forbidden to a run of Claude', () => {
  const create = repositories();
  const env = { HOME: '/home/me' };

  const rules = (permissions: unknown) => JSON.stringify({ permissions, hooks: { Stop: [] }, model: 'own' });
  const local = (folder: string, permissions: unknown) => {
    mkdirSync(path.join(folder, '.claude'), { recursive: true });
    writeFileSync(path.join(folder, '.claude/settings.local.json'), rules(permissions));
  };

  test('is what the user and both files of the repository forbid, or want to be asked about; nothing else of them', async () => {
    const settings = rules({ deny: ['Read(/keys)'], allow: ['Read(//**)'], defaultMode: 'acceptEdits' });
    const { path: repository } = await create({ committed: { '.claude/settings.json': settings } });
    local(repository, { deny: ['Read(.env)'], ask: ['Edit(docs/**)'], additionalDirectories: ['/'] });
    const user = { deny: ['Read(~/.ssh)', 'Read(.env)'], ask: ['Edit'] };
    assert.deepEqual(await forbiddenIn({ repository, folder: repository }, user, env), {
      deny: ['Read(//home/me/.ssh)', 'Read(.env)', 'Edit', `Read(/${repository}/keys)`, 'Edit(docs/**)'],
    });
    assert.deepEqual(await forbiddenIn({ repository: '/nowhere', folder: '/nowhere' }, undefined, env), {
      deny: [],
    });
  });

  test('is in a worktree of the user’s also what the user keeps to himself in the main checkout', async () => {
    const main = await create({ committed: { 'a.txt': 'a\n' } });
    local(main.path, { deny: ['Read(/keys)'] });
    const worktree = path.join(createTempFolder('worktree').path, 'here');
    await main.git('worktree', 'add', '--quiet', '--detach', worktree);
    assert.deepEqual(await forbiddenIn({ repository: worktree, folder: worktree }, undefined, env), {
      deny: [`Read(/${worktree}/keys)`],
    });
  });

  test('is not known where settings of the repository are damaged, or are no file', async () => {
    const { path: repository } = await create({ committed: { '.claude/settings.json/file': '' } });
    await assert.rejects(forbiddenIn({ repository, folder: repository }, undefined, env), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /settings\.json is no file of settings\. .* what Claude must not read/);
      return true;
    });
  });
});
