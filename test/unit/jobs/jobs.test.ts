import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { deferred, onAbort } from '../../../src/base/async.ts';
import type { ProcessIdentity } from '../../../src/base/childProcess.ts';
import { CancelledError, UserError } from '../../../src/base/errors.ts';
import { thisOwner } from '../../../src/base/owner.ts';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import type { Finished, Runner } from '../../../src/jobs/jobRun.ts';
import { Jobs } from '../../../src/jobs/jobs.ts';
import type { JobSpec } from '../../../src/jobs/newJob.ts';
import { jobRecordSchema } from '../../../src/jobs/job.ts';
import type { Retention } from '../../../src/jobs/retention.ts';
import type { Job } from '../../../src/protocol/job.ts';
import type { Order } from '../../../src/protocol/order.ts';
import type { JobResult } from '../../../src/protocol/report.ts';
import { waitFor } from '../../engine/wait.ts';
import { createTempFolder } from '../../support/temp.ts';
import * as z from 'zod/mini';

const spec: JobSpec = {
  kind: 'review',
  origin: 'cli',
  session: null,
  repository: '/repository',
  title: 'uncommitted changes (1 file)',
  target: { kind: 'working-tree', files: 1, lines: 2 },
  model: null,
  effort: null,
  write: false,
};
const order: Order = {
  kind: 'review',
  target: { scope: 'auto' },
  focus: '',
  model: '',
  effort: '',
};
const result: JobResult = {
  verdict: 'clean',
  summary: 'Fine.',
  findings: [],
  nextSteps: [],
  changes: [],
  evidence: null,
  news: null,
  rawText: '{}',
};
const finished: Finished = {
  outcome: {
    state: 'succeeded',
    verdict: 'clean',
    structure: 'structured',
    summary: 'No findings',
    failure: null,
  },
  result,
};

interface HostOptions {
  /** Waits before the end of a job is tried again; by default nothing is tried while a test runs. */
  retries?: readonly number[];
  home?: string;
  owner?: ProcessIdentity;
  limit?: number;
  retention?: Retention;
}

/** A host whose jobs all do the same work. */
function create(
  work: Runner,
  { home, owner, limit = 10, retention = { count: 100, days: 100 }, retries = [100_000] }: HostOptions = {},
) {
  const stateHome = home ?? createTempFolder('jobs').path;
  const lines: string[] = [];
  const keep = (text: string) => void lines.push(text);
  const logger = { trace: keep, debug: keep, info: keep, warn: keep, error: keep };
  const store = new JobStore(stateHome, owner ?? thisOwner(), logger, retries);
  const jobs = new Jobs({
    store,
    logger,
    runners: {
      review: work,
      'adversarial-review': work,
      task: work,
      gate: work,
      transfer: work,
      question: work,
      proof: work,
      'cross-examination': work,
      'tie-break': work,
      'second-opinion': work,
    },
    limit: () => limit,
    retention: () => retention,
  });
  return { jobs, store, home: stateHome, lines };
}

/** The identity of a host that is gone for certain. */
const gone: ProcessIdentity = { pid: process.pid, startTime: 'another process had this pid' };
const done: Runner = () => Promise.resolve(finished);
const never: Runner = () => new Promise(() => undefined);
const untilAborted: Runner = async (_job, _order, { signal }) => {
  await aborted(signal);
  throw new CancelledError();
};

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => onAbort(signal, resolve));
}

function folderOf(home: string): string {
  const [repository = ''] = readdirSync(path.join(home, 'repositories'));
  return path.join(home, 'repositories', repository, 'jobs');
}

function onDisk(home: string, id: string): Job {
  const text = readFileSync(path.join(folderOf(home), `${id}.json`), 'utf8');
  const record = z.parse(jobRecordSchema, JSON.parse(text));
  assert.ok('job' in record);
  return record.job;
}

