import './version.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CancelledError, UsageError, UserError } from '../../../src/base/errors.ts';
import { errorJson, exitCodeOfError, exitCodeOfReport } from '../../../src/companion/outcome.ts';
import { reportJson, statusJson } from '../../../src/companion/reportJson.ts';
import { sampleFinding, sampleReport, sampleTask } from '../bridge/samples.ts';

test('the JSON of a review has exactly the promised keys, in their order', () => {
  const report = sampleReport([sampleFinding({ recommendation: 'Check it.' })], {
    notes: ['Left out: .env'],
    cost: 0.25,
  });
  assert.equal(
    JSON.stringify(reportJson(report)),
    '{"job":{"id":"review-1234abcd","kind":"review","state":"succeeded",' +
      '"target":{"kind":"working-tree","files":2,"lines":null},"reviewer":"codex","model":"gpt-5.5","effort":null,' +
      '"structure":"structured","tokens":null,"cost":0.25,"startedAt":"2026-01-05T09:00:01.000Z",' +
      '"endedAt":"2026-01-05T09:01:00.000Z","failure":null},' +
      '"verdict":"findings","summary":"Looks fine apart from that.","findings":[{"id":"f-1","file":"src/transactions.ts",' +
      '"startLine":12,"endLine":14,"priority":"P1","title":"Check the category",' +
      '"body":"The category goes into the query `unchecked`.","recommendation":"Check it.","confidence":0.9,' +
      '"reviewers":["codex"]}],"nextSteps":[],"notes":["Left out: .env"]}',
  );
});

test('the JSON of a task too', () => {
  const task = sampleTask();
  const change = { state: 'pending', worktree: '/state/worktrees/task-1234abcd' } as const;
  const report = { ...task, job: { ...task.job, tokens: 1200 }, change };
  assert.equal(
    JSON.stringify(reportJson(report)),
    '{"job":{"id":"task-1234abcd","kind":"task","state":"succeeded","title":"Fix the flaky test","model":"gpt-5.5",' +
      '"effort":null,"threadId":"thread-1","tokens":1200,"cost":null,"startedAt":"2026-01-05T09:00:01.000Z",' +
      '"endedAt":"2026-01-05T09:01:00.000Z","failure":null},"summary":"It was the clock.","changes":[{"file":"a.ts","kind":"update"}],' +
      '"change":{"state":"pending","worktree":"/state/worktrees/task-1234abcd"},"notes":[]}',
  );
});

test('a list of jobs says what became of their changes', () => {
  const { job } = sampleTask();
  const { jobs } = statusJson({ jobs: [job, { ...job, id: 'task-2' }], changes: { [job.id]: 'applied' } });
  assert.deepEqual(
    jobs.map(({ change }) => change),
    ['applied', null],
  );
  assert.deepEqual(statusJson({ jobs: [job] }).jobs[0]?.change, null);
});

test('a script can tell a usage limit from any other failure', () => {
  const limit = { message: 'Claude is at its limit.', limitResetsAt: '2026-01-05T12:00:00.000Z' };
  for (const failure of [limit, { ...limit, limitResetsAt: null }, { message: 'It broke.' }]) {
    const report = { ...sampleReport([], { state: 'failed', verdict: 'failed', failure }), result: null };
    assert.deepEqual(reportJson(report).job.failure, failure);
    const task = sampleTask();
    assert.deepEqual(reportJson({ ...task, job: { ...task.job, failure } }).job.failure, failure);
  }
});

test('a failed review says why in the summary', () => {
  const failure = { message: 'Codex is not logged in.', advice: 'Run `codex login`.' };
  const report = { ...sampleReport([], { state: 'failed', verdict: 'failed', failure }), result: null };
  assert.deepEqual(
    { ...reportJson(report), job: null },
    {
      job: null,
      verdict: 'failed',
      summary: 'Codex is not logged in. Run `codex login`.',
      findings: [],
      nextSteps: [],
      notes: [],
    },
  );
});

describe('exit codes', () => {
  for (const [state, verdict, code] of [
    ['succeeded', 'clean', 0],
    ['succeeded', 'findings', 0],
    ['inconclusive', 'inconclusive', 1],
    ['failed', 'failed', 1],
    ['interrupted', 'failed', 1],
    ['cancelled', 'cancelled', 130],
  ] as const) {
    test(`${state} with verdict ${verdict}: ${code}`, () => {
      const report = { ...sampleReport([sampleFinding()], { state, verdict }), result: null };
      assert.equal(exitCodeOfReport(report), code);
    });
  }

  test('errors: usage 2, cancelled 130, anything else 1', () => {
    assert.deepEqual(
      [new UsageError('x'), new CancelledError(), new UserError('x'), new TypeError('x'), 'x'].map(
        exitCodeOfError,
      ),
      [2, 130, 1, 1, 1],
    );
  });

  test('errors as JSON', () => {
    assert.deepEqual(errorJson(new UsageError('There is no branch nope.', 'Try main.')), {
      error: { code: 'usage', message: 'There is no branch nope.', advice: 'Try main.' },
    });
    assert.deepEqual(errorJson(new UserError('No.')), { error: { code: 'failed', message: 'No.' } });
  });
});
