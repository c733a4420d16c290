import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { afterEach, describe, test } from 'node:test';
import { UserError } from '../../../src/base/errors.ts';
import { AppServer, type AppServerOptions } from '../../../src/codex/appServer.ts';
import { type AppServerConnection, AppServerEnded } from '../../../src/codex/connection.ts';
import { waitFor } from '../../engine/wait.ts';
import { createFakeCodex } from '../../support/fakeCodex.ts';
import { type Answer, type FakeRemote, asCodex, startFakeRemote } from '../../support/fakeRemote.ts';
import { createTempFolder } from '../../support/temp.ts';
import { createRecordingLogger } from '../bridge/samples.ts';

/** The policy for servers that are not ours: connected to, connected to anew, left. The servers are fake, the sockets real. */

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function remote(...args: Parameters<typeof startFakeRemote>): Promise<FakeRemote> {
  const started = await startFakeRemote(...args);
  cleanUps.push(() => started.dispose());
  return started;
}

function create(endpoint: string, options: Partial<AppServerOptions> = {}) {
  const setting = { endpoint, executable: '/no/codex', token: '' };
  const server = new AppServer({
    executable: () => setting.executable,
    endpoint: () => setting.endpoint,
    token: () => Promise.resolve(setting.token),
    version: '0.0.0',
    env: {},
    folder: createTempFolder('state').path,
    logger: createRecordingLogger(),
    backoff: [0, 0, 0],
    ...options,
  });
  cleanUps.push(() => server.dispose());
  return { server, setting };
}

const versionOf = (connection: AppServerConnection) => Promise.resolve(connection.version);

/** A use during which the connection breaks. */
async function lose(server: AppServer, there: FakeRemote): Promise<void> {
  const use = server.use(async (connection) => {
    there.breakOff();
    throw await connection.ended;
  });
  await assert.rejects(use, (error) => {
    assert.ok(error instanceof AppServerEnded, String(error));
    assert.equal(error.cause, 'lost');
    assert.match(error.message, /connection to the Codex App Server at ws:.* was lost: it broke off/);
    return true;
  });
}

describe('a server elsewhere', () => {
  test('is logged in to with the token, and told no origin', async () => {
    const there = await remote();
    const { server, setting } = create(there.endpoint);
    setting.token = 't0ken';
    assert.equal(await server.use(versionOf), '0.169.0');
    const [upgrade] = there.upgrades;
    assert.equal(upgrade?.headers.authorization, 'Bearer t0ken');
    assert.equal(upgrade.headers.origin, undefined);
    assert.equal(server.state.kind === 'running' && server.state.isRemote, true);
  });

  test('is left with a goodbye when nobody uses it, and connected to again by the next use', async () => {
    const there = await remote();
    const { server } = create(there.endpoint, { idleTimeout: () => 1 });
    await server.use(versionOf);
    await waitFor('the goodbye', () => there.closed.length === 1, 5_000);
    assert.deepEqual(there.closed, [1005]);
    await waitFor('the state', () => server.state.kind === 'stopped', 5_000);
    await server.use(versionOf);
    assert.equal(there.upgrades.length, 2);
  });

  test('is connected to anew by a restart, with a changed token, and left for a changed address', async () => {
    const there = await remote();
    const { server, setting } = create(there.endpoint);
    await server.use(versionOf);
    await server.restart('The user asked for it.');
    await server.use(versionOf);
    assert.equal(there.upgrades.length, 2);
    setting.token = 'other';
    await server.use(versionOf);
    assert.equal(there.upgrades[2]?.headers.authorization, 'Bearer other');

    const fake = createFakeCodex('ok');
    cleanUps.push(() => fake.dispose());
    setting.endpoint = '';
    setting.executable = fake.path;
    await server.use(versionOf);
    assert.equal(server.state.kind === 'running' && server.state.isRemote, false);
    setting.endpoint = there.endpoint;
    await server.use(versionOf);
    assert.equal(there.upgrades.length, 4);
  });

  test('that does not answer any more is a lost connection', async () => {
    const there = await remote((method) =>
      method === 'initialize' ? asCodex('0.169.0')(method, never) : undefined,
    );
    const { server } = create(there.endpoint, { requestTimeout: 50 });
    const use = server.use((connection) => connection.request('account/read', {}));
    await assert.rejects(use, (error) => error instanceof AppServerEnded && error.cause === 'lost');
  });
});

