import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { type Deferred, deferred, withDeadline } from '../../src/base/async.ts';
import { BridgeServer } from '../../src/bridge/bridgeServer.ts';
import { waitFor } from '../engine/wait.ts';
import { type Environment, cleanEnvironment } from '../support/environment.ts';
import { type FakeBehaviour, type FakeCodex, createFakeCodex } from '../support/fakeCodex.ts';
import { type JsonObject, objectOf, objectsOf, textOf } from '../support/json.ts';
import { nothingLeft, snapshotLeftovers } from '../support/processes.ts';
import { type TestRepository, createRepository } from '../support/repository.ts';
import { createTempFolder } from '../support/temp.ts';
import { FakeService } from '../unit/bridge/fakeService.ts';
import { createRecordingLogger } from '../unit/bridge/samples.ts';
import { buildPlugin } from './builtPlugin.ts';

/** The built MCP server as a process of its own, started as Claude Code starts it. */
let program = '';
let work: TestRepository;
let env: Environment = {};
let left = await snapshotLeftovers();
let server: Server;

before(async () => {
  program = path.join(await buildPlugin('0.1.0'), 'bin', 'tandem');
});
beforeEach(async () => {
  left = await snapshotLeftovers();
  work = await createRepository({ committed: { 'a.ts': 'let a;\n' }, uncommitted: { 'a.ts': 'let b;\n' } });
  env = cleanEnvironment({
    TANDEM_HOME: createTempFolder('state').path,
    CLAUDE_CONFIG_DIR: createTempFolder('claude').path,
  });
});
afterEach(() => endAll());

/** As Claude Code does; then nothing of ours may be there. */
async function endAll(): Promise<void> {
  await endServer();
  await nothingLeft(left, 5_000);
}

async function endServer(): Promise<void> {
  server.child.stdin?.end();
  await server.ended;
}

interface Server {
  readonly child: ChildProcess;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** The answer to a request. */
  request(method: string, params: JsonObject): Promise<JsonObject>;
}

async function start(): Promise<Server> {
  const child = spawn(program, ['mcp'], { cwd: work.path, env, stdio: 'pipe' });
  child.stderr.resume();
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'close').then(([code, signal]: unknown[]) =>
    typeof code === 'number' ? code : textOf(signal),
  );
  const waiting = new Map<number, Deferred<JsonObject>>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = objectOf(JSON.parse(line));
    waiting.get(Number(message['id']))?.resolve(message);
  });
  void ended.then(() => {
    for (const answer of waiting.values()) answer.reject(new Error('The server has ended.'));
  });
  const send = (message: JsonObject) =>
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const request = (method: string, params: JsonObject) => {
    const id = waiting.size + 1;
    const answer = deferred<JsonObject>();
    waiting.set(id, answer);
    send({ id, method, params });
    return withDeadline(answer.promise, 30_000, method);
  };
  const clientInfo = { name: 'claude-code', version: '2.1.330' };
  await request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
  send({ method: 'notifications/initialized' });
  return { child, ended, request };
}

async function call(name: string, input: JsonObject = {}): Promise<string> {
  const answer = await server.request('tools/call', { name, arguments: input });
  return objectsOf(objectOf(answer['result'])['content'])
    .map((block) => textOf(block['text']))
    .join('\n');
}

describe('with a window', () => {
  let service: FakeService;
  let bridge: BridgeServer;
  beforeEach(async () => {
    service = new FakeService();
    bridge = new BridgeServer({
      kind: 'window',
      version: '0.1.0',
      stateHome: env['TANDEM_HOME'] ?? '',
      logger: createRecordingLogger(),
      folders: () => [work.path],
      service,
    });
    await bridge.listen();
    server = await start();
  });
  afterEach(() => bridge.close());

  test('a tool answers', async () => {
    assert.match(await call('status'), /^<tandem-report>\nFinished in shop:\n<\/tandem-report>$/);
    assert.equal(service.greetedClients[0]?.door, 'mcp');
  });

  for (const [how, end] of [
    ['the end of stdin', () => server.child.stdin?.end()],
    ['SIGINT', () => server.child.kill('SIGINT')],
    ['SIGTERM', () => server.child.kill('SIGTERM')],
  ] as const) {
    test(`${how} ends it at once, also in the middle of a call, whose job goes on`, async () => {
      service.report = undefined;
      // Nobody is there for the answer.
      void call('review').catch(() => undefined);
      await waitFor('the wait', () => service.waits.length === 1);
      end();
      assert.equal(await withDeadline(server.ended, 3_000, 'Its end'), 0);
      await waitFor('the window to notice', () => service.waits[0]?.aborted === true);
      assert.deepEqual(service.cancelled, []);
    });
  }
});

describe('without a window', () => {
  let codex: FakeCodex;
  afterEach(async () => {
    // It writes its log as long as it lives.
    await endAll();
    await codex.dispose();
  });

  async function startWith(behaviour: FakeBehaviour, more: Environment = {}): Promise<void> {
    codex = createFakeCodex(behaviour);
    env = { ...env, TANDEM_CODEX_PATH: codex.path, TANDEM_MODEL_MAY_REVIEW: 'yes', ...more };
    server = await start();
  }

  test('a review runs all the same, says so, and leaves nothing', async () => {
    await startWith('ok');
    const text = await call('review');
    assert.match(
      text,
      /^No VS Code window has this folder open: Tandem runs it itself\.\n<tandem-report job="review-/,
    );
    assert.match(await call('findings'), /Open findings in /);
  });

  test('nobody is there to ask, so that the model may not start anything', async () => {
    await startWith('ok', { TANDEM_MODEL_MAY_REVIEW: 'ask' });
    assert.match(await call('review'), /Nobody can be asked here.*\n.*TANDEM_MODEL_MAY_REVIEW=yes/);
    await endServer();
    env = { ...env, TANDEM_MODEL_MAY_REVIEW: 'never' };
    server = await start();
    assert.match(
      await call('task', { prompt: 'look' }),
      /does not want Claude to start a read-only task of Codex/,
    );
    assert.deepEqual(codex.starts(), []);
  });

  test('a job in the background outlives the server, and its host ends with it', async () => {
    await startWith('stalledTurn');
    assert.match(await call('task', { prompt: 'look', mode: 'background' }), /in the background: job task-/);
    server.child.kill('SIGTERM');
    await server.ended;
    server = await start();
    assert.match(await call('status'), /Running in .*:\n\n- task-/);
    await waitFor('the turn', () => codex.received().some(({ method }) => method === 'turn/start'));
    process.kill(codex.starts()[0]?.pid ?? assert.fail(), 'SIGKILL');
    await waitFor('its end', async () => (await call('result')).includes('Failed: '));
  });
});

after(() => nothingLeft(left));
