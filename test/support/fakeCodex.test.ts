import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startRawAppServer } from '../models/rawAppServer.ts';
import { endsWithThisProcess } from './cleanup.ts';
import { createFakeCodex, type FakeBehaviour, type FakeCodex, type FakeCodexOptions } from './fakeCodex.ts';
import { listOf, objectOf, textOf } from './json.ts';
import { type Leftovers, nothingLeft, snapshotLeftovers } from './processes.ts';

const requests = [
  {
    id: 1,
    method: 'initialize',
    params: { clientInfo: { name: 'test', version: '0' }, capabilities: { experimentalApi: true } },
  },
  { id: 2, method: 'thread/start', params: { cwd: '/somewhere', experimentalRawEvents: true } },
  {
    id: 3,
    method: 'review/start',
    params: { threadId: 'fake-thread-1', target: { type: 'uncommittedChanges' } },
  },
];

interface Session {
  readonly output: string;
  readonly errors: string;
  readonly exitCode: number | null;
}

interface SessionOptions extends FakeCodexOptions {
  readonly messages?: readonly object[];
  /** Keeps stdin open until the output contains this. */
  readonly until?: string;
}

/** Sends all messages, closes stdin and collects everything that came back: the fake answers line by line, so nothing is lost. */
async function session(behaviour: FakeBehaviour, options: SessionOptions = {}): Promise<Session> {
  const fake = createFakeCodex(behaviour, options);
  const child = spawn(fake.path, ['app-server'], { env: fake.env, stdio: 'pipe' });
  const chunks: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (options.until !== undefined && Buffer.concat(chunks).includes(options.until)) child.stdin.end();
  });
  // A program that ends at once closes the pipe under us; its exit is what the test looks at.
  child.stdin.on('error', () => undefined);
  for (const message of options.messages ?? requests) child.stdin.write(`${JSON.stringify(message)}\n`);
  if (options.until === undefined) child.stdin.end();
  await once(child, 'close');
  await fake.dispose();
  return {
    output: Buffer.concat(chunks).toString(),
    errors: Buffer.concat(errors).toString(),
    exitCode: child.exitCode,
  };
}

function methodsOf(output: string): readonly string[] {
  const messages = output.split('\n').filter((line) => line !== '');
  return messages
    .map((line) => textOf(objectOf(JSON.parse(line))['method']))
    .filter((method) => method !== '');
}

