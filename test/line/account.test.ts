import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { CancelledError, UserError } from '../../src/base/errors.ts';
import { isLoggedOut, loginWithApiKey, logout, readAccount } from '../../src/codex/login.ts';
import { loginWithBrowser, loginWithDeviceCode } from '../../src/codex/webLogin.ts';
import { waitFor } from '../engine/wait.ts';
import { codexBinary, codexVersions } from '../support/binaries.ts';
import { type CodexHomeOptions, createCodexHome } from '../support/codexHome.ts';
import type { Environment } from '../support/environment.ts';
import { objectOf } from '../support/json.ts';
import { openConnection } from './directConnection.ts';
import { type LoginIssuer, email, startLoginIssuer } from './loginIssuer.ts';

/** Logins through the real App Server. What OpenAI answers is a stand-in where Codex lets itself be told where to ask. */

const nowhere = 'http://127.0.0.1:9/v1';
const forever = new AbortController().signal;

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(
  version: (typeof codexVersions)[number],
  options: Partial<CodexHomeOptions> = {},
  env: Environment = {},
) {
  const home = createCodexHome({ modelUrl: nowhere, account: 'none', ...options });
  const { connection, logger, dispose } = await openConnection(codexBinary(version).native, {
    ...home.env,
    ...env,
  });
  cleanUps.push(() => home.dispose(), dispose);
  return { connection, logger, home };
}

/** What a browser does with the page: it is led back with a code, or with an error. */
async function visit(page: string, answer: Record<string, string>): Promise<void> {
  const { searchParams } = new URL(page);
  const back = new URL(searchParams.get('redirect_uri') ?? '');
  back.search = new URLSearchParams({ ...answer, state: searchParams.get('state') ?? '' }).toString();
  // A connection that is kept would lead the next login's answer to the server of this one.
  await fetch(back, { headers: { connection: 'close' } });
}

for (const version of codexVersions) {
  describe(`accounts of the real Codex ${version}`, () => {
    test('nobody, an own provider, an API key and no more: each is told as what it is', async () => {
      const { connection, home } = await start(version);
      assert.deepEqual(await readAccount(connection), { kind: 'none' });
      assert.equal(await isLoggedOut(connection), true);

      await loginWithApiKey(connection, ' sk-stand-in \n');
      assert.deepEqual(await readAccount(connection), { kind: 'api key' });
      assert.equal(await isLoggedOut(connection), false);
      const stored = objectOf(JSON.parse(readFileSync(path.join(home.codexHome, 'auth.json'), 'utf8')));
      assert.equal(stored['OPENAI_API_KEY'], 'sk-stand-in');

      await logout(connection);
      assert.deepEqual(await readAccount(connection), { kind: 'none' });
      assert.equal(existsSync(path.join(home.codexHome, 'auth.json')), false);
      await logout(connection);

      const own = await start(version, { account: 'provider' });
      assert.deepEqual(await readAccount(own.connection), { kind: 'not needed' });
    });

    test('what cannot be an API key never reaches Codex', async () => {
      const { connection } = await start(version);
      for (const key of ['', '  \n', 'sk-one sk-two'])
        await assert.rejects(loginWithApiKey(connection, key), UserError);
      assert.deepEqual(await readAccount(connection), { kind: 'none' });
    });

    test('a browser login gives the page, is cancelled, and can be started again', async () => {
      const { connection, logger } = await start(version);
      for (let round = 0; round < 2; round += 1) {
        const abort = new AbortController();
        const login = loginWithBrowser(connection, {
          ...{ logger, signal: abort.signal },
          onUrl: (url) => {
            assert.match(url, /\/oauth\/authorize\?.*redirect_uri=http/);
            abort.abort();
          },
        });
        await assert.rejects(login, CancelledError);
      }
      assert.deepEqual(await readAccount(connection), { kind: 'none' });
      const early = { logger, signal: AbortSignal.abort(), onUrl: () => assert.fail('it was never started') };
      await assert.rejects(loginWithBrowser(connection, early), CancelledError);
    });

    test('a browser login that is refused says why; one that nobody finishes ends', async () => {
      const { connection, logger } = await start(version);
      const refused = loginWithBrowser(connection, {
        ...{ logger, signal: forever },
        onUrl: (url) => visit(url, { error: 'access_denied', error_description: 'You may not' }),
      });
      await assert.rejects(refused, /could not log in: .*You may not/);
      const forgotten = { logger, signal: forever, deadline: 300, onUrl: () => undefined };
      await assert.rejects(loginWithBrowser(connection, forgotten), /not finished within 0\.005 minutes/);
    });

    test('a page that can’t be shown cancels the login', async () => {
      const { connection, logger } = await start(version);
      const onUrl = () => Promise.reject(new Error('no browser'));
      await assert.rejects(loginWithBrowser(connection, { logger, signal: forever, onUrl }), /no browser/);
    });

    test('a device code needs the internet, and that is said', async () => {
      const { connection, logger } = await start(version);
      const onCode = () => assert.fail('there is no code');
      await assert.rejects(loginWithDeviceCode(connection, { logger, signal: forever, onCode }), (error) => {
        assert.ok(error instanceof UserError);
        assert.match(error.message, /could not log in: failed to request device code/);
        assert.match(error.advice ?? '', /internet/);
        return true;
      });
    });

    test('a server that ends ends the login', async () => {
      const { connection, logger } = await start(version);
      const onUrl = () => connection.close('stopped');
      await assert.rejects(loginWithBrowser(connection, { logger, signal: forever, onUrl }), /was stopped/);
    });
  });
}

