import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listCommits } from '../../../src/git/commits.ts';
import { createRepository } from '../../support/repository.ts';

const options = { env: process.env };

test('the newest commits first, as many as asked for', async () => {
  const repository = await createRepository({
    committed: { 'a.txt': 'a\n' },
    branch: { name: 'topic', committed: { 'b.txt': 'b\n' } },
  });
  try {
    const all = await listCommits(repository.path, 10, options);
    assert.deepEqual(
      all.map(({ title, author }) => [title, author]),
      [
        ['Work on topic', 'Test Author'],
        ['First commit', 'Test Author'],
      ],
    );
    assert.ok(all.every(({ sha, date }) => /^[0-9a-f]{40}$/.test(sha) && !Number.isNaN(Date.parse(date))));
    const [newest] = await listCommits(repository.path, 1, options);
    assert.equal(newest?.sha, (await repository.git('rev-parse', 'HEAD')).trim());
  } finally {
    await repository.dispose();
  }
});

test('none where there is no commit yet', async () => {
  const repository = await createRepository({ uncommitted: { 'a.txt': 'a\n' } });
  try {
    await repository.git('update-ref', '-d', 'HEAD');
    assert.deepEqual(await listCommits(repository.path, 10, options), []);
  } finally {
    await repository.dispose();
  }
});
