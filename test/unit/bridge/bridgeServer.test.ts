import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { identityOf } from '../../../src/base/childProcess.ts';
import { UsageError, UserError } from '../../../src/base/errors.ts';
import { BridgeServer, type BridgeServerOptions } from '../../../src/bridge/bridgeServer.ts';
import { publishedHosts } from '../../../src/client/discoverHosts.ts';
import { HostConnection } from '../../../src/client/hostConnection.ts';
import type { Approval } from '../../../src/protocol/approval.ts';
import { bridgeErrors, maxRequestBytes } from '../../../src/protocol/bridge.ts';
import { type Discovery, bridgeProtocolVersion, discoveryFolder } from '../../../src/protocol/discovery.ts';
import { type JsonObject, listOf, objectOf, textOf } from '../../support/json.ts';
import { createTempFolder } from '../../support/temp.ts';
import { waitFor } from '../../engine/wait.ts';
import { FakeService } from './fakeService.ts';
import { RawClient, discoveryOf, helloParams } from './rawClient.ts';
import { createRecordingLogger, sampleReport } from './samples.ts';

const folder = createTempFolder('bridge').path;
let stateHome = folder;
let service = new FakeService();
let logger = createRecordingLogger();
let servers: BridgeServer[] = [];

beforeEach(() => {
  stateHome = createTempFolder('state').path;
  service = new FakeService();
  logger = createRecordingLogger();
});
afterEach(async () => {
  for (const server of servers) await server.close();
  servers = [];
});

async function listen(options: Partial<BridgeServerOptions> = {}): Promise<BridgeServer> {
  const server = new BridgeServer({
    kind: 'window',
    version: '1.2.3',
    stateHome,
    logger,
    folders: () => [folder],
    service,
    ...options,
  });
  servers.push(server);
  await server.listen();
  return server;
}

async function connect(server: BridgeServer): Promise<RawClient> {
  return RawClient.connect(discoveryOf(server.discoveryFile).address);
}

async function greet(server: BridgeServer, door = 'cli'): Promise<RawClient> {
  const client = await connect(server);
  const hello = helloParams(discoveryOf(server.discoveryFile).token, {
    client: { door, pid: 1, version: '0.0.0' },
  });
  const answer = await client.request('hello', hello);
  assert.ok(answer['result'], JSON.stringify(answer));
  return client;
}

function errorOf(answer: JsonObject): { code: unknown; message: unknown; data: unknown } {
  const { code, message, data } = objectOf(answer['error']);
  return { code, message, data };
}

const order = { kind: 'review', target: { scope: 'auto' }, focus: '', model: '', effort: '' };
const review = { cwd: folder, order, mode: 'wait' };

describe('letting in', () => {
  test('a hello with the token tells who the host is', async () => {
    const server = await listen();
    const client = await connect(server);
    const answer = await client.request('hello', helloParams(discoveryOf(server.discoveryFile).token));
    assert.deepEqual(answer['result'], {
      protocol: bridgeProtocolVersion,
      host: { kind: 'window', version: '1.2.3', pid: process.pid, folders: [folder] },
    });
    client.end();
  });

  for (const [what, change] of [
    ['a wrong token of the right length', { token: 'f'.repeat(64) }],
    ['an empty token', { token: '' }],
    ['another protocol', { protocol: bridgeProtocolVersion + 1 }],
    ['a hello without a token', { token: undefined }],
    ['a hello from an unknown door', { client: { door: 'window', pid: 1, version: '' } }],
  ] as const) {
    test(`${what} is refused and the connection closed`, async () => {
      const server = await listen();
      const client = await connect(server);
      const { token } = discoveryOf(server.discoveryFile);
      const answer = await client.request('hello', helloParams(token, change));
      assert.equal(errorOf(answer).code, bridgeErrors.refused);
      assert.ok(!JSON.stringify(answer).includes(token), 'the answer gives the token away');
      await client.untilClosed();
      assert.equal(server.clientCount, 0);
    });
  }

  test('anything before the hello is refused and reaches no service', async () => {
    const server = await listen();
    const client = await connect(server);
    const answer = await client.request('job/start', review);
    assert.equal(errorOf(answer).code, bridgeErrors.refused);
    await client.untilClosed();
    assert.deepEqual(service.started, []);
  });

  test('a second hello is refused', async () => {
    const server = await listen();
    const client = await greet(server);
    const answer = await client.request('hello', helloParams(discoveryOf(server.discoveryFile).token));
    assert.equal(errorOf(answer).code, bridgeErrors.refused);
    await client.untilClosed();
  });

  test('a connection that says nothing is closed', async () => {
    const server = await listen({ helloTimeout: 50 });
    const client = await connect(server);
    await client.untilClosed();
    assert.match(logger.at('warn').join('\n'), /no hello in time/);
  });

  test('the number of clients counts those that were let in', async () => {
    const server = await listen();
    const counts: number[] = [];
    server.onDidChangeClients((count) => counts.push(count));
    const silent = await connect(server);
    const client = await greet(server);
    assert.equal(server.clientCount, 1);
    client.end();
    await waitFor('the client to be gone', () => server.clientCount === 0);
    assert.deepEqual(counts, [1, 0]);
    silent.end();
  });
});

