import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Deferred, deferred } from '../../../src/base/async.ts';
import { type ProcessIdentity, identityOf } from '../../../src/base/childProcess.ts';
import { JobList } from '../../../src/jobs/jobList.ts';
import type { Finished, Runner } from '../../../src/jobs/jobRun.ts';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import { Jobs } from '../../../src/jobs/jobs.ts';
import type { JobSpec } from '../../../src/jobs/newJob.ts';
import { waitFor } from '../../engine/wait.ts';
import { createTempFolder } from '../../support/temp.ts';

const quiet = () => undefined;
const logger = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };

function spec(repository: string, title = 'x'): JobSpec {
  return {
    kind: 'task',
    origin: 'cli',
    session: null,
    repository,
    title,
    target: null,
    model: null,
    effort: null,
    write: false,
  };
}

function finished(): Finished {
  return {
    outcome: { state: 'succeeded', verdict: null, structure: null, summary: 'Answered', failure: null },
    result: {
      verdict: null,
      summary: '',
      findings: [],
      nextSteps: [],
      changes: [],
      evidence: null,
      news: null,
      rawText: '',
    },
  };
}

/** Another host on the same state folder: a window, as far as jobs are concerned. */
function host(home: string, owner: ProcessIdentity | null = identityOf(process.pid)) {
  assert.ok(owner);
  const ends: Deferred<Finished>[] = [];
  const runner: Runner = (_job, _order, context) => {
    const end = deferred<Finished>();
    ends.push(end);
    context.onProgress({ phase: 'reading', threadId: 'thread' });
    return end.promise;
  };
  const runners = {
    review: runner,
    'adversarial-review': runner,
    task: runner,
    gate: runner,
    transfer: runner,
    question: runner,
    proof: runner,
    'cross-examination': runner,
    'tie-break': runner,
    'second-opinion': runner,
  };
  const jobs = new Jobs({
    store: new JobStore(home, owner, logger),
    logger,
    runners,
    limit: () => 9,
    retention: () => ({ count: 100, days: 1 }),
  });
  /** Lets the work of that number, from 0, come to its end as soon as it has begun. */
  const end = async (index: number) => {
    const work = await waitFor('the work to begin', () => ends[index], 5_000);
    work.resolve(finished());
  };
  return { jobs, end };
}

function listOf(test: TestContext, jobs: Jobs): JobList {
  const list = new JobList(jobs, (error) => assert.fail(String(error)));
  test.after(() => list.dispose());
  return list;
}

/** As `elsewhere state title`, newest first. */
function told(list: JobList): string[] {
  return list.all().map(({ job, elsewhere }) => `${elsewhere ? 'there' : 'here'} ${job.state} ${job.title}`);
}

async function becomes(list: JobList, expected: string[]): Promise<void> {
  const same = () => JSON.stringify(told(list)) === JSON.stringify(expected);
  await waitFor('the list', same, 5_000).catch(() => assert.deepEqual(told(list), expected));
}

test('jobs of this window and of others, from their start to their end', async (context) => {
  const home = createTempFolder('list').path;
  const [here, there] = [host(home), host(home)];
  const list = listOf(context, here.jobs);
  await list.show(['/a']);
  assert.deepEqual(told(list), []);
  await here.jobs.start(spec('/a', 'mine'), null);
  await becomes(list, ['here running mine']);
  await there.jobs.start(spec('/a', 'theirs'), null);
  await there.jobs.start(spec('/b', 'of another repository'), null);
  await becomes(list, ['there running theirs', 'here running mine']);
  await here.end(0);
  await there.end(0);
  await becomes(list, ['here succeeded theirs', 'here succeeded mine']);
  await there.end(1);
});

test('what ended before is listed at once, and what is deleted goes, whoever deletes it', async (context) => {
  const home = createTempFolder('list').path;
  const [here, there] = [host(home), host(home)];
  const first = await here.jobs.start(spec('/a', 'first'), null);
  await here.end(0);
  await here.jobs.wait(first.id);
  const second = await there.jobs.start(spec('/a', 'second'), null);
  await there.end(0);
  await there.jobs.wait(second.id);
  const list = listOf(context, here.jobs);
  await list.show(['/a', '/b']);
  assert.deepEqual(told(list), ['here succeeded second', 'here succeeded first']);
  await here.jobs.remove(first.id);
  assert.deepEqual(told(list), ['here succeeded second']);
  await there.jobs.remove(second.id);
  await becomes(list, []);
});

test('a repository that is no longer shown takes its jobs along, but for those that run here', async (context) => {
  const home = createTempFolder('list').path;
  const [here, there] = [host(home), host(home)];
  const list = listOf(context, here.jobs);
  await list.show(['/a', '/b']);
  await here.jobs.start(spec('/a', 'mine'), null);
  await there.jobs.start(spec('/a', 'theirs'), null);
  await there.jobs.start(spec('/b', 'kept'), null);
  await becomes(list, ['there running kept', 'there running theirs', 'here running mine']);
  await list.show(['/b']);
  assert.deepEqual(told(list), ['there running kept', 'here running mine']);
  for (const end of [here.end(0), there.end(0), there.end(1)]) await end;
  await becomes(list, ['here succeeded kept', 'here succeeded mine']);
});

test('the job of a host that was killed is not running', async (context) => {
  const home = createTempFolder('list').path;
  const here = host(home);
  // A process that has been gone for long, and one that has its number now.
  const killed = host(home, { pid: process.pid, startTime: 'long ago' });
  const list = listOf(context, here.jobs);
  const { id } = await killed.jobs.start(spec('/a', 'lost'), null);
  await list.show(['/a']);
  assert.deepEqual(told(list), ['there queued lost'], id);
  await killed.end(0);
});

test('a job that reads as running is looked at again when asked for', async (context) => {
  const home = createTempFolder('list').path;
  const [here, there] = [host(home), host(home)];
  let isAlive = true;
  const source = {
    ...methodsOf(here.jobs),
    find: async (id: string) => {
      const job = await here.jobs.find(id);
      return job && !isAlive ? { ...job, state: 'interrupted' as const } : job;
    },
  };
  const list = new JobList(source, (error) => assert.fail(String(error)));
  context.after(() => list.dispose());
  await list.show(['/a']);
  await there.jobs.start(spec('/a', 'theirs'), null);
  await becomes(list, ['there running theirs']);
  isAlive = false;
  list.refresh();
  await becomes(list, ['here interrupted theirs']);
  await there.end(0);
});

function methodsOf(jobs: Jobs) {
  return {
    list: (repository: string) => jobs.list(repository),
    watch: (repository: string, listener: (id: string) => void) => jobs.watch(repository, listener),
    activeJobs: () => jobs.activeJobs(),
    onDidChange: jobs.onDidChange,
    onDidRemove: jobs.onDidRemove,
  };
}

test('at rest nothing is read: a change of one job reads that job', async (context) => {
  const home = createTempFolder('list').path;
  const [here, there] = [host(home), host(home)];
  const reads: string[] = [];
  const source = {
    ...methodsOf(here.jobs),
    find: (id: string) => {
      reads.push(id);
      return here.jobs.find(id);
    },
    list: (repository: string) => {
      reads.push(repository);
      return here.jobs.list(repository);
    },
  };
  const list = new JobList(source, (error) => assert.fail(String(error)));
  context.after(() => list.dispose());
  await list.show(['/a']);
  const { id } = await there.jobs.start(spec('/a', 'theirs'), null);
  await there.end(0);
  await becomes(list, ['here succeeded theirs']);
  assert.deepEqual([...new Set(reads)], ['/a', id]);
});
