import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deferred, onAbort } from '../../../src/base/async.ts';
import { identityOf } from '../../../src/base/childProcess.ts';
import { CancelledError } from '../../../src/base/errors.ts';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import { type Finished, type JobSpec, Jobs, type Work } from '../../../src/jobs/jobs.ts';
import { ReviewWatch } from '../../../src/vscode/reviewWatch.ts';
import { snapshotOf } from '../../../src/vscode/snapshot.ts';
import { createTempFolder } from '../../support/temp.ts';
import { finding } from '../webview/fixtures.ts';

const spec: JobSpec = {
  kind: 'review',
  origin: 'claude',
  repository: '/repository',
  target: { kind: 'working-tree', files: 1 },
  reviewer: 'codex',
  model: null,
  effort: null,
};
const quiet = () => undefined;
const logger = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
const surroundings = { demo: false, trusted: true };

function finished(summary: string): Finished {
  return {
    outcome: { state: 'succeeded', verdict: 'findings', structure: 'structured', failure: null },
    result: { verdict: 'findings', summary, findings: [finding()], rawText: '{}' },
  };
}

function create(home = createTempFolder('watch').path) {
  const jobs = new Jobs(new JobStore(home, identityOf(process.pid), logger), logger);
  const watch = new ReviewWatch(jobs, (error) => assert.fail(String(error)));
  const ends: string[] = [];
  watch.onDidEnd(({ job, result }) => ends.push(`${job.state}: ${result?.summary ?? 'no result'}`));
  const ended = (count: number) =>
    new Promise<void>((resolve) => {
      if (ends.length >= count) resolve();
      else watch.onDidEnd(() => ends.length >= count && resolve());
    });
  return { jobs, watch, ends, ended, home };
}

test('a review from its start to its result, wherever it was asked for', async () => {
  const { jobs, watch, ends, ended } = create();
  const starts: string[] = [];
  watch.onDidStart(({ origin }) => starts.push(origin));
  assert.equal(watch.latest, null);
  const go = deferred<Finished>();
  const { id } = await jobs.start(spec, () => go.promise);
  assert.deepEqual(
    watch.running.map((job) => job.id),
    [id],
  );
  const running = snapshotOf([finding()], watch.latest, surroundings);
  assert.equal(running.job?.id, id);
  assert.ok(running.former, 'the findings are those of an earlier review as long as it runs');
  go.resolve(finished('Two problems.'));
  await ended(1);
  assert.deepEqual(starts, ['claude']);
  assert.deepEqual(ends, ['succeeded: Two problems.']);
  assert.deepEqual(watch.running, []);
  const after = snapshotOf([finding()], watch.latest, surroundings);
  assert.equal(after.summary, 'Two problems.');
  assert.ok(!after.former);
});

test('a review that fails keeps the former findings, and says that they are former', async () => {
  const { jobs, watch, ended } = create();
  await jobs.start(spec, () => Promise.reject(new Error('no')));
  await ended(1);
  assert.equal(watch.latest?.job.state, 'failed');
  assert.ok(snapshotOf([finding()], watch.latest, surroundings).former);
  assert.ok(!snapshotOf([], watch.latest, surroundings).former, 'there are none to be former');
});

test('of two reviews, the one that still runs is shown; then the one that ended last', async () => {
  const { jobs, watch, ended } = create();
  const [first, second] = [deferred<Finished>(), deferred<Finished>()];
  const a = await jobs.start(spec, () => first.promise);
  const b = await jobs.start(spec, () => second.promise);
  assert.equal(watch.latest?.job.id, b.id);
  second.resolve(finished('b'));
  await ended(1);
  assert.equal(watch.latest.job.id, a.id);
  first.resolve(finished('a'));
  await ended(2);
  assert.equal(watch.latest.result?.summary, 'a');
});

test('the last review is back in a new window, unless one has been seen since', async () => {
  const before = create();
  await before.jobs.start(spec, () => Promise.resolve(finished('old')));
  await before.ended(1);
  const next = create(before.home);
  await next.watch.restore(['/repository', '/elsewhere']);
  assert.equal(next.watch.latest?.result?.summary, 'old');

  const busy = create(before.home);
  const hanging: Work = (_job, _progress, signal) =>
    new Promise((_resolve, reject) => onAbort(signal, () => reject(new CancelledError())));
  const { id } = await busy.jobs.start(spec, hanging);
  await busy.watch.restore(['/repository']);
  assert.equal(busy.watch.latest?.job.id, id);
  await busy.jobs.dispose();
});