describe('hostile bytes', () => {
  test('a line beyond the limit closes the connection, and the host lives on', async () => {
    const server = await listen();
    const client = await greet(server);
    client.write('x'.repeat(maxRequestBytes + 1));
    await client.untilClosed();
    (await greet(server)).end();
  });

  for (const [what, line] of [
    ['text that is not JSON', 'GET / HTTP/1.1'],
    ['an array', '[{"id":1,"method":"status"}]'],
    // vscode-jsonrpc 10.0.0 throws out of the socket's event for this one: it would end the whole window.
    ['a cancellation without parameters', '{"method":"$/cancelRequest"}'],
    ['a notification', '{"method":"status","params":{}}'],
    ['a response', '{"id":7,"result":{}}'],
    ['an object that is no message', '{"hello":"world"}'],
  ] as const) {
    test(`${what} closes the connection, and the host lives on`, async () => {
      const server = await listen();
      for (const client of [await connect(server), await greet(server)]) {
        client.write(`${line}\n`);
        await client.untilClosed();
      }
      (await greet(server)).end();
      assert.deepEqual(logger.at('error'), []);
    });
  }

  for (const [method, params] of [
    ['job/start', null],
    ['job/start', [1, 2, 3]],
    ['job/start', { ...review, cwd: 7 }],
    ['job/start', { ...review, order: { ...order, kind: 'gate' } }],
    ['job/start', { ...review, order: { ...order, target: { scope: '__proto__' } } }],
    [
      'job/start',
      { ...review, order: { kind: 'task', prompt: '', write: true, thread: 'fresh', model: '', effort: '' } },
    ],
    ['job/start', { ...review, mode: 'explode' }],
    ['job/wait', { id: { $gt: '' } }],
    ['job/cancel', {}],
    ['status', 'everything'],
    ['setup', undefined],
    ['setup', { cwd: folder, gate: 'on' }],
    ['gate/stop', { cwd: folder, again: false, hook: 'both' }],
    ['session/end', {}],
  ] as const) {
    test(`${method} with ${JSON.stringify(params)} is a usage error`, async () => {
      const server = await listen();
      const client = await greet(server);
      assert.equal(errorOf(await client.request(method, params)).code, bridgeErrors.usage);
      assert.ok(
        (await client.request('status', { cwd: folder }))['result'],
        'the connection is of use no more',
      );
      assert.deepEqual(service.started, []);
      client.end();
    });
  }

  test('an unknown request gets an error and nothing more', async () => {
    const server = await listen();
    const client = await greet(server);
    assert.equal(errorOf(await client.request('constructor', {})).code, -32601);
    client.end();
  });
});

