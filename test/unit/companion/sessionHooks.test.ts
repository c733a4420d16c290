import './version.ts';
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { UserError } from '../../../src/base/errors.ts';
import { writeJson } from '../../../src/base/files.ts';
import { BridgeServer } from '../../../src/bridge/bridgeServer.ts';
import { session, stop } from '../../../src/companion/sessionHooks.ts';
import { gatesFolder } from '../../../src/protocol/gate.ts';
import { createTempFolder } from '../../support/temp.ts';
import { FakeService } from '../bridge/fakeService.ts';
import { createRecordingLogger } from '../bridge/samples.ts';

const nothing = { stdout: '', stderr: '', exitCode: 0 };
let repository = '';
let work = '';
let stateHome = '';
let env: NodeJS.ProcessEnv = {};
let service = new FakeService();
let server: BridgeServer;

beforeEach(async () => {
  repository = createTempFolder('work').path;
  work = path.join(repository, 'src');
  mkdirSync(work);
  stateHome = createTempFolder('state').path;
  env = { TANDEM_HOME: stateHome };
  service = new FakeService();
  server = new BridgeServer({
    kind: 'window',
    version: '1.2.3',
    stateHome,
    logger: createRecordingLogger(),
    folders: () => [repository],
    service,
  });
  await server.listen();
});
afterEach(() => server.close());

/** As Claude Code sends it (facts: claude-code.md, 3). */
function input(event: string, more: object = {}): string {
  const common = { session_id: 'session-1', transcript_path: '/nowhere.jsonl', cwd: work };
  return JSON.stringify({ ...common, hook_event_name: event, ...more });
}

function switchGateOn(): Promise<void> {
  const since = '2026-01-05T09:00:00.000Z';
  return writeJson(path.join(gatesFolder(stateHome), 'shop.json'), { repository, since });
}

describe('a session that begins or ends', () => {
  test('is told to the window of the folder', async () => {
    assert.deepEqual(await session(input('SessionStart', { source: 'startup' }), env), nothing);
    assert.deepEqual(await session(input('SessionEnd', { reason: 'other' }), env), nothing);
    assert.deepEqual(
      service.sessions.map(({ event, params, client }) => [event, params, client.session, client.event]),
      [
        ['start', { cwd: work }, 'session-1', 'SessionStart'],
        ['end', { cwd: work }, 'session-1', 'SessionEnd'],
      ],
    );
  });

  test('is told to nobody where there is no window, and starts none', async () => {
    await server.close();
    for (const event of ['SessionStart', 'SessionEnd'])
      assert.deepEqual(await session(input(event), env), nothing);
  });

  test('goes on when it is compacted: what its turn changed stays its own', async () => {
    await switchGateOn();
    assert.deepEqual(await session(input('SessionStart', { source: 'compact' }), env), nothing);
    assert.deepEqual(service.sessions, []);
  });
});

describe('Claude is about to stop', () => {
  test('where the gate is off nobody is asked', async () => {
    for (const hook of ['blocking', 'waking'] as const)
      assert.deepEqual(await stop(input('Stop', { stop_hook_active: false }), env, hook), nothing);
    assert.deepEqual([service.greetedClients, service.stops], [[], []]);
  });

  test('another repository’s gate is none of its business', async () => {
    await switchGateOn();
    const elsewhere = createTempFolder('elsewhere').path;
    assert.deepEqual(await stop(input('Stop', { cwd: elsewhere }), env, 'blocking'), nothing);
    assert.deepEqual(service.stops, []);
  });

  test('an allowed stop is silent; the host hears whose it is', async () => {
    await switchGateOn();
    assert.deepEqual(await stop(input('Stop', { stop_hook_active: true }), env, 'waking'), nothing);
    const [{ params, client } = assert.fail()] = service.stops;
    assert.deepEqual(params, { cwd: work, again: true, hook: 'waking' });
    assert.deepEqual([client.door, client.session, client.event], ['hook', 'session-1', 'Stop']);
  });

  test('a block goes to Claude: as JSON where it waits, else by waking it', async () => {
    await switchGateOn();
    service.stopResult = { decision: 'block', reason: 'Look at \u001b[2Jthis.' };
    const blocking = await stop(input('Stop'), env, 'blocking');
    assert.deepEqual(
      { ...blocking, stdout: JSON.parse(blocking.stdout) as unknown },
      { ...nothing, stdout: { decision: 'block', reason: 'Look at this.' } },
    );
    assert.deepEqual(await stop(input('Stop'), env, 'waking'), {
      stdout: '',
      stderr: 'Look at this.',
      exitCode: 2,
    });
  });

  test('a gate that could not run lets Claude stop, and tells the user', async () => {
    await switchGateOn();
    service.stopResult = { decision: 'allow', warning: 'It could not run.' };
    assert.deepEqual(JSON.parse((await stop(input('Stop'), env, 'blocking')).stdout), {
      systemMessage: 'It could not run.',
    });
    assert.deepEqual(await stop(input('Stop'), env, 'waking'), { ...nothing, stderr: 'It could not run.' });
    service.failure = new UserError('Nothing is run in an untrusted workspace.');
    const { stdout, exitCode } = await stop(input('Stop'), env, 'blocking');
    assert.match(stdout, /could not run: Nothing is run in an untrusted workspace/);
    assert.equal(exitCode, 0);
  });

  test('a folder that is gone has no gate', async () => {
    await switchGateOn();
    rmSync(work, { recursive: true });
    assert.deepEqual(await stop(input('Stop'), env, 'blocking'), nothing);
  });
});
