import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { deferred, onAbort } from '../../../src/base/async.ts';
import { identityOf } from '../../../src/base/childProcess.ts';
import { CancelledError, UserError } from '../../../src/base/errors.ts';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import { type Finished, type JobSpec, Jobs, type Work } from '../../../src/jobs/jobs.ts';
import { jobRecordSchema } from '../../../src/jobs/job.ts';
import type { Job } from '../../../src/protocol/job.ts';
import { createTempFolder } from '../../support/temp.ts';
import * as z from 'zod/mini';

const spec: JobSpec = {
  kind: 'review',
  origin: 'cli',
  repository: '/repository',
  target: { kind: 'working-tree', files: 1 },
  reviewer: 'codex',
  model: null,
  effort: null,
};
const finished: Finished = {
  outcome: { state: 'succeeded', verdict: 'clean', structure: 'structured', failure: null },
  result: { verdict: 'clean', summary: 'Fine.', findings: [], rawText: '{}' },
};

function create(home = createTempFolder('jobs').path, owner = identityOf(process.pid)) {
  const lines: string[] = [];
  const keep = (text: string) => void lines.push(text);
  const logger = { trace: keep, debug: keep, info: keep, warn: keep, error: keep };
  const jobs = new Jobs(new JobStore(home, owner, logger), logger);
  return { jobs, home, lines };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => onAbort(signal, resolve));
}

function folderOf(home: string): string {
  const [repository = ''] = readdirSync(path.join(home, 'repositories'));
  return path.join(home, 'repositories', repository, 'jobs');
}

function onDisk(home: string, id: string): Job {
  const text = readFileSync(path.join(folderOf(home), `${id}.json`), 'utf8');
  return z.parse(jobRecordSchema, JSON.parse(text)).job;
}

describe('jobs', () => {
  test('a job is on disk before its work starts, and its result before it has ended', async () => {
    const { jobs, home } = create();
    const seen: string[] = [];
    const work: Work = (job) => {
      seen.push(onDisk(home, job.id).state);
      return Promise.resolve(finished);
    };
    const { id } = await jobs.start(spec, work);
    jobs.onDidChange((job) => seen.push(job.state));
    const ended = await jobs.wait(id);
    assert.equal(seen[0], 'running');
    assert.equal(seen.at(-1), 'succeeded');
    assert.deepEqual(onDisk(home, id), ended);
    assert.deepEqual(await jobs.result(ended), finished.result);
    assert.equal(jobs.activeCount(), 0);
  });

  for (const [what, error, state, message] of [
    ['a failure', new UserError('No luck.', 'Try again.'), 'failed', 'No luck.'],
    [
      'a bug',
      new TypeError('x is undefined'),
      'failed',
      'Something went wrong inside Tandem: x is undefined',
    ],
  ] as const) {
    test(`${what} ends the job with the reason`, async () => {
      const { jobs } = create();
      const { id } = await jobs.start(spec, () => Promise.reject(error));
      const job = await jobs.wait(id);
      assert.equal(job.state, state);
      assert.equal(job.failure?.message, message);
    });
  }

  test('cancel: cancelling until the work confirms, and cancelled then', async () => {
    const { jobs } = create();
    const stopped = deferred<undefined>();
    const states: string[] = [];
    const { id } = await jobs.start(spec, async (_job, _progress, signal) => {
      await aborted(signal);
      await stopped.promise;
      throw new CancelledError();
    });
    jobs.onDidChange((job) => states.push(job.state));
    const cancelled = jobs.cancel(id);
    stopped.resolve(undefined);
    assert.equal((await cancelled).state, 'cancelled');
    assert.deepEqual(
      states.filter((state) => state !== 'running'),
      ['cancelling', 'cancelled'],
    );
    assert.equal((await jobs.cancel(id)).state, 'cancelled');
    await assert.rejects(jobs.cancel('review-unknown'), /does not run here/);
  });

  test('the end of the host interrupts what runs', async () => {
    const { jobs, home } = create();
    const { id } = await jobs.start(spec, async (_job, _progress, signal) => {
      await aborted(signal);
      throw new CancelledError();
    });
    await jobs.dispose();
    assert.equal(onDisk(home, id).state, 'interrupted');
  });

  test('a job of a host that is gone reads as interrupted; one of a living host stays', async () => {
    const home = createTempFolder('jobs').path;
    const gone = create(home, { pid: process.pid, startTime: 'another process had this pid' });
    const alive = create(home);
    const never: Work = () => new Promise(() => undefined);
    const lost = await gone.jobs.start(spec, never);
    const running = await alive.jobs.start(spec, never);
    const listed = await create(home).jobs.list(spec.repository);
    const states = Object.fromEntries(listed.map(({ id, state }) => [id, state]));
    assert.equal(states[lost.id], 'interrupted');
    assert.ok(states[running.id] === 'running' || states[running.id] === 'queued');
    assert.equal((await alive.jobs.find(lost.id))?.failure?.advice, 'Start the review again.');
  });

  test('a damaged file is set aside, and takes no other with it', async () => {
    const { jobs, home, lines } = create();
    const { id } = await jobs.start(spec, () => Promise.resolve(finished));
    await jobs.wait(id);
    writeFileSync(path.join(folderOf(home), 'review-00000000.json'), '{"format":1');
    assert.deepEqual(
      (await jobs.list(spec.repository)).map((job) => job.id),
      [id],
    );
    assert.ok(readdirSync(folderOf(home)).includes('review-00000000.json.damaged'));
    assert.match(lines.join('\n'), /set aside/);
  });

  test('ids are found by their beginning, in any repository; never as a path', async () => {
    const { jobs } = create();
    const { id } = await jobs.start({ ...spec, repository: '/other' }, () => Promise.resolve(finished));
    await jobs.wait(id);
    assert.equal((await jobs.find(id.slice(0, -2)))?.id, id);
    assert.equal(await jobs.find('../../etc'), null);
    assert.equal(await jobs.find('review-none'), null);
  });
});
