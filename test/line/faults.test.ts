import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '../engine/wait.ts';
import { cleanEnvironment } from '../support/environment.ts';
import { type FakeBehaviour, type FakeCodex, createFakeCodex } from '../support/fakeCodex.ts';
import { type TestRepository, createRepository } from '../support/repository.ts';
import { createPlainHost } from './plainHost.ts';

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
    { behaviour: 'errorWithoutCompletion', state: 'failed', message: /could not finish the review/ },
  ];
  for (const { behaviour, state, message, advice } of cases) {
    test(`${behaviour}: the job says so, and the next review works`, async () => {
      await withFake([behaviour, 'ok'], async (review) => {
        const first = await review();
        assert.equal(first.job.state, state);
        assert.match(first.job.failure?.message ?? '', message);
        if (advice) assert.match(first.job.failure?.advice ?? '', advice);
        // A server that merely lost its turn stays; one that ended is started anew.
        if (behaviour !== 'errorWithoutCompletion' && behaviour !== 'notLoggedIn')
          assert.equal((await review()).job.state, 'succeeded');
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
      1_500,
    );
  });

  test('a cancel that Codex ignores ends the server, and the job as cancelled', async () => {
    const fake = createFakeCodex(['ignoresInterrupt', 'ok']);
    const host = createPlainHost({ codex: fake.path, env: fake.env });
    const job = await host.app.startReview({
      cwd: repository.path,
      target: { scope: 'auto' },
      model: '',
      effort: '',
      origin: 'editor',
    });
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
    const order = {
      cwd: repository.path,
      target: { scope: 'auto' },
      model: '',
      effort: '',
      origin: 'editor',
    } as const;
    const job = await host.app.startReview(order);
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
    requestTimeout?: number,
  ): Promise<void> {
    const fake = createFakeCodex(behaviours);
    const host = createPlainHost({
      codex: fake.path,
      env: fake.env,
      ...(requestTimeout !== undefined && { requestTimeout }),
    });
    try {
      await body(() => host.review(repository.path), fake);
    } finally {
      await host.dispose();
      await fake.dispose();
    }
  }
});
