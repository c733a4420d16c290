import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityOf } from '../../src/base/childProcess.ts';
import { JobStore } from '../../src/jobs/jobStore.ts';
import { waitFor } from '../engine/wait.ts';
import { cleanEnvironment } from '../support/environment.ts';
import { createRepository } from '../support/repository.ts';
import { createTempFolder } from '../support/temp.ts';
import { createRecordingLogger, sampleJob } from '../unit/bridge/samples.ts';
import { createPlainHost } from './plainHost.ts';

test('a window that opens deletes the jobs that the settings no longer keep', async () => {
  const { path: repository } = await createRepository();
  const { path: stateHome } = createTempFolder('state');
  const store = new JobStore(stateHome, identityOf(process.pid), createRecordingLogger());
  const ended = (id: string, endedAt: string) => sampleJob({ id, repository, createdAt: endedAt, endedAt });
  for (const job of [
    ended('review-00000001', '2020-01-01T00:00:00.000Z'),
    ended('review-00000002', new Date(Date.now() - 60 * 60_000).toISOString()),
    ended('review-00000003', new Date().toISOString()),
  ])
    await store.save(job);
  const host = createPlainHost({
    codex: '/nowhere/codex',
    env: cleanEnvironment({}),
    folders: [repository],
    stateHome,
    settings: { keepJobsDays: 7 },
  });
  await host.app.start();
  const left = await waitFor('the deletion', async () => {
    const jobs = await store.list(repository);
    return jobs.length < 3 && jobs;
  });
  assert.deepEqual(
    left.map(({ id }) => id),
    ['review-00000003', 'review-00000002'],
  );
  await host.dispose();
});