describe('requests', () => {
  test('reach the service with what the caller said of itself', async () => {
    const server = await listen();
    for (const door of ['hook', 'mcp', 'cli', 'host']) {
      const client = await greet(server, door);
      await client.request('job/start', review);
      client.end();
    }
    assert.deepEqual(
      service.started.map(({ client, params }) => [client.door, params]),
      ['hook', 'mcp', 'cli', 'host'].map((door) => [door, review]),
    );
    assert.deepEqual(
      service.greetedClients.map(({ door }) => door),
      ['hook', 'mcp', 'cli', 'host'],
    );
  });

  test('progress comes before the report', async () => {
    const server = await listen();
    const step = { state: 'running', waitingFor: null, phase: 'reading', activity: 'cat a.ts' } as const;
    service.progress = [{ id: 'review-1234abcd', reviewer: 'codex', ...step }];
    const client = await greet(server);
    const answer = await client.request('job/wait', { id: 'review-1234abcd' });
    assert.deepEqual(answer['result'], sampleReport());
    assert.deepEqual(
      client.notifications.map(({ method, params }) => [method, params]),
      [['job/progress', service.progress[0]]],
    );
    client.end();
  });

  test('a question is answered by whom it was put to, and nobody else', async () => {
    const server = await listen();
    const question = {
      id: 'question-1',
      job: 'task-1',
      subject: { kind: 'command', line: 'ls', cwd: '/r', wants: [], outside: true },
      reason: '',
      forSession: true,
      askedAt: '2026-01-01T00:00:00.000Z',
      expiresAt: null,
    } satisfies Approval;
    service.questions = { job: 'task-1', open: [question] };
    const [asked, other] = [await greet(server), await greet(server)];
    await asked.request('job/start', { ...review, asks: true });
    assert.deepEqual(
      asked.notifications.map(({ method, params }) => [method, params]),
      [['job/questions', service.questions]],
    );
    assert.deepEqual(other.notifications, []);
    const answer = { id: question.id, decision: { kind: 'allow', session: false } };
    const refused = objectOf((await other.request('job/decide', answer))['error']);
    assert.match(textOf(refused['message']), /not put to this terminal/);
    assert.deepEqual(service.decided, []);
    const made = { ...answer, decision: { kind: 'allow', session: 'yes' } };
    assert.equal(objectOf((await asked.request('job/decide', made))['error'])['code'], bridgeErrors.usage);
    assert.equal((await asked.request('job/decide', answer))['result'], null);
    assert.deepEqual(service.decided, [answer]);
  });

  test('errors for the user keep their words and advice', async () => {
    const server = await listen();
    const client = await greet(server);
    service.failure = new UserError('Codex is not logged in.', 'Run `codex login`.');
    assert.deepEqual(errorOf(await client.request('status', { cwd: folder })), {
      code: bridgeErrors.failed,
      message: 'Codex is not logged in.',
      data: { advice: 'Run `codex login`.' },
    });
    service.failure = new UsageError('There is no branch nope.');
    assert.deepEqual(errorOf(await client.request('job/start', review)), {
      code: bridgeErrors.usage,
      message: 'There is no branch nope.',
      data: undefined,
    });
    client.end();
  });

  test('a bug goes to the log; the companion hears where that is', async () => {
    const server = await listen();
    const client = await greet(server);
    service.failure = new TypeError('secret.path is undefined');
    const { code, message } = errorOf(await client.request('setup', { cwd: folder }));
    assert.equal(code, -32603);
    assert.match(String(message), /Tandem: Show Log/);
    assert.doesNotMatch(String(message), /secret/);
    assert.match(logger.at('error').join('\n'), /secret\.path is undefined\n.*at /s);
    client.end();
  });
});

describe('the end of a connection', () => {
  test('cancels the job of somebody at a terminal who waits', async () => {
    service.report = undefined;
    const server = await listen();
    const client = await greet(server);
    await client.request('job/start', review);
    client.send('job/wait', { id: 'review-1234abcd' });
    await waitFor('the wait', () => service.waits.length === 1);
    client.end();
    assert.equal(await service.firstCancel, 'review-1234abcd');
    assert.equal(service.waits[0]?.aborted, true);
  });

  test('keeps the job of anybody else, one in the background, and one that has ended', async () => {
    service.report = undefined;
    const server = await listen();
    for (const door of ['hook', 'mcp', 'host']) {
      const keeping = await greet(server, door);
      await keeping.request('job/start', review);
      keeping.end();
    }
    const leaving = await greet(server);
    await leaving.request('job/start', { ...review, mode: 'background' });
    leaving.end();
    service.report = sampleReport();
    const done = await greet(server);
    await done.request('job/start', review);
    await done.request('job/wait', { id: 'review-1234abcd' });
    done.end();
    await waitFor('all to be gone', () => server.clientCount === 0);
    assert.deepEqual(service.cancelled, []);
  });

  test('a host that has begun to end is found by nobody, and still serves those who are in', async () => {
    let folders = [folder];
    const server = await listen({ folders: () => folders });
    const discovery = discoveryOf(server.discoveryFile);
    const within = await greet(server);
    const halfway = await connect(server);
    await server.retire();
    await halfway.untilClosed();
    folders = [];
    await server.updateFolders();
    assert.deepEqual(await publishedHosts(stateHome), []);
    const client = { door: 'cli', pid: 1, version: '0.0.0' } as const;
    await assert.rejects(HostConnection.open(discovery, client), { problem: 'gone' });
    assert.ok((await within.request('job/start', review))['result']);
    await server.close();
    await within.untilClosed();
  });

  test('closing the host ends its connections', async () => {
    const server = await listen();
    const client = await greet(server);
    await server.close();
    await client.untilClosed();
    assert.equal(server.discoveryFile, undefined);
  });
});

const posix = process.platform !== 'win32';

