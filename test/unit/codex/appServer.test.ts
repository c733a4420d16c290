import assert from 'node:assert/strict';
import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { deferred } from '../../../src/base/async.ts';
import { UserError } from '../../../src/base/errors.ts';
import { AppServer, type AppServerOptions, type AppServerState } from '../../../src/codex/appServer.ts';
import { type AppServerConnection, AppServerEnded, type EndCause } from '../../../src/codex/connection.ts';
import { RestartPolicy } from '../../../src/codex/restartPolicy.ts';
import { waitFor } from '../../engine/wait.ts';
import { type FakeBehaviour, createFakeCodex } from '../../support/fakeCodex.ts';
import { createTempFolder } from '../../support/temp.ts';
import { createRecordingLogger } from '../bridge/samples.ts';

/** The policy: when a server is started, kept, stopped and given up. The servers are fake, but real processes. */

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function create(
  behaviour: FakeBehaviour | readonly FakeBehaviour[] = 'ok',
  options: Partial<AppServerOptions> = {},
) {
  const fake = createFakeCodex(behaviour);
  const codexHome = createTempFolder('codexHome').path;
  const setting: { path: string; onRead?: () => void } = { path: fake.path };
  const logger = createRecordingLogger();
  const server = new AppServer({
    executable: () => {
      setting.onRead?.();
      return setting.path;
    },
    version: '0.0.0',
    env: { ...fake.env, CODEX_HOME: codexHome },
    folder: createTempFolder('state').path,
    logger,
    backoff: [0, 0, 0, 0],
    ...options,
  });
  cleanUps.push(async () => {
    await server.dispose();
    await fake.dispose();
  });
  return { fake, codexHome, setting, logger, server };
}

/** A use that lasts until `end` is called; resolves once it has begun. */
async function begin(server: AppServer) {
  const begun = deferred<AppServerConnection>();
  const finish = deferred<undefined>();
  const done = server.use(async (connection) => {
    begun.resolve(connection);
    await Promise.race([finish.promise, connection.ended.then((reason) => Promise.reject(reason))]);
  });
  const connection = await Promise.race([begun.promise, done.then(() => assert.fail('it never began'))]);
  return {
    connection,
    done,
    end: async () => {
      finish.resolve(undefined);
      await done;
    },
  };
}

const pidOf = (connection: AppServerConnection) => connection.identity?.pid ?? assert.fail('no process');
const stateOf = (server: AppServer): AppServerState => server.state;
const usePid = (server: AppServer) => server.use((connection) => Promise.resolve(pidOf(connection)));

/** Kills the server under a use; resolves once the use knows. */
async function crash(server: AppServer): Promise<number> {
  const { connection, done } = await begin(server);
  const pid = pidOf(connection);
  process.kill(pid, 'SIGKILL');
  await assert.rejects(done, endedBy('exit', /was ended by SIGKILL/));
  return pid;
}

function endedBy(cause: EndCause, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof AppServerEnded, String(error));
    assert.equal(error.cause, cause);
    assert.match(error.message, message);
    return true;
  };
}

/** Makes the file look like a newly installed one. */
function replace(file: string): void {
  utimesSync(file, new Date(), new Date(Date.now() + 5_000));
}

describe('uses', () => {
  test('share one start and get what their work gives', async () => {
    const { server, fake } = create('slowStart');
    const pids = await Promise.all([usePid(server), usePid(server), usePid(server)]);
    assert.equal(new Set(pids).size, 1);
    assert.equal(fake.starts().length, 1);
    assert.ok(server.state.kind === 'running' && server.state.pid === pids[0]);
  });

  test('one that fails fails alone', async () => {
    const { server, fake } = create();
    const other = await begin(server);
    await assert.rejects(
      server.use(() => Promise.reject(new Error('mine'))),
      /mine/,
    );
    await other.end();
    assert.equal(fake.starts().length, 1);
  });
});

describe('a server that nobody uses', () => {
  test('is stopped after the time of the setting, and started again by the next use', async () => {
    let idleTimeout = 0;
    const { server, fake } = create('ok', { idleTimeout: () => idleTimeout });
    const first = await begin(server);
    const second = await begin(server);
    idleTimeout = 50;
    await first.end();
    await second.connection.request('account/read', {});
    assert.equal(server.state.kind, 'running', 'one use is left');
    await second.end();
    await waitFor('the idle stop', () => server.state.kind === 'stopped', 5_000);
    assert.notEqual(await usePid(server), pidOf(first.connection));
    assert.equal(fake.starts().length, 2);
  });

  test('the time counts from the end of the last use', async () => {
    const idleTimeout = 300;
    const { server, fake } = create('ok', { idleTimeout: () => idleTimeout });
    const part = () => new Promise((resolve) => setTimeout(resolve, idleTimeout / 2));
    const [first, second] = [await begin(server), await begin(server)];
    await first.end();
    await part();
    await second.end();
    await part();
    await usePid(server);
    const ended = Date.now();
    await waitFor('the idle stop', () => server.state.kind === 'stopped', 5_000);
    // Timers may be a millisecond early.
    assert.ok(Date.now() - ended >= idleTimeout - 5, `${Date.now() - ended} ms`);
    assert.equal(fake.starts().length, 1);
  });

  test('a use that begins when the time is just over keeps it', async () => {
    const idleTimeout = 20;
    const { server, fake, setting } = create('ok', { idleTimeout: () => idleTimeout });
    await usePid(server);
    // The timer comes due while the use is on its way to the server.
    setting.onRead = () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * idleTimeout);
    await server.use(async (connection) => {
      await connection.request('account/read', {});
      await connection.request('account/read', {});
    });
    assert.equal(fake.starts().length, 1);
  });
});