describe('jobs', () => {
  test('a job and its order are on disk before its work starts, its result before it has ended', async () => {
    const seen: string[] = [];
    const { jobs, home, store } = create(async (job, given) => {
      seen.push(onDisk(home, job.id).state);
      assert.deepEqual(await store.order(job), given);
      return finished;
    });
    const { id } = await jobs.start(spec, order);
    jobs.onDidChange((job) => seen.push(job.state));
    const ended = await jobs.wait(id);
    assert.equal(seen[0], 'running');
    assert.equal(seen.at(-1), 'succeeded');
    assert.deepEqual(onDisk(home, id), ended);
    assert.deepEqual(await jobs.result(ended), result);
    assert.equal(ended.summary, 'No findings');
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
    test(`${what} ends the job with the reason, and keeps what there was`, async () => {
      const { jobs } = create((_job, _order, { keep }) => {
        keep({ ...result, summary: 'Half of it.' });
        return Promise.reject(error);
      });
      const { id } = await jobs.start(spec, order);
      const job = await jobs.wait(id);
      assert.equal(job.state, state);
      assert.equal(job.failure?.message, message);
      assert.equal((await jobs.result(job))?.summary, 'Half of it.');
    });
  }

  test('cancel: cancelling until the work confirms, and cancelled then', async () => {
    const stopped = deferred<undefined>();
    const states: string[] = [];
    const { jobs } = create(async (_job, _order, { signal }) => {
      await aborted(signal);
      await stopped.promise;
      throw new CancelledError();
    });
    const { id } = await jobs.start(spec, order);
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

  test('waiting is a state of its own, and over when the agent goes on; notes are kept once', async () => {
    const { jobs } = create((_job, _order, { onProgress }) => {
      onProgress({ waitingFor: 'network', activity: 'Reconnecting' });
      onProgress({ waitingFor: null, phase: 'reading', note: 'a.bin was left out.' });
      onProgress({ note: 'a.bin was left out.' });
      return Promise.resolve(finished);
    });
    const states: string[] = [];
    jobs.onDidChange(({ state, waitingFor }) => states.push(waitingFor ?? state));
    const { id } = await jobs.start(spec, order);
    assert.deepEqual((await jobs.wait(id)).notes, ['a.bin was left out.']);
    assert.deepEqual([...new Set(states)], ['queued', 'running', 'network', 'succeeded']);
  });

  test('so many run at once, the others wait in their order; gates and transfers do not wait', async () => {
    const running: string[] = [];
    const ends = new Map<string, () => void>();
    const { jobs } = create(
      (job) =>
        new Promise((resolve) => {
          running.push(job.title);
          ends.set(job.title, () => resolve(finished));
        }),
      { limit: 2 },
    );
    for (const title of ['1', '2', '3', '4']) await jobs.start({ ...spec, title }, order);
    const gate = await jobs.start({ ...spec, kind: 'gate', title: 'gate' }, null);
    await waitFor('it', () => running.length === 3);
    assert.deepEqual(running, ['1', '2', 'gate']);
    ends.get('gate')?.();
    await jobs.wait(gate.id);
    ends.get('1')?.();
    await waitFor('it', () => running.includes('3'));
    assert.ok(!running.includes('4'));
    for (const end of ['2', '3']) ends.get(end)?.();
    await waitFor('it', () => running.includes('4'));
    ends.get('4')?.();
    await waitFor('it', () => jobs.activeCount() === 0);
  });

  test('a job that waits in the queue is cancelled at once, and never runs', async () => {
    const ran: string[] = [];
    const { jobs } = create(
      async (job, given, context) => {
        ran.push(job.title);
        return untilAborted(job, given, context);
      },
      { limit: 1 },
    );
    await jobs.start({ ...spec, title: 'first' }, order);
    const { id } = await jobs.start({ ...spec, title: 'second' }, order);
    assert.equal((await jobs.cancel(id)).state, 'cancelled');
    await jobs.dispose();
    assert.deepEqual(ran, ['first']);
  });

  test('the end of the host interrupts what runs and what waits', async () => {
    const { jobs, home } = create(untilAborted, { limit: 1 });
    const [running, queued] = [await jobs.start(spec, order), await jobs.start(spec, order)];
    await jobs.dispose();
    assert.equal(onDisk(home, running.id).state, 'interrupted');
    assert.equal(onDisk(home, queued.id).state, 'interrupted');
    await assert.rejects(jobs.start(spec, order), /shutting down/);
  });

  test('a damaged file is set aside, and takes no other with it', async () => {
    const { jobs, home, lines } = create(done);
    const { id } = await jobs.start(spec, order);
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
    const { jobs } = create(done);
    const { id } = await jobs.start({ ...spec, repository: '/other' }, order);
    await jobs.wait(id);
    assert.equal((await jobs.find(id.slice(0, -2)))?.id, id);
    assert.equal(await jobs.find('../../etc'), null);
    assert.equal(await jobs.find('review-none'), null);
  });

  test('a job that has ended can be deleted with all that belongs to it; one that runs cannot', async () => {
    const { jobs, home } = create(done);
    const { id } = await jobs.start(spec, order);
    await jobs.wait(id);
    await jobs.remove(id);
    assert.deepEqual(readdirSync(folderOf(home)), []);
    const other = create(never, { home });
    const running = await other.jobs.start(spec, order);
    await assert.rejects(jobs.remove(running.id), /does not run here/);
  });
});

describe('jobs whose end the disk does not take', () => {
  /** A folder stands where the file is to be: nothing can be written to it, and others can. */
  function block(file: string): () => void {
    const before = `${file}.before`;
    if (existsSync(file)) renameSync(file, before);
    mkdirSync(file);
    return () => {
      rmdirSync(file);
      if (existsSync(before)) renameSync(before, file);
    };
  }

  async function blocked(what: 'job' | 'result', options: HostOptions = {}) {
    let unblock = (): void => undefined;
    const host = create((job) => {
      if (job.title === 'another') return Promise.resolve(finished);
      unblock = block(path.join(folderOf(host.home), `${job.id}${what === 'job' ? '' : '.result'}.json`));
      return Promise.resolve({ ...finished, result: { ...result, summary: 'All of it.' } });
    }, options);
    const told: string[] = [];
    host.store.onDidNotWrite(({ job, reason }) => told.push(`${job.title}: ${reason}`));
    const job = await host.jobs.wait((await host.jobs.start(spec, order)).id);
    const written = () =>
      waitFor('the end on disk', () => host.store.unwrittenReason(job) === null && onDisk(host.home, job.id));
    const another = async () =>
      host.jobs.wait((await host.jobs.start({ ...spec, title: 'another' }, order)).id);
    return { ...host, job, told, written, another, unblock: () => unblock() };
  }

  for (const what of ['job', 'result'] as const)
    test(`read as it ended in its own process, also its result, and written with the next job: ${what}`, async () => {
      const { jobs, job, told, unblock, another, written } = await blocked(what);
      assert.equal(job.state, 'succeeded');
      assert.deepEqual(await jobs.list(spec.repository), [job]);
      assert.deepEqual(await jobs.locate(job.id), { job, elsewhere: null });
      assert.deepEqual([await jobs.wait(job.id), await jobs.cancel(job.id)], [job, job]);
      assert.equal((await jobs.result(job))?.summary, 'All of it.');
      assert.equal(told.length, 1);
      assert.match(told.join(), /^uncommitted changes.*EISDIR|ENOTEMPTY/);
      unblock();
      await another();
      assert.deepEqual(await written(), job);
      assert.equal((await jobs.result(job))?.summary, 'All of it.');
      await jobs.dispose();
    });

  test('tried again after a while, less and less often, and told once', async () => {
    const { jobs, job, told, lines, unblock, written } = await blocked('job', { retries: [1, 1, 1, 30] });
    const tried = () => lines.filter((line) => line.includes('could still not be written')).length;
    const begun = Date.now();
    await waitFor('six attempts', () => tried() >= 6, 10_000);
    assert.ok(Date.now() - begun >= 3 * 30, 'It does not wait.');
    assert.equal(told.length, 1);
    unblock();
    assert.deepEqual(await written(), job);
    await jobs.dispose();
  });

  test('written at the end of the host; until then nobody takes it up', async () => {
    const { jobs, job, home, unblock } = await blocked('job');
    const other = create(never, { home });
    await other.jobs.adopt(spec.repository);
    assert.equal(other.jobs.activeCount(), 0);
    unblock();
    await jobs.dispose();
    assert.deepEqual(onDisk(home, job.id), job);
  });

  test('deleted: it does not come back', async () => {
    const { jobs, job, unblock, another, home } = await blocked('job');
    unblock();
    await jobs.remove(job.id);
    await another();
    assert.ok(!readdirSync(folderOf(home)).some((name) => name.startsWith(job.id)));
    await jobs.dispose();
  });

  test('its host has gone: the next one knows from its result how it ended, and does not do it again', async () => {
    const { jobs, home } = create(done, { owner: gone });
    const { id } = await jobs.start(spec, order);
    const job = await jobs.wait(id);
    const file = path.join(folderOf(home), `${id}.json`);
    const record = JSON.parse(readFileSync(file, 'utf8')) as { job: object };
    Object.assign(record.job, { state: 'running', endedAt: null, verdict: null, summary: null });
    writeFileSync(file, JSON.stringify(record));
    const next = create(never, { home });
    await next.jobs.adopt(spec.repository);
    assert.equal(next.jobs.activeCount(), 0);
    assert.deepEqual(onDisk(home, id), job);
    assert.equal((await next.jobs.result(job))?.summary, result.summary);
  });
});

describe('jobs whose host has gone', () => {
  test('read as queued while they can go on, as interrupted once they are too old; those of a living host stay', async () => {
    const { home, jobs: goneJobs } = create(never, { owner: gone });
    const alive = create(never, { home });
    const lost = await goneJobs.start(spec, order);
    const running = await alive.jobs.start(spec, order);
    const listed = await create(done, { home }).jobs.list(spec.repository);
    const states = Object.fromEntries(listed.map(({ id, state }) => [id, state]));
    assert.equal(states[lost.id], 'queued');
    assert.ok(states[running.id] === 'running' || states[running.id] === 'queued');
    const file = path.join(folderOf(home), `${lost.id}.json`);
    const longAgo = '2020-01-05T09:00:00.000Z';
    const record = JSON.parse(readFileSync(file, 'utf8')) as { job: object };
    Object.assign(record.job, { createdAt: longAgo, startedAt: longAgo });
    writeFileSync(file, JSON.stringify(record));
    const old = await alive.store.find(lost.id);
    assert.equal(old?.job.state, 'interrupted');
    assert.equal(old.job.failure?.advice, 'Start it again.');
  });

  test('go on in the next host, with their order and thread, and once only', async () => {
    const { home, jobs: goneJobs } = create(
      (_job, _order, { onProgress }) => {
        onProgress({ threadId: 'thread-1' });
        return new Promise(() => undefined);
      },
      { owner: gone },
    );
    const lost = await goneJobs.start(spec, order);
    await waitFor('it', () => onDisk(home, lost.id).threadId === 'thread-1');
    const seen: unknown[] = [];
    const next = create(
      (job, given) => {
        seen.push([job.id, job.threadId, job.resumed, given]);
        return new Promise(() => undefined);
      },
      { home, owner: { ...gone, startTime: 'a second host that is gone' } },
    );
    await next.jobs.adopt(spec.repository);
    await waitFor('it', () => seen.length === 1);
    assert.deepEqual(seen, [[lost.id, 'thread-1', 1, order]]);
    const last = create(done, { home });
    await last.jobs.adopt(spec.repository);
    assert.equal(onDisk(home, lost.id).state, 'interrupted');
  });

  test('are taken by one host each, however many try', async () => {
    const { home, jobs: goneJobs } = create(never, { owner: gone });
    const lost = await Promise.all([1, 2, 3, 4, 5].map(() => goneJobs.start(spec, order)));
    const taken: string[] = [];
    const hosts = [1, 2, 3, 4].map(() =>
      create(
        (job) => {
          taken.push(job.id);
          return Promise.resolve(finished);
        },
        { home },
      ),
    );
    await Promise.all(hosts.map(({ jobs }) => jobs.adopt(spec.repository)));
    await waitFor('it', () => hosts.every(({ jobs }) => jobs.activeCount() === 0));
    assert.deepEqual(taken.sort(), lost.map(({ id }) => id).sort());
  });

  for (const [what, kind, asked] of [
    ['a gate: Claude has gone on', 'gate', null],
    ['a transfer', 'transfer', { kind: 'transfer', source: '/session.jsonl' }],
    ['a job whose order is not known', 'task', null],
  ] as const) {
    test(`end as interrupted: ${what}`, async () => {
      const { home, jobs: goneJobs } = create(never, { owner: gone });
      const lost = await goneJobs.start({ ...spec, kind }, asked);
      const next = create(done, { home });
      await next.jobs.adopt(spec.repository);
      assert.equal(onDisk(home, lost.id).state, 'interrupted');
      assert.equal(next.jobs.activeCount(), 0);
    });
  }
});

test('who asks for a job whose host has gone takes it up', async () => {
  const { home, jobs: goneJobs } = create(never, { owner: gone });
  const lost = await goneJobs.start(spec, order);
  const next = create(untilAborted, { home });
  assert.deepEqual(await next.jobs.locate(lost.id).then((found) => found?.elsewhere), null);
  assert.equal((await next.jobs.cancel(lost.id)).state, 'cancelled');
});

test('the end of a job deletes those that are no longer kept, with all that belongs to them', async () => {
  const { jobs, home } = create(done, { retention: { count: 1, days: 100 } });
  const removed: string[] = [];
  jobs.onDidRemove(({ id }) => removed.push(id));
  const [first, second] = [await jobs.start(spec, order), await jobs.start(spec, order)];
  await waitFor('the removal of one', () => removed.length === 1);
  const [kept] = [first.id, second.id].filter((id) => !removed.includes(id));
  assert.deepEqual(readdirSync(folderOf(home)).sort(), [
    `${kept}.json`,
    `${kept}.order.json`,
    `${kept}.result.json`,
  ]);
});

describe('records of other versions', () => {
  const old = {
    format: 1,
    owner: gone,
    job: {
      id: 'review-0000aaaa',
      kind: 'review',
      state: 'succeeded',
      phase: null,
      activity: null,
      origin: 'cli',
      repository: '/repository',
      target: { kind: 'working-tree', files: 3 },
      reviewer: 'codex',
      model: 'gpt-5.5',
      provider: 'openai',
      effort: null,
      threadId: 'thread-1',
      structure: 'structured',
      verdict: 'clean',
      failure: null,
      createdAt: '2026-01-05T09:00:00.000Z',
      startedAt: '2026-01-05T09:00:01.000Z',
      endedAt: '2026-01-05T09:01:00.000Z',
    },
  };

  async function withRecord(record: object) {
    const host = create(done);
    const { id } = await host.jobs.start(spec, order);
    await host.jobs.wait(id);
    const file = path.join(folderOf(host.home), 'review-0000aaaa.json');
    writeFileSync(file, JSON.stringify(record));
    return { ...host, file };
  }

  test('those of 0.1 are migrated when they are read', async () => {
    const { jobs } = await withRecord(old);
    const job = await jobs.find('review-0000aaaa');
    assert.equal(job?.title, 'uncommitted changes (3 files)');
    assert.deepEqual([job.notes, job.session, job.resumed, job.write], [[], null, 0, false]);
  });

  test('those of a later version are neither read nor touched', async () => {
    const record = { ...old, format: 99 };
    const { jobs, file, lines } = await withRecord(record);
    assert.equal((await jobs.list(spec.repository)).length, 1);
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), record);
    assert.match(lines.join('\n'), /later version/);
  });
});

test('a change of a job by another host is heard of', async () => {
  const watching = create(done);
  const heard: string[] = [];
  const watch = await watching.store.watch(spec.repository, (id) => heard.push(id));
  const other = create(done, { home: watching.home });
  const { id } = await other.jobs.start(spec, order);
  await waitFor('it', () => heard.includes(id));
  watch.dispose();
});
