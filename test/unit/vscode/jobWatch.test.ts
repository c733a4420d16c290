import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deferred } from '../../../src/base/async.ts';
import { thisOwner } from '../../../src/base/owner.ts';
import type { Finished, Runner } from '../../../src/jobs/jobRun.ts';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import { Jobs } from '../../../src/jobs/jobs.ts';
import type { JobSpec } from '../../../src/jobs/newJob.ts';
import { JobWatch } from '../../../src/vscode/jobWatch.ts';
import { runSlice } from '../../../src/vscode/snapshot.ts';
import { createTempFolder } from '../../support/temp.ts';
import { finding } from '../webview/fixtures.ts';

const review: JobSpec = {
  kind: 'review',
  origin: 'claude',
  session: null,
  repository: '/repository',
  title: 'uncommitted changes (1 file)',
  target: { kind: 'working-tree', files: 1, lines: null },
  model: null,
  effort: null,
  write: false,
};
const task: JobSpec = { ...review, kind: 'task', title: 'Fix it', target: null };
const quiet = () => undefined;
const logger = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
const surroundings = { demo: false, trusted: true, unmarked: 0 };

function finished(summary: string, nextSteps: string[] = []): Finished {
  return {
    outcome: {
      state: 'succeeded',
      verdict: 'findings',
      structure: 'structured',
      summary: '1 finding (P1)',
      failure: null,
    },
    result: {
      verdict: 'findings',
      summary,
      findings: [finding()],
      nextSteps,
      changes: [],
      evidence: null,
      news: null,
      rawText: '{}',
    },
  };
}

/** Jobs that do what the test says, in the order in which they are started. */
function create(home = createTempFolder('watch').path) {
  const works: (() => Promise<Finished>)[] = [];
  const run: Runner = () => works.shift()?.() ?? Promise.reject(new Error('no work'));
  const jobs = new Jobs({
    store: new JobStore(home, thisOwner(), logger),
    logger,
    runners: {
      review: run,
      'adversarial-review': run,
      task: run,
      gate: run,
      transfer: run,
      question: run,
      proof: run,
      'cross-examination': run,
      'tie-break': run,
      'second-opinion': run,
    },
    limit: () => 9,
    retention: () => ({ count: 100, days: 1 }),
  });
  const watch = new JobWatch(jobs, (error) => assert.fail(String(error)));
  const ends: string[] = [];
  watch.onDidEnd(({ job, result }) => ends.push(`${job.state}: ${result?.summary ?? 'no result'}`));
  const ended = (count: number) =>
    new Promise<void>((resolve) => {
      if (ends.length >= count) resolve();
      else watch.onDidEnd(() => ends.length >= count && resolve());
    });
  const start = (spec: JobSpec, work: () => Promise<Finished>) => {
    works.push(work);
    return jobs.start(spec, null);
  };
  return { jobs, watch, ends, ended, home, start };
}

test('a review from its start to its result, wherever it was asked for', async () => {
  const { start, watch, ends, ended } = create();
  const starts: string[] = [];
  watch.onDidStart(({ origin }) => starts.push(origin));
  assert.equal(watch.latestReview, null);
  const go = deferred<Finished>();
  const { id } = await start(review, () => go.promise);
  assert.deepEqual(
    watch.running.map((job) => job.id),
    [id],
  );
  const running = runSlice(watch.latestReview, surroundings);
  assert.equal(running.job?.id, id);
  assert.ok(running.former, 'the findings are those of an earlier review as long as it runs');
  go.resolve(finished('Two problems.'));
  await ended(1);
  assert.deepEqual(starts, ['claude']);
  assert.deepEqual(ends, ['succeeded: Two problems.']);
  assert.deepEqual(watch.running, []);
  const after = runSlice(watch.latestReview, surroundings);
  assert.equal(after.summary, 'Two problems.');
  assert.ok(!after.former);
});

test('a review that fails keeps the former findings, and says that they are former', async () => {
  const { start, watch, ended } = create();
  await start(review, () => Promise.reject(new Error('no')));
  await ended(1);
  assert.equal(watch.latestReview?.job.state, 'failed');
  assert.ok(runSlice(watch.latestReview, surroundings).former);
});

test('of two reviews, the one that still runs is shown; then the one that ended last', async () => {
  const { start, watch, ended } = create();
  const [first, second] = [deferred<Finished>(), deferred<Finished>()];
  const a = await start(review, () => first.promise);
  const b = await start(review, () => second.promise);
  assert.equal(watch.latestReview?.job.id, b.id);
  second.resolve(finished('b'));
  await ended(1);
  assert.equal(watch.latestReview.job.id, a.id);
  first.resolve(finished('a'));
  await ended(2);
  assert.equal(watch.latestReview.result?.summary, 'a');
});

test('the last review is back in a new window, unless one has been seen since', async () => {
  const before = create();
  await before.start(review, () => Promise.resolve(finished('old')));
  await before.ended(1);
  await before.start(task, () => Promise.resolve(finished('a task')));
  await before.ended(2);
  const next = create(before.home);
  await next.watch.restore(['/repository', '/elsewhere']);
  assert.equal(next.watch.latestReview?.result?.summary, 'old');

  const busy = create(before.home);
  const hanging = deferred<Finished>();
  const { id } = await busy.start(review, () => hanging.promise);
  await busy.watch.restore(['/repository']);
  assert.equal(busy.watch.latestReview?.job.id, id);
  hanging.resolve(finished('late'));
  await busy.ended(1);
});

test('a task starts and ends like any job, and is never taken for the review to show', async () => {
  const { start, watch, ends, ended } = create();
  await start(review, () => Promise.resolve(finished('reviewed')));
  await ended(1);
  const work = deferred<Finished>();
  const starts: string[] = [];
  watch.onDidStart(({ kind }) => starts.push(kind));
  await start(task, () => work.promise);
  assert.deepEqual(
    watch.running.map(({ kind }) => kind),
    ['task'],
  );
  assert.deepEqual(watch.runningReviews, []);
  assert.equal(watch.latestReview?.result?.summary, 'reviewed');
  work.resolve({ ...finished('done'), outcome: { ...finished('').outcome, verdict: null } });
  await ended(2);
  assert.deepEqual(starts, ['task']);
  assert.deepEqual(ends, ['succeeded: reviewed', 'succeeded: done']);
  assert.equal(watch.latestReview.result.summary, 'reviewed');
});

test('what the reviewer would do next stands below its explanation', async () => {
  const { start, watch, ended } = create();
  await start(review, () => Promise.resolve(finished('Not like this.', ['Ask first', 'Then\nmeasure'])));
  await ended(1);
  assert.equal(
    runSlice(watch.latestReview, surroundings).summary,
    'Not like this.\n\nNext steps:\n\n- Ask first\n- Then\n  measure',
  );
});
