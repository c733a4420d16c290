import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { Budgets } from '../../src/app/budgets.ts';
import { budgetText } from '../../src/app/budgetTexts.ts';
import { readRateLimits } from '../../src/codex/rateLimits.ts';
import { loginWithBrowser } from '../../src/codex/webLogin.ts';
import { withReplyHeaders } from '../models/messagesReply.ts';
import { startResponsesModel } from '../models/responses.ts';
import { answer, withHeaders } from '../models/responsesReply.ts';
import { claudeVersions, codexBinary, codexVersions } from '../support/binaries.ts';
import { createCodexHome } from '../support/codexHome.ts';
import { createRepository } from '../support/repository.ts';
import { createRecordingLogger } from '../unit/bridge/samples.ts';
import { setUpClaude, structured } from './claudeLine.ts';
import { openConnection } from './directConnection.ts';
import { startLoginIssuer } from './loginIssuer.ts';
import { createPlainHost, reviewOrder, taskOrder } from './plainHost.ts';

/** What the real agents tell of the limits of their accounts. */

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const changed = { committed: { 'a.ts': 'let a = 1;\n' }, uncommitted: { 'a.ts': 'let a = 2;\n' } };
const reset = Math.floor(Date.now() / 1000) + 3600;
const resetsAt = new Date(reset * 1000).toISOString();

const headers = {
  'x-codex-primary-used-percent': '83',
  'x-codex-primary-window-minutes': '300',
  'x-codex-primary-reset-at': String(reset),
  'x-codex-secondary-used-percent': '7',
  'x-codex-secondary-window-minutes': '10080',
  'x-codex-secondary-reset-at': String(reset + 86_400),
};

for (const version of codexVersions)
  describe(`Codex ${version}`, () => {
    const setUp = async (account: 'provider' | { apiKey: string }, tells: boolean) => {
      const repository = await createRepository(changed);
      const model = await startResponsesModel(() => withHeaders(answer('Done.'), tells ? headers : {}));
      const home = createCodexHome({ modelUrl: model.url, account });
      const host = createPlainHost({
        codex: codexBinary(version).native,
        env: home.env,
        folders: [repository.path],
      });
      cleanUps.push(
        () => repository.dispose(),
        () => home.dispose(),
        () => model.dispose(),
        () => host.dispose(),
      );
      return { host, repository };
    };

    test('its answers tell of both limits, and the next window knows them', async () => {
      const { host, repository } = await setUp({ apiKey: 'sk-stand-in' }, true);
      const { job } = await host.run(repository.path, taskOrder('Say that you are done.'));
      assert.equal(job.state, 'succeeded');
      const { codex, claude } = host.app.budgets.all();
      assert.deepEqual(codex?.windows, [
        { minutes: 300, model: '', usedPercent: 83, resetsAt },
        {
          minutes: 10_080,
          model: '',
          usedPercent: 7,
          resetsAt: new Date((reset + 86_400) * 1000).toISOString(),
        },
      ]);
      assert.equal(claude, null);
      await host.app.budgets.settled();
      const next = new Budgets(host.stateHome, createRecordingLogger());
      await next.load();
      assert.deepEqual(next.all().codex?.windows, codex.windows);
      // A terminal is not asked first: the report says it.
      const asker = { cwd: repository.path, origin: 'cli', session: null } as const;
      const review = await host.app.place(reviewOrder(), asker);
      assert.match(review.notes.join(), /Codex is near a limit; of Claude it is not known how much is left/);
      await host.app.jobs.wait(review.id);
      // Codex refuses the question: with an API key there is nothing to ask.
      await host.app.budgets.askCodex(host.app.appServer);
      assert.deepEqual(host.app.budgets.all().codex?.windows, codex.windows);
    });

    test('of a provider that tells nothing, nothing is known', async () => {
      const { host, repository } = await setUp('provider', false);
      await host.run(repository.path, taskOrder('Say that you are done.'));
      await host.app.budgets.askCodex(host.app.appServer);
      assert.equal(host.app.budgets.all().codex, null);
      assert.match(budgetText('codex', null, Date.now()), /not known/);
    });
  });

test('a ChatGPT account is asked before there was any answer', async () => {
  const issuer = await startLoginIssuer();
  const home = createCodexHome({ modelUrl: issuer.modelUrl, account: 'none' });
  const env = { ...home.env, CODEX_APP_SERVER_LOGIN_ISSUER: issuer.origin };
  const { connection, logger, dispose } = await openConnection(codexBinary('0.169.0').native, env);
  cleanUps.push(
    () => issuer.dispose(),
    () => home.dispose(),
    dispose,
  );
  assert.deepEqual(await readRateLimits(connection), []);
  await loginWithBrowser(connection, {
    logger,
    signal: new AbortController().signal,
    onUrl: async (url) => {
      const { searchParams } = new URL(url);
      const back = new URL(searchParams.get('redirect_uri') ?? '');
      back.search = new URLSearchParams({ code: 'code', state: searchParams.get('state') ?? '' }).toString();
      await fetch(back, { headers: { connection: 'close' } });
    },
  });
  assert.deepEqual(await readRateLimits(connection), [], 'its backend fails');
  issuer.usage = {
    plan_type: 'plus',
    rate_limit: {
      allowed: true,
      limit_reached: false,
      primary_window: {
        used_percent: 42,
        limit_window_seconds: 18_000,
        reset_after_seconds: 3600,
        reset_at: reset,
      },
      secondary_window: null,
    },
  };
  assert.deepEqual(await readRateLimits(connection), [
    { minutes: 300, model: '', usedPercent: 42, resetsAt },
  ]);
});

for (const version of claudeVersions)
  test(`Claude ${version} tells of its limits as far as it does`, async () => {
    const { host, repository, dispose } = await setUpClaude(version, {
      ...changed,
      home: { account: 'subscription' },
      script: () => () =>
        withReplyHeaders(
          structured({
            findings: [],
            overall_correctness: 'patch is correct',
            overall_explanation: 'All good.',
            overall_confidence_score: 0.9,
          }),
          {
            'anthropic-ratelimit-unified-status': 'allowed',
            'anthropic-ratelimit-unified-reset': String(reset),
            'anthropic-ratelimit-unified-representative-claim': 'five_hour',
            'anthropic-ratelimit-unified-5h-utilization': '0.83',
            'anthropic-ratelimit-unified-5h-reset': String(reset),
            'anthropic-ratelimit-unified-7d-utilization': '0.21',
            'anthropic-ratelimit-unified-7d-reset': String(reset),
          },
        ),
    });
    cleanUps.push(dispose);
    const { job } = await host.run(repository.path, reviewOrder());
    assert.equal(job.state, 'succeeded');
    const told = host.app.budgets.all().claude?.windows;
    assert.deepEqual(
      told,
      version === '2.1.330'
        ? [
            { minutes: 300, model: '', usedPercent: 83, resetsAt },
            { minutes: 10_080, model: '', usedPercent: 21, resetsAt },
          ]
        : [{ minutes: 300, model: '', usedPercent: null, resetsAt }],
    );
  });