describe('discovery', () => {
  test('only the user can read the file, its folder and the socket', { skip: !posix }, async () => {
    mkdirSync(discoveryFolder(stateHome), { mode: 0o777 });
    const server = await listen();
    const file = server.discoveryFile ?? '';
    const { address, token } = discoveryOf(file);
    assert.equal(path.dirname(file), discoveryFolder(stateHome));
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(discoveryFolder(stateHome)).mode & 0o777, 0o700);
    assert.equal(statSync(path.dirname(address)).mode & 0o777, 0o700);
    assert.ok(Buffer.byteLength(address) <= 107, address);
    assert.match(token, /^[0-9a-f]{64}$/);
  });

  test('two hosts share neither token, name nor address', async () => {
    const [a, b] = [discoveryOf((await listen()).discoveryFile), discoveryOf((await listen()).discoveryFile)];
    for (const key of ['id', 'token', 'address'] as const) assert.notEqual(a[key], b[key]);
  });

  test('closing removes the file, the socket and its folder', async () => {
    const server = await listen();
    const file = server.discoveryFile ?? '';
    const { address } = discoveryOf(file);
    assert.ok(existsSync(address));
    await server.close();
    assert.ok(!existsSync(file));
    assert.ok(!existsSync(path.dirname(address)));
    await server.close();
  });

  test('folders are published with links resolved, and anew when they change', { skip: !posix }, async () => {
    const real = createTempFolder('real').path;
    const link = path.join(createTempFolder('links').path, 'link');
    symlinkSync(real, link);
    let folders = [link, '/nowhere/to/be/found', 'relative'];
    const server = await listen({ folders: () => folders });
    assert.deepEqual(discoveryOf(server.discoveryFile).folders, [real]);
    const before = discoveryOf(server.discoveryFile);
    folders = [folder];
    await Promise.all([server.updateFolders(), server.updateFolders()]);
    assert.deepEqual(discoveryOf(server.discoveryFile), { ...before, folders: [folder] });
  });
});

test('a host that exits without closing leaves nothing either', { skip: !posix }, async () => {
  const program = path.join(import.meta.dirname, 'exitingHost.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, stateHome], { stdio: 'pipe' });
  const ended = once(child, 'exit');
  const [line] = listOf(await once(child.stdout.setEncoding('utf8'), 'data'));
  const file = textOf(line).trim();
  const { address } = discoveryOf(file);
  child.stdin.end();
  await ended;
  assert.ok(!existsSync(file), file);
  assert.ok(!existsSync(path.dirname(address)), address);
});

describe('the sweep of what killed hosts left behind', () => {
  function leave(name: string, change: Partial<Discovery>, text?: string): string {
    const file = path.join(discoveryFolder(stateHome), name);
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const discovery: Discovery = {
      protocol: 1,
      id: name,
      kind: 'window',
      version: '1.2.3',
      machine: hostname(),
      ...identityOf(process.pid),
      startedAt: '2026-01-01T00:00:00.000Z',
      address: '/nowhere',
      token: 'x',
      folders: [],
      ...change,
    };
    writeFileSync(file, text ?? JSON.stringify(discovery));
    return file;
  }

  async function gonePid(): Promise<number> {
    const child = spawn(process.execPath, ['-e', '0']);
    const { pid = 0 } = child;
    await once(child, 'exit');
    return pid;
  }

  test('a file of a process that is gone goes, with its socket folder', async () => {
    const killed = await listen();
    const discovery = discoveryOf(killed.discoveryFile);
    const stale = leave('stale.json', { ...discovery, pid: await gonePid(), id: 'stale' });
    await listen();
    assert.ok(!existsSync(stale));
    assert.ok(!existsSync(path.dirname(discovery.address)));
  });

  test('a pid that was used again counts as gone', { skip: process.platform !== 'linux' }, async () => {
    const stale = leave('reused.json', { startTime: '1' });
    await listen();
    assert.ok(!existsSync(stale));
  });

  test('a socket folder with anything else in it is not emptied', { skip: !posix }, async () => {
    const foreign = createTempFolder('tandem-foreign').path;
    writeFileSync(path.join(foreign, 'precious'), '');
    leave('stale.json', { pid: await gonePid(), address: path.join(foreign, 'precious') });
    await listen();
    assert.deepEqual(readdirSync(foreign), ['precious']);
  });

  test('on doubt a file stays: living, elsewhere, half written, of a later version', async () => {
    const living = await listen();
    const pid = await gonePid();
    const kept = [
      living.discoveryFile ?? '',
      leave('elsewhere.json', { machine: 'another-machine', pid }),
      leave('half.json', {}, '{"protocol":1,"pid":'),
      leave('later.json', {}, JSON.stringify({ protocol: 9, process: { id: pid } })),
    ];
    await listen();
    for (const file of kept) assert.ok(existsSync(file), file);
    assert.ok(readFileSync(kept[0] ?? '', 'utf8').includes('"window"'));
    assert.deepEqual(logger.at('warn', 'error'), []);
  });
});