describe('a ChatGPT login with the real Codex 0.169.0, to the end', () => {
  let issuer: LoginIssuer;
  before(async () => {
    issuer = await startLoginIssuer();
  });
  after(() => issuer.dispose());
  const startHere = () =>
    start('0.169.0', { modelUrl: issuer.modelUrl }, { CODEX_APP_SERVER_LOGIN_ISSUER: issuer.origin });

  test('in a browser', async () => {
    const { connection, logger } = await startHere();
    await loginWithBrowser(connection, {
      ...{ logger, signal: forever },
      onUrl: (url) => visit(url, { code: 'code' }),
    });
    assert.deepEqual(await readAccount(connection), { kind: 'ChatGPT', email, plan: 'plus' });
  });

  test('on another device', async () => {
    const { connection, logger } = await startHere();
    const shown: string[] = [];
    const login = loginWithDeviceCode(connection, {
      ...{ logger, signal: forever },
      onCode: (url, code) => {
        shown.push(url, code);
        issuer.codeWasTyped = true;
      },
    });
    await login;
    assert.deepEqual(shown, [`${issuer.origin}/codex/device`, 'ABCD-1234']);
    assert.deepEqual(await readAccount(connection), { kind: 'ChatGPT', email, plan: 'plus' });
  });

  test('a device code that is cancelled is given up by Codex too', async () => {
    const { connection, logger } = await startHere();
    issuer.codeWasTyped = false;
    const ends: boolean[] = [];
    connection.onServerNotification(({ method, params }) => {
      if (method === 'account/login/completed') ends.push(params.success);
    });
    const abort = new AbortController();
    const onCode = () => abort.abort();
    const login = loginWithDeviceCode(connection, { logger, signal: abort.signal, onCode });
    await assert.rejects(login, CancelledError);
    await waitFor('the end of the login', () => ends.length > 0, 10_000);
    assert.deepEqual(ends, [false]);
    assert.deepEqual(await readAccount(connection), { kind: 'none' });
  });

  test('it counts also while ChatGPT’s backend is down', async () => {
    const { connection, logger, home } = await startHere();
    const onUrl = (url: string) => visit(url, { code: 'code' });
    await loginWithBrowser(connection, { logger, signal: forever, onUrl });
    issuer.backendIsDown = true;
    const next = await openConnection(codexBinary('0.169.0').native, home.env);
    cleanUps.push(next.dispose);
    assert.deepEqual(await readAccount(next.connection), { kind: 'ChatGPT', email: null, plan: null });
    assert.equal(await isLoggedOut(next.connection), false);
    issuer.backendIsDown = false;
  });
});