describe('a server that ends by itself', () => {
  test('after a first crash the next use starts at once; then it waits longer each time', async () => {
    const { server } = create('ok', { backoff: [0, 3_000] });
    const first = await crash(server);
    const second = await crash(server);
    assert.notEqual(first, second);
    const waited = Date.now();
    await usePid(server);
    assert.ok(Date.now() - waited >= 350, 'waiting after two');
    const policy = new RestartPolicy([0, 3_000]);
    policy.ended('once');
    assert.equal(policy.wait(), 0, 'no waiting after one crash');
    policy.ended('twice');
    assert.ok(policy.wait() > 0);
  });

  test('is given up after too many ends, with the reason; Restart App Server tries again', async () => {
    const { server, fake } = create(['exitAtStart', 'exitAtStart', 'ok'], { backoff: [0] });
    await assert.rejects(usePid(server), endedBy('exit', /exited with code 1/));
    assert.equal(stateOf(server).kind, 'stopped');
    await assert.rejects(usePid(server), endedBy('exit', /exited with code 1/));
    const state = stateOf(server);
    assert.ok(state.kind === 'failing', state.kind);
    assert.match(state.reason, /2 times in a row.*exited with code 1/);
    await assert.rejects(usePid(server), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /2 times in a row[^]*fake configuration problem on line 7/);
      assert.match(error.advice ?? '', /Tandem: Restart App Server/);
      return true;
    });
    assert.equal(fake.starts().length, 2);
    await server.restart('The user asked for it.');
    assert.equal(stateOf(server).kind, 'stopped');
    await usePid(server);
    assert.equal(fake.starts().length, 3);
  });

  test('is tried again when its program was replaced, also after it was given up', async () => {
    const { server, fake } = create(['exitAtStart', 'ok'], { backoff: [] });
    await assert.rejects(usePid(server), endedBy('exit', /exited with code 1/));
    await assert.rejects(usePid(server), /in a row/);
    replace(fake.path);
    await usePid(server);
    assert.equal(fake.starts().length, 2);
  });

  test('an end after stable work is the first one again', async () => {
    const { server } = create('ok', { backoff: [0], stableAfter: 0 });
    for (let round = 0; round < 3; round += 1) {
      await usePid(server);
      await crash(server);
    }
    assert.equal(server.state.kind, 'stopped');
    await usePid(server);
  });

  test('without a use that was of use no time makes it stable', async () => {
    const { server } = create('ok', { backoff: [0], stableAfter: 0 });
    await crash(server);
    await crash(server);
    assert.equal(server.state.kind, 'failing');
  });

  test('waiting for the next start ends with Tandem', async () => {
    const { server } = create('ok', { backoff: [60_000] });
    await crash(server);
    const refused = assert.rejects(usePid(server), /shutting down/);
    await waitFor('the waiting', () => server.state.kind === 'starting', 5_000);
    await server.dispose();
    await refused;
  });

  test('a restart does not wait', async () => {
    const { server } = create('ok', { backoff: [60_000] });
    await crash(server);
    const waiting = usePid(server);
    await waitFor('the waiting', () => server.state.kind === 'starting', 5_000);
    await server.restart('Now.');
    await waiting;
  });
});

describe('restart', () => {
  test('tells everybody whose work was on the server why', async () => {
    const { server } = create();
    const uses = [await begin(server), await begin(server)];
    const told = uses.map(({ done }) =>
      assert.rejects(done, endedBy('restart', /restarted\. It was stuck\.$/)),
    );
    await server.restart('It was stuck.');
    await Promise.all(told);
    await usePid(server);
  });

  test('meant for one server, leaves its successor alone', async () => {
    const { server } = create();
    const old = await begin(server);
    process.kill(pidOf(old.connection), 'SIGKILL');
    await assert.rejects(old.done);
    const use = await begin(server);
    await server.restart('It was stuck.', old.connection);
    await use.end();
  });

  test('ends a start that hangs', async () => {
    const { server, fake } = create(['neverInitializes', 'ok']);
    const use = usePid(server);
    await waitFor('the start', () => fake.starts().length === 1, 5_000);
    const refused = assert.rejects(use, endedBy('restart', /Now/));
    await server.restart('Now.');
    await refused;
    await usePid(server);
  });

  test('so does the end of Tandem', async () => {
    const { server, fake } = create('neverInitializes');
    const refused = assert.rejects(usePid(server), endedBy('stopped', /was stopped/));
    await waitFor('the start', () => fake.starts().length === 1, 5_000);
    await server.dispose();
    await refused;
    await assert.rejects(usePid(server), /shutting down/);
  });
});

