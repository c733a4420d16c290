import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildPlugin } from '../../esbuild.mjs';
import { deferred } from '../../src/base/async.ts';
import { waitFor } from '../engine/wait.ts';
import { type ModelScript, type ResponsesModel, startResponsesModel } from '../models/responses.ts';
import { answer, runs } from '../models/responsesReply.ts';
import { type TlsIdentity, createAuthority, expired } from '../support/certificates.ts';
import { createCodexHome } from '../support/codexHome.ts';
import type { Environment } from '../support/environment.ts';
import { objectOf, textOf } from '../support/json.ts';
import { createRepository } from '../support/repository.ts';
import { createTempFolder } from '../support/temp.ts';
import { type ListeningServer, createBreakableNetwork, startListening } from './listening.ts';

/**
 * `wss://`: a TLS proxy in front of the real App Server, which wants its capability token. The host is the headless one
 * in its own process, started by the companion: which authorities Node trusts is decided when it starts.
 */
describe('an App Server behind TLS', () => {
  const token = 'capability-0123456789';
  const authority = createAuthority();
  const trusted = path.join(createTempFolder('authority').path, 'authority.pem');
  writeFileSync(trusted, authority.cert);
  const clean = JSON.stringify({
    findings: [],
    overall_correctness: 'patch is correct',
    overall_explanation: 'Fine.',
    overall_confidence_score: 0.9,
  });
  const quickly: ModelScript = ({ step }) => (step === 0 ? runs('git diff HEAD') : answer(clean));

  const cleanUps: (() => Promise<void>)[] = [];
  function kept<T extends { dispose(): Promise<void> }>(part: T): T {
    cleanUps.push(() => part.dispose());
    return part;
  }
  let program: string;
  let folder: string;
  let model: ResponsesModel;
  let script: ModelScript;
  let server: ListeningServer;

  before(async () => {
    const plugin = path.join(createTempFolder('built').path, 'claude-plugin');
    await buildPlugin(plugin, { ownVersion: '0.0.0' });
    program = path.join(plugin, 'tandem.mjs');
    folder = kept(
      await createRepository({ committed: { 'a.js': '1\n' }, uncommitted: { 'a.js': '2\n' } }),
    ).path;
    model = kept(await startResponsesModel((request) => script(request)));
    const home = kept(createCodexHome({ modelUrl: model.url }));
    server = kept(await startListening({ version: '0.169.0', env: home.env, token }));
  });
  after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  });

  /** A TLS proxy in front of the App Server; closed with the others. */
  const behind = async (identity: TlsIdentity) =>
    kept(await createBreakableNetwork(server.endpoint, identity));

  /** A review in a terminal, by a host of its own. */
  async function review(endpoint: string, changes: Environment = {}) {
    const env = {
      PATH: process.env['PATH'] ?? '',
      TANDEM_HOME: createTempFolder('state').path,
      TANDEM_CODEX_PATH: '/no/codex',
      TANDEM_APP_SERVER_ENDPOINT: endpoint,
      TANDEM_APP_SERVER_TOKEN: token,
      NODE_EXTRA_CA_CERTS: trusted,
      ...changes,
    };
    const child = spawn(process.execPath, [program, 'review', '--json'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [code] = (await once(child, 'close')) as [number | null];
    assert.notEqual(stdout, '', stderr);
    assert.ok(!(stdout + stderr).includes(token), 'the token is shown to nobody');
    const report = objectOf(JSON.parse(stdout));
    return { code, report, summary: textOf(report['summary']) };
  }

  test('with a certificate that the machine trusts: a whole review', async () => {
    script = quickly;
    const proxy = await behind(authority.issue('localhost'));
    const { code, report } = await review(proxy.endpoint);
    assert.equal(code, 0, JSON.stringify(report));
    assert.equal(report['verdict'], 'clean');
    assert.equal(proxy.connections(), 1);
  });

  test('a wrong token is told of as without TLS', async () => {
    const proxy = await behind(authority.issue('localhost'));
    const { code, summary } = await review(proxy.endpoint, { TANDEM_APP_SERVER_TOKEN: 'wrong' });
    assert.equal(code, 1);
    assert.match(summary, /at wss:\/\/localhost:\d+\/ refuses the token \(HTTP 401\)/);
    assert.equal(proxy.connections(), 1);
  });

  const bad: [name: string, identity: TlsIdentity, message: RegExp, advice: RegExp][] = [
    [
      'of an authority that the machine does not know',
      createAuthority().issue('localhost'),
      /^This machine does not trust the certificate of wss:\/\/localhost:\d+\/: /,
      /NODE_EXTRA_CA_CERTS/,
    ],
    [
      'of another host',
      authority.issue('elsewhere.example'),
      /^The certificate of wss:\/\/localhost:\d+\/ is for another host: DNS:elsewhere\.example\. /,
      /tandem\.appServer\.endpoint/,
    ],
    [
      'that has expired',
      authority.issue('localhost', expired),
      /^The certificate of wss:\/\/localhost:\d+\/ has expired\. /,
      /Renew it/,
    ],
  ];
  for (const [name, identity, message, advice] of bad)
    test(`a certificate ${name}: says so once, and is sent no token`, async () => {
      const proxy = await behind(identity);
      const { code, summary } = await review(proxy.endpoint);
      assert.equal(code, 1);
      assert.match(summary, message);
      assert.match(summary, advice);
      assert.doesNotMatch(summary, /\bat .*\.(js|ts|mjs):\d+|node:/, 'no stack');
      assert.deepEqual([proxy.connections(), proxy.received()], [1, 0]);
    });

  test('nothing is sent to another machine without TLS: there is not even a connection', async () => {
    const network = kept(await createBreakableNetwork(server.endpoint));
    // Every address of this machine, so not known for one that no network is needed for.
    const { code, summary } = await review(network.endpoint.replace('127.0.0.1', '0.0.0.0'));
    assert.equal(code, 1);
    assert.match(summary, /is not sent to ws:\/\/0\.0\.0\.0:\d+\/.* unencrypted/);
    assert.match(summary, /wss:\/\//);
    assert.equal(network.connections(), 0);
  });

  /** A review whose reviewer has not answered yet when the proxy drops its connection. */
  async function interrupted(then: (proxy: Awaited<ReturnType<typeof behind>>) => void) {
    const released = deferred<undefined>();
    const asked = deferred<undefined>();
    script = async ({ step }) => {
      if (step === 0) return runs('git diff HEAD');
      asked.resolve(undefined);
      await released.promise;
      return answer(clean);
    };
    const proxy = await behind(authority.issue('localhost'));
    const reviewed = review(proxy.endpoint);
    await asked.promise;
    proxy.cut();
    then(proxy);
    await waitFor('another connection', () => proxy.connections() === 2, 20_000);
    released.resolve(undefined);
    return { proxy, ...(await reviewed) };
  }

  test('the proxy drops the connection in the middle of a review: it goes on', async () => {
    const before = model.requests.length;
    const { code, report } = await interrupted((proxy) => proxy.restore());
    assert.equal(code, 0, JSON.stringify(report));
    assert.equal(report['verdict'], 'clean');
    assert.match(String(report['notes']), /connection to the Codex App Server .* was lost/);
    assert.equal(model.requests.length - before, 2, 'nothing was done twice');
  });

  test('afterwards it shows a certificate that has expired: that is said, and not tried again', async () => {
    const { code, summary, proxy } = await interrupted((cut) =>
      cut.restore(authority.issue('localhost', expired)),
    );
    assert.equal(code, 1);
    assert.match(summary, /has expired/);
    assert.equal(proxy.connections(), 2);
  });
});