describe('the fake App Server', () => {
  let started: Leftovers;
  before(async () => {
    started = await snapshotLeftovers();
  });
  after(() => nothingLeft(started));

  it('reviews like the real one: two turn ids, an orphan item, raw findings, rendered text', async () => {
    const fake = createFakeCodex('ok');
    const server = await startRawAppServer(fake.path, fake.env);
    const thread = objectOf(
      (await server.request('thread/start', { cwd: '/r', experimentalRawEvents: true }))['thread'],
    );
    const review = await server.request('review/start', {
      threadId: thread['id'],
      target: { type: 'uncommittedChanges' },
    });
    const announced = objectOf(review['turn'])['id'];
    assert.notEqual(objectOf((await server.waitFor('turn/started'))['turn'])['id'], announced);
    const turn = objectOf((await server.waitFor('turn/completed'))['turn']);
    assert.deepEqual([turn['id'], turn['status']], [announced, 'completed']);
    const raw = objectOf((await server.waitFor('rawResponseItem/completed'))['item']);
    assert.match(textOf(objectOf(listOf(raw['content'])[0])['text']), /^{"findings":\[{"title":"\[P1\]/);
    assert.match(
      textOf(objectOf(listOf(turn['items'])[0])['text']),
      /\n\n- \[P1\] Fake finding .* — \/r\/README\.md:1-2\n {2}The fake/,
    );
    await server.dispose();
    assert.deepEqual(
      fake
        .received()
        .map((message) => message['method'])
        .slice(0, 2),
      ['initialize', 'initialized'],
    );
    await fake.dispose();
  });

  it('shows one behaviour per start, and says its version', async () => {
    const fake = createFakeCodex(['exitAtStart', 'ok']);
    const version = (file: FakeCodex) => execFileSync(file.path, ['--version'], { encoding: 'utf8' });
    assert.equal(version(fake), 'codex-cli 0.169.0\n');
    await assert.rejects(startRawAppServer(fake.path, fake.env), /the app server ended/);
    await (await startRawAppServer(fake.path, fake.env)).dispose();
    assert.deepEqual(
      fake.starts().map((start) => start.behaviour),
      ['exitAtStart', 'ok'],
    );
    await fake.dispose();
    const old = createFakeCodex('oldVersion');
    assert.equal(version(old), 'codex-cli 0.50.0\n');
    await old.dispose();
  });

  const endings: readonly (readonly [FakeBehaviour, { exitCode: number; errors?: RegExp; last?: string }])[] =
    [
      ['exitAtStart', { exitCode: 1, errors: /^Error: error loading config/ }],
      ['exitMidTurn', { exitCode: 101, errors: /panicked/, last: 'item/started' }],
      ['errorWithoutCompletion', { exitCode: 0, last: 'error' }],
      ['silence', { exitCode: 0, last: 'thread/started' }],
      ['stalledTurn', { exitCode: 0, last: 'item/started' }],
      ['neverInitializes', { exitCode: 0 }],
    ];
  for (const [behaviour, expected] of endings) {
    it(`${behaviour}: ends as it says, without turn/completed`, async () => {
      const { output, errors, exitCode } = await session(behaviour);
      assert.equal(exitCode, expected.exitCode);
      assert.match(errors, expected.errors ?? /^$/);
      assert.equal(methodsOf(output).at(-1), expected.last);
    });
  }

  it('halfLine: breaks off in the middle of a message', async () => {
    const { output, exitCode } = await session('halfLine');
    assert.equal(exitCode, 0);
    assert.match(output, /\n{"method":"item\/completed","params":{"item":{"type":"agentMe$/);
  });

  it('garbageLine, hugeLine, manyNotifications, splitLines: reach the end of the turn', async () => {
    const garbage = await session('garbageLine');
    assert.match(garbage.output, /\nthis is not JSON\n\n\[1,2,3\]\n[^]*"method":"turn\/completed"/);
    const huge = await session('hugeLine');
    assert.ok(huge.output.split('\n').some((line) => line.length > 64 * 1024 * 1024));
    assert.equal(methodsOf(huge.output).at(-1), 'turn/completed');
    const many = methodsOf((await session('manyNotifications')).output);
    assert.equal(many.filter((method) => method.endsWith('outputDelta')).length, 10_000);
    assert.equal(many.at(-1), 'turn/completed');
    assert.deepEqual(
      methodsOf((await session('splitLines')).output),
      methodsOf((await session('ok')).output),
    );
  });

  it('interrupts with the active id only; ignoresInterrupt answers and goes on', async () => {
    const interrupt = (id: number, turnId: string) => ({
      id,
      method: 'turn/interrupt',
      params: { threadId: 'fake-thread-1', turnId },
    });
    const [announced, active] = ['fake-turn-2', 'fake-turn-3'];
    const stalled = await session('stalledTurn', {
      messages: [...requests, interrupt(4, announced), interrupt(5, active)],
    });
    assert.match(
      stalled.output,
      /"id":4,"error":{"code":-32600,"message":"expected active turn id fake-turn-2 but found fake-turn-3"}/,
    );
    assert.match(stalled.output, /"status":"interrupted"/);
    const ignoring = await session('ignoresInterrupt', {
      messages: [...requests, interrupt(4, active)],
    });
    assert.match(ignoring.output, /{"id":4,"result":{}}\n$/);
  });

  it('unknownRequest: goes on once it is answered, and not before', async () => {
    const unanswered = await session('unknownRequest');
    assert.match(unanswered.output, /{"id":0,"method":"weather\/askUser".*\n$/);
    const reply = { id: 0, error: { code: -32601, message: 'unknown' } };
    assert.match(
      (await session('unknownRequest', { messages: [...requests, reply] })).output,
      /turn\/completed/,
    );
  });

  it('slowStart, oldVersion, notLoggedIn, sandboxBroken: answer as they say', async () => {
    const before = Date.now();
    await session('slowStart', { delayMs: 300, messages: requests.slice(0, 1), until: '"id":1' });
    assert.ok(Date.now() - before >= 300);
    const old = await session('oldVersion');
    assert.match(old.output, /"userAgent":"test\/0\.50\.0 /);
    assert.match(
      old.output,
      /"id":3,"error":{"code":-32600,"message":"Invalid request: unknown variant `review\/start`/,
    );
    const account = { id: 2, method: 'account/read', params: {} };
    const [initialize] = requests;
    const out = await session('notLoggedIn', { messages: [initialize ?? {}, account] });
    assert.match(out.output, /"account":null,.*"requiresOpenaiAuth":true/);
    assert.match(
      (await session('sandboxBroken')).output,
      /"status":"failed","commandActions".*bwrap: Creating new namespace failed/,
    );
  });

  it('ignoresEnd: outlives a closed stdin and SIGTERM, not SIGKILL', async () => {
    const fake = createFakeCodex('ignoresEnd');
    const child = spawn(fake.path, ['app-server'], { env: fake.env, stdio: 'pipe' });
    endsWithThisProcess(child);
    const exited = once(child, 'exit');
    child.stdin.write(`${JSON.stringify(requests[0])}\n`);
    await once(child.stdout, 'data');
    child.stdin.end();
    child.kill('SIGTERM');
    assert.equal(await Promise.race([exited, delay(300, 'alive')]), 'alive');
    child.kill('SIGKILL');
    await exited;
    await fake.dispose();
  });
});