describe('a change of what the server was started from', () => {
  test('a replaced program: the next use starts the new one', async () => {
    const { server, fake, logger } = create();
    const before = await usePid(server);
    assert.equal(await usePid(server), before);
    replace(fake.path);
    assert.notEqual(await usePid(server), before);
    assert.ok(logger.at('info').some((line) => line.includes('was replaced')));
  });

  test('not while somebody uses it: a new use shares the old server', async () => {
    const { server, fake } = create();
    const use = await begin(server);
    replace(fake.path);
    assert.equal(await usePid(server), pidOf(use.connection));
    await use.end();
    assert.notEqual(await usePid(server), pidOf(use.connection));
  });

  test('another path in the setting', async () => {
    const { server, setting } = create();
    const other = createFakeCodex('ok');
    cleanUps.push(() => other.dispose());
    const before = await usePid(server);
    setting.path = other.path;
    assert.notEqual(await usePid(server), before);
    assert.equal(other.starts().length, 1);
  });

  test('a login that appeared, changed or went', async () => {
    const { server, codexHome } = create();
    const file = path.join(codexHome, 'auth.json');
    const pids = [await usePid(server)];
    for (const login of ['{"OPENAI_API_KEY":"one"}', '{"OPENAI_API_KEY":"another"}', null]) {
      if (login === null) rmSync(file);
      else writeFileSync(file, login);
      pids.push(await usePid(server));
      assert.equal(await usePid(server), pids.at(-1));
    }
    assert.equal(new Set(pids).size, 4);
  });
});

describe('a silent server', () => {
  test('is ended when a request is not answered in its time, and every use is told', async () => {
    const { server } = create(['silence', 'ok']);
    const other = await begin(server);
    const told = assert.rejects(other.done, endedBy('silent', /review\/start/));
    const asked = server.use(async (connection) => {
      const { thread } = await connection.request('thread/start', { cwd: '/' });
      const target = { type: 'uncommittedChanges' } as const;
      await connection.request('review/start', { threadId: thread.id, target }, { timeout: 200 });
    });
    await assert.rejects(asked, endedBy('silent', /review\/start\) did not answer within 0\.2 s/));
    await told;
    await usePid(server);
  });

  test('counts as one that ended by itself', async () => {
    const { server } = create('neverInitializes', { requestTimeout: 200, backoff: [] });
    await assert.rejects(usePid(server), endedBy('silent', /initialize/));
    assert.equal(server.state.kind, 'failing');
  });

  test('lastHeard is when it last sent anything', async () => {
    const { server } = create();
    await server.use(async (connection) => {
      const before = connection.lastHeard;
      await waitFor('the clock', () => Date.now() > before, 1_000);
      await connection.request('account/read', {});
      assert.ok(connection.lastHeard > before);
    });
  });

  test('one that ignores its end is killed', async () => {
    const { server, fake } = create('ignoresEnd');
    const pid = await usePid(server);
    await server.restart('Now.');
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    assert.equal(fake.starts().length, 1);
  });
});

describe("the server's own requests", () => {
  /** The reply that the server got; its turn goes on either way. */
  async function reply(onRequest?: AppServerOptions['onRequest']) {
    const { server, fake, logger } = create('unknownRequest', onRequest ? { onRequest } : {});
    await server.use(async (connection) => {
      const completed = new Promise((resolve) =>
        connection.onNotification(({ method }) => method === 'turn/completed' && resolve(method)),
      );
      const { thread } = await connection.request('thread/start', { cwd: '/' });
      const target = { type: 'uncommittedChanges' } as const;
      await connection.request('review/start', { threadId: thread.id, target });
      await completed;
    });
    const message = fake.received().find(({ id, method }) => id === 0 && method === undefined);
    return { message, warnings: logger.at('warn') };
  }

  test('are answered by the handler', async () => {
    const asked: unknown[] = [];
    const { message } = await reply(async (method, params) => {
      asked.push([method, params]);
      await new Promise((resolve) => setImmediate(resolve));
      return { decision: 'decline' };
    });
    assert.deepEqual(message?.['result'], { decision: 'decline' });
    assert.match(JSON.stringify(asked), /"weather\/askUser",\{"threadId":"fake-thread-1"/);
  });

  test('one that the handler throws at is refused in its words, and logged', async () => {
    const { message, warnings } = await reply(() => Promise.reject(new Error('not today')));
    assert.match(JSON.stringify(message?.['error']), /not today/);
    assert.ok(warnings.some((line) => /weather\/askUser.*not today/.test(line)));
  });

  test('are refused without a handler', async () => {
    const { message } = await reply();
    assert.match(JSON.stringify(message?.['error']), /does not grant weather\/askUser/);
  });
});
