import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Timing } from '../../src/app/host.ts';
import { waitFor } from '../engine/wait.ts';
import { cleanEnvironment } from '../support/environment.ts';
import { type FakeBehaviour, type FakeCodex, createFakeCodex } from '../support/fakeCodex.ts';
import { type TestRepository, createRepository } from '../support/repository.ts';
import { createPlainHost, reviewOrder, taskOrder } from './plainHost.ts';

/** Faults that no real App Server shows on demand. Each ends in a terminal state with the true reason, and the next review works. */
describe('a misbehaving App Server', () => {
  let repository: TestRepository;
  before(async () => {
    repository = await createRepository({ committed: { 'a.js': '1\n' }, uncommitted: { 'a.js': '2\n' } });
  });
  after(() => repository.dispose());

  const cases: { behaviour: FakeBehaviour; state: string; message: RegExp; advice?: RegExp }[] = [
    { behaviour: 'exitAtStart', state: 'failed', message: /exited with code 1/, advice: /Show Log/ },
    {
      behaviour: 'oldVersion',
      state: 'failed',
      message: /0\.50\.0 .*too old.*0\.130\.0/,
      advice: /npm install/,
    },
    { behaviour: 'notLoggedIn', state: 'failed', message: /not logged in/, advice: /codex login/ },
    { behaviour: 'exitMidTurn', state: 'failed', message: /exited with code 101/ },
    { behaviour: 'halfLine', state: 'failed', message: /exited with code 0|closed its output/ },
    { behaviour: 'errorWithoutCompletion', state: 'failed', message: /could not finish/ },
  ];
  for (const { behaviour, state, message, advice } of cases) {
    test(`${behaviour}: the job says so, and the next review works`, async () => {
      await withFake([behaviour, 'ok'], async (review) => {
        const first = await review();
        assert.equal(first.job.state, state);
        assert.match(first.job.failure?.message ?? '', message);
        if (advice) assert.match(first.job.failure?.advice ?? '', advice);
        // Logged in is nobody by itself.
        if (behaviour !== 'notLoggedIn') assert.equal((await review()).job.state, 'succeeded');
      });
    });
  }

  for (const behaviour of [
    'garbageLine',
    'hugeLine',
    'manyNotifications',
    'unknownRequest',
    'splitLines',
    'slowStart',
  ] as const) {
    test(`${behaviour} does no harm`, async () => {
      await withFake([behaviour], async (review) => {
        const { job, result } = await review();
        assert.equal(job.state, 'succeeded');
        assert.ok((result?.findings.length ?? 0) > 0);
      });
    });
  }

  test('sandboxBroken: findings by a reviewer that could read nothing are no verdict', async () => {
    await withFake(['sandboxBroken'], async (review) => {
      const { job } = await review();
      assert.equal(job.state, 'inconclusive');
      assert.match(job.failure?.message ?? '', /could not read the change/);
    });
  });

  test('a server that never introduces itself is given up after the deadline', async () => {
    await withFake(
      ['neverInitializes', 'ok'],
      async (review) => {
        const { job } = await review();
        assert.equal(job.state, 'failed');
        assert.match(job.failure?.message ?? '', /initialize.*did not answer within 1\.5 s/);
        assert.equal((await review()).job.state, 'succeeded');
      },
      { request: 1_500 },
    );
  });

  test('a cancel that Codex ignores ends the server, and the job as cancelled', async () => {
    const fake = createFakeCodex(['ignoresInterrupt', 'ok']);
    const host = createPlainHost({ codex: fake.path, env: fake.env });
    const job = await host.place(repository.path, reviewOrder());
    await new Promise<void>((resolve) => {
      host.app.jobs.onDidChange(({ threadId }) => threadId !== null && resolve());
    });
    assert.equal((await host.app.jobs.cancel(job.id)).state, 'cancelled');
    assert.equal(host.app.appServer.state.kind, 'stopped');
    const next = (await host.review(repository.path)).job;
    assert.equal(next.state, 'succeeded', next.failure?.message);
    await host.dispose();
    await fake.dispose();
  });

  test('a cancel that a silent server does not even hear ends the server, and the job as cancelled', async () => {
    const fake = createFakeCodex(['silence', 'ok']);
    const host = createPlainHost({ codex: fake.path, env: fake.env });
    const job = await host.place(repository.path, reviewOrder());
    await waitFor(
      'review/start',
      () => fake.received().some(({ method }) => method === 'review/start'),
      10_000,
    );
    assert.equal((await host.app.jobs.cancel(job.id)).state, 'cancelled');
    assert.equal((await host.review(repository.path)).job.state, 'succeeded');
    await host.dispose();
    await fake.dispose();
  });

  test('a turn that Codex lost without a word is found out, and the job says so', async () => {
    await withFake(
      ['lostTurn'],
      async (review) => {
        const { job } = await review();
        assert.equal(job.state, 'failed');
        assert.match(job.failure?.message ?? '', /no longer works on it/);
      },
      { quiet: 600 },
    );
  });

  test('a server that falls silent and does not answer is ended; the next review works', async () => {
    await withFake(
      ['freezesMidTurn', 'ok'],
      async (review) => {
        const { job } = await review();
        assert.equal(job.state, 'failed');
        assert.match(job.failure?.message ?? '', /did not answer|thread\/read/);
        assert.equal((await review()).job.state, 'succeeded');
      },
      { quiet: 600 },
    );
  });

  test('a turn that is only quiet goes on, and says since when it is', async () => {
    const fake = createFakeCodex('stalledTurn');
    const host = createPlainHost({ codex: fake.path, env: fake.env, timing: { quiet: 300 } });
    const { id } = await host.place(repository.path, reviewOrder());
    const reads = () => fake.received().filter(({ method }) => method === 'thread/read').length;
    await waitFor('several questions about the thread', () => reads() > 2, 20_000);
    const job = await host.app.jobs.find(id);
    assert.equal(job?.state, 'running');
    assert.ok(Date.parse(job.lastHeardAt ?? '') < Date.now() - 300);
    assert.equal((await host.app.jobs.cancel(id)).state, 'cancelled');
    await host.dispose();
    await fake.dispose();
  });

  test('without a network the job waits for it, and can be cancelled', async () => {
    const fake = createFakeCodex('offline');
    const host = createPlainHost({ codex: fake.path, env: fake.env });
    const { id } = await host.place(repository.path, reviewOrder());
    const waiting = await waitFor('the job to wait', async () => {
      const job = await host.app.jobs.find(id);
      return job?.state === 'waiting' && job;
    });
    assert.equal(waiting.waitingFor, 'network');
    assert.match(waiting.activity ?? '', /waiting for network/);
    assert.equal((await host.app.jobs.cancel(id)).state, 'cancelled');
    await host.dispose();
    await fake.dispose();
  });

  test('what Codex asks is declined with a note, and the task goes on', async () => {
    const fake = createFakeCodex('asksApproval');
    const host = createPlainHost({ codex: fake.path, env: fake.env, kind: 'headless' });
    const { job } = await host.run(repository.path, taskOrder('Clean up', { write: true }));
    assert.equal(job.state, 'succeeded');
    assert.match(
      job.notes.join(),
      /Run rm -rf build \(“Start clean”\); it was declined because nobody can be asked here/,
    );
    const answer = fake.received().find((message) => message['id'] === 0 && 'result' in message);
    assert.deepEqual(answer?.['result'], { decision: 'decline' });
    await host.dispose();
    await fake.dispose();
  });

  test('where one job takes the server down with it, the others go on on the next one', async () => {
    const fake = createFakeCodex(['ignoresInterrupt', 'ok']);
    const host = createPlainHost({ codex: fake.path, env: fake.env });
    const [stuck, other] = [
      await host.place(repository.path, reviewOrder()),
      await host.place(repository.path, reviewOrder()),
    ];
    await waitFor('both reviews', () => {
      const asked = fake.received().filter(({ method }) => method === 'review/start');
      return asked.length === 2;
    });
    const [cancelled, ended] = await Promise.all([
      host.app.jobs.cancel(stuck.id),
      host.app.jobs.wait(other.id),
    ]);
    assert.equal(cancelled.state, 'cancelled');
    assert.equal(ended.state, 'succeeded', ended.failure?.message);
    assert.match(ended.notes.join(), /did not stop when asked to.*went on/);
    await host.dispose();
    await fake.dispose();
  });

  test('Codex that is not there: said, with what to do', async () => {
    const host = createPlainHost({ codex: '/nowhere/codex', env: cleanEnvironment({}) });
    const { job } = await host.review(repository.path);
    assert.equal(job.state, 'failed');
    assert.match(job.failure?.message ?? '', /no executable file at \/nowhere\/codex/);
    assert.match(job.failure?.advice ?? '', /npm install -g @openai\/codex/);
    await host.dispose();
  });

  async function withFake(
    behaviours: FakeBehaviour[],
    body: (
      review: () => ReturnType<ReturnType<typeof createPlainHost>['review']>,
      fake: FakeCodex,
    ) => Promise<void>,
    timing: Partial<Timing> = {},
  ): Promise<void> {
    const fake = createFakeCodex(behaviours);
    const host = createPlainHost({
      codex: fake.path,
      env: fake.env,
      timing,
    });
    try {
      await body(() => host.review(repository.path), fake);
    } finally {
      await host.dispose();
      await fake.dispose();
    }
  }
});