describe('a server that cannot be reached', () => {
  test('is told of at once, at every use', async () => {
    const there = await startFakeRemote();
    await there.dispose();
    // Would take for ever if it were waited for.
    const { server } = create(there.endpoint, { backoff: [2 ** 30] });
    for (let use = 0; use < 3; use += 1)
      await assert.rejects(server.use(versionOf), /No App Server listens at ws:.*refused/);
  });

  test('after a connection was lost is tried again, with patience that ends; and again by the next use', async () => {
    const there = await startFakeRemote();
    const { server } = create(there.endpoint);
    await server.use(versionOf);
    await lose(server, there);
    await there.dispose();
    await assert.rejects(
      server.use(versionOf),
      /failed 4 times in a row. The last time: No App Server listens/,
    );
    await assert.rejects(server.use(versionOf), /No App Server listens/);
    await remote(asCodex('0.169.0'), there.port);
    assert.equal(await server.use(versionOf), '0.169.0');
  });

  test('and is back before patience ends is connected to', async () => {
    const there = await startFakeRemote();
    const { server } = create(there.endpoint, { backoff: [0, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50] });
    await lose(server, there);
    await there.dispose();
    const use = server.use(versionOf);
    await remote(asCodex('0.169.0'), there.port);
    assert.equal(await use, '0.169.0');
  });

  test('by its socket is told of by the reason', async () => {
    const { path: folder } = createTempFolder('sockets');
    await assert.rejects(create(`unix://${folder}/none`).server.use(versionOf), /There is no socket/);
  });
});

const never = undefined as never;

describe('what is no App Server, or not one of use', () => {
  const answers: [name: string, answer: Answer, said: RegExp][] = [
    ['refuses the introduction', () => ({ error: { code: -32601, message: 'what?' } }), /no Codex.*“what\?”/],
    ['is somebody else', () => ({ result: {} }), /no Codex App Server: it does not say which version/],
    ['answers in another form', () => ({ result: 7 }), /in a form that Tandem does not know/],
    ['is too old', asCodex('0.50.0'), /Codex 0\.50\.0 at ws:.* is too old/],
    [
      'hangs up',
      (_, socket) => {
        socket.close(1011, 'no');
        return undefined;
      },
      /did not introduce itself.*code 1011 \(no\)/,
    ],
  ];
  for (const [name, answer, said] of answers)
    test(`${name}: says so, also the second time`, async () => {
      const { server } = create((await remote(answer)).endpoint);
      for (let use = 0; use < 2; use += 1) await assert.rejects(server.use(versionOf), said);
      assert.equal(server.state.kind, 'stopped');
    });

  const statuses: [status: number, said: RegExp][] = [
    [401, /wants a token \(HTTP 401\)/],
    [403, /refuses the connection \(HTTP 403\)/],
    [302, /no Codex App Server: it answers with HTTP 302/],
    [404, /no Codex App Server: it answers with HTTP 404/],
    [502, /cannot be reached \(HTTP 502\)/],
  ];
  for (const [status, said] of statuses)
    test(`HTTP ${status}`, async () => {
      let requests = 0;
      const web = http.createServer((_, response) => {
        requests += 1;
        response.writeHead(status, { location: '/elsewhere' }).end();
      });
      const { server } = create(await listen(web));
      await assert.rejects(server.use(versionOf), said);
      assert.equal(requests, 1);
    });

  test('speaks something else', async () => {
    const shell = net.createServer((socket) => {
      socket
        .on('error', () => undefined)
        .resume()
        .end('SSH-2.0-Open\r\n');
    });
    const endpoint = await listen(shell);
    await assert.rejects(create(endpoint).server.use(versionOf), /it does not speak WebSocket/);
    await assert.rejects(
      create(endpoint.replace('ws:', 'wss:')).server.use(versionOf),
      /it does not speak TLS/,
    );
  });

  test('an address that is none', async () => {
    await assert.rejects(create('http://host').server.use(versionOf), UserError);
  });
});

async function listen(server: net.Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(async () => {
    server.close();
    await once(server, 'close');
  });
  return `ws://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
}
