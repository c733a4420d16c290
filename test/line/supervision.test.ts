import assert from 'node:assert/strict';
import { readdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { isAlive, run } from '../../src/base/childProcess.ts';
import type { AppServer } from '../../src/codex/appServer.ts';
import { type AppServerConnection, AppServerEnded } from '../../src/codex/connection.ts';
import { isLoggedOut } from '../../src/codex/login.ts';
import { waitFor } from '../engine/wait.ts';
import { codexBinary, codexVersions } from '../support/binaries.ts';
import { type Supervised, createSupervised, openThread, startTurn } from './supervised.ts';

/** The one App Server of a host, on the real ones: stopped, started again, replaced. */

const opened: Supervised[] = [];
afterEach(async () => {
  for (const parts of opened.splice(0)) await parts.dispose();
});

async function setUp(...options: Parameters<typeof createSupervised>): Promise<Supervised> {
  const parts = await createSupervised(...options);
  opened.push(parts);
  return parts;
}

const identityIn = (connection: AppServerConnection) =>
  Promise.resolve(connection.identity ?? assert.fail('no process'));
const usePid = async (server: AppServer) => (await server.use(identityIn)).pid;

for (const version of codexVersions) {
  const native = codexBinary(version).native;

  describe(`supervision of the real App Server ${version}`, () => {
    test('stopped when idle, and started again by the next use', async () => {
      const parts = await setUp();
      const server = parts.server(() => native, { idleTimeout: () => 100 });
      const first = await server.use(identityIn);
      await waitFor('the idle stop', () => server.state.kind === 'stopped' && !isAlive(first), 10_000);
      const journal = path.join(parts.folder, 'processes');
      await waitFor('the journal', () => readdirSync(journal).length === 0, 5_000);
      assert.notEqual(await usePid(server), first.pid);
    });

    test('killed in the middle of a turn: its use is told, and the next one goes on with the thread', async () => {
      const parts = await setUp();
      const server = parts.server(() => native);
      let threadId = '';
      const use = server.use(async (connection) => {
        threadId = await openThread(connection, parts.folder);
        await startTurn(connection, threadId);
        await parts.model.waitFor(() => true);
        process.kill((await identityIn(connection)).pid, 'SIGKILL');
        throw await connection.ended;
      });
      await assert.rejects(use, (error: unknown) => {
        assert.ok(error instanceof AppServerEnded, String(error));
        assert.equal(error.cause, 'exit');
        assert.match(error.message, /SIGKILL/);
        return true;
      });
      await server.use(async (connection) => {
        const { thread } = await connection.request('thread/resume', { threadId });
        assert.equal(thread.id, threadId);
      });
    });

    test('a login by another program is known to the next use; one through the server itself restarts nothing', async () => {
      const parts = await setUp({ account: 'none' });
      const server = parts.server(() => native);
      assert.equal(await server.use(isLoggedOut), true);
      const before = await usePid(server);
      const login = await run(native, ['login', '--with-api-key'], {
        env: parts.home.env,
        input: 'sk-one\n',
      });
      assert.equal(login.code, 0, login.stderr);
      assert.equal(await server.use(isLoggedOut), false);
      const after = await usePid(server);
      assert.notEqual(after, before);

      await server.use(async (connection) => {
        const updated = new Promise((resolve) => {
          connection.onServerNotification(({ method }) => method === 'account/updated' && resolve(method));
        });
        await connection.request('account/login/start', { type: 'apiKey', apiKey: 'sk-another' });
        await updated;
      });
      assert.equal(await usePid(server), after);
    });
  });
}

test('an updated Codex is used by the next command', async () => {
  const parts = await setUp();
  const link = path.join(parts.folder, 'codex');
  symlinkSync(codexBinary('0.130.0').native, link);
  const server = parts.server(() => link);
  const version = () => server.use((connection) => Promise.resolve(connection.version));
  assert.equal(await version(), '0.130.0');
  rmSync(link);
  assert.equal(await version(), '0.130.0', 'in the middle of the update');
  symlinkSync(codexBinary('0.169.0').native, link);
  assert.equal(await version(), '0.169.0');
  assert.ok(parts.logger.at('info').some((line) => line.includes('was replaced')));
});
