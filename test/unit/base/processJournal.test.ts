import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { type ProcessIdentity, identityOf, isProven } from '../../../src/base/childProcess.ts';
import { AppServer } from '../../../src/codex/appServer.ts';
import { ProcessRecord, reapProcesses } from '../../../src/base/processJournal.ts';
import { waitFor } from '../../engine/wait.ts';
import { endsWithThisProcess } from '../../support/cleanup.ts';
import { createFakeCodex } from '../../support/fakeCodex.ts';
import { objectOf } from '../../support/json.ts';
import { createTempFolder } from '../../support/temp.ts';
import { createRecordingLogger } from '../bridge/samples.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function sleeper(): ProcessIdentity {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  endsWithThisProcess(child);
  started.push(child);
  assert.ok(child.pid !== undefined);
  return identityOf(child.pid);
}

/** Somebody who has provably ended: the pid is in use, by us, but was not started then. */
const goneHost: ProcessIdentity = { pid: process.pid, startTime: '1' };

function createState() {
  const home = createTempFolder('state').path;
  const folder = path.join(home, 'processes');
  const logger = createRecordingLogger();
  return {
    home,
    logger,
    files: () => (existsSync(folder) ? readdirSync(folder) : []),
    read: (name: string) => objectOf(JSON.parse(readFileSync(path.join(folder, name), 'utf8'))),
    mode: (name: string) => statSync(path.join(folder, name)).mode & 0o777,
    write: (name: string, text: string) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, name), text);
    },
    entry(changes: object, name = '1.json') {
      const basis = { format: 1, machine: hostname(), owner: goneHost, children: [] };
      const startedAt = '2026-01-01T00:00:00.000Z';
      this.write(name, JSON.stringify({ ...basis, file: '/codex', startedAt, ...changes }));
    },
    reap: () => reapProcesses(home, logger),
  };
}

describe('a running App Server', () => {
  test('stands in the journal from its start to its end, for its owner only', async () => {
    const state = createState();
    const fake = createFakeCodex('ok');
    const { home: folder, logger } = state;
    const server = new AppServer({
      executable: () => fake.path,
      version: '0.0.0',
      env: { ...fake.env },
      folder,
      logger,
    });
    const pid = await server.use((connection) => Promise.resolve(connection.identity?.pid));
    const name = `${pid}.json`;
    await waitFor('the entry', () => state.files().includes(name), 5_000);
    const { owner, child, file } = state.read(name);
    assert.deepEqual(owner, { ...identityOf(process.pid) });
    assert.deepEqual(child, { ...identityOf(Number(pid)) });
    assert.equal(file, fake.path);
    assert.equal(state.mode(name), 0o600);
    await state.reap();
    assert.deepEqual(state.files(), [name], 'its host is alive');
    await server.dispose();
    assert.deepEqual(state.files(), []);
    await fake.dispose();
  });

  test('is on record before it can have done anything', async () => {
    const state = createState();
    const record = new ProcessRecord(state.home, sleeper(), '/bin/sleep', state.logger);
    assert.equal(state.files().length, 1);
    await record.close();
    assert.deepEqual(state.files(), []);
  });

  test('that dies: what it left behind is ended, as far as it was noted', async () => {
    const state = createState();
    const server = spawn('/bin/sh', ['-c', 'sleep 60 & wait'], { stdio: 'ignore', detached: true });
    started.push(server);
    endsWithThisProcess(server);
    const pid = server.pid ?? assert.fail('not started');
    const record = new ProcessRecord(state.home, identityOf(pid), '/bin/sh', state.logger);
    const noted = await waitFor(
      'the note of the child',
      () => {
        record.noteChildren();
        return childrenIn(state.read(`${pid}.json`))[0];
      },
      5_000,
    );
    server.kill('SIGKILL');
    await once(server, 'exit');
    assert.ok(isProven(noted), 'it outlives its parent');
    await record.close();
    assert.ok(!isProven(noted));
    assert.deepEqual(state.files(), []);
  });
});

describe('reaping at the start of a host', () => {
  test('ends a server whose host is gone, and what it had started', async () => {
    const state = createState();
    const [child, orphan] = [sleeper(), sleeper()];
    state.entry({ child, children: [orphan] });
    await state.reap();
    assert.ok(!isProven(child) && !isProven(orphan));
    assert.deepEqual(state.files(), []);
    assert.ok(state.logger.at('info').some((line) => line.includes(String(child.pid))));
  });

  test('ends what a server left that is gone itself', async () => {
    const state = createState();
    const orphan = sleeper();
    state.entry({ child: { ...orphan, startTime: '1' }, children: [orphan] });
    await state.reap();
    assert.ok(!isProven(orphan));
  });

  test('never touches a process that got the pid later', async () => {
    const state = createState();
    const other = sleeper();
    state.entry({ child: { ...other, startTime: '1' }, children: [{ ...other, startTime: '2' }] });
    await state.reap();
    assert.ok(isProven(other));
    assert.deepEqual(state.files(), []);
  });

  test('leaves alone what cannot be told apart: no start time, the host alive, another machine', async () => {
    const state = createState();
    const child = sleeper();
    const cases = [
      { child: { ...child, startTime: null } },
      { child, owner: identityOf(process.pid) },
      { child, owner: { pid: process.pid, startTime: null } },
      { child, machine: `not-${hostname()}` },
      { child, format: 2 },
    ];
    for (const changes of cases) {
      state.entry(changes);
      await state.reap();
      assert.ok(isProven(child), JSON.stringify(changes));
      assert.deepEqual(state.files(), ['1.json'], JSON.stringify(changes));
    }
  });

  test('removes damaged entries, which is logged, and goes on with the others', async () => {
    const state = createState();
    const child = sleeper();
    state.write('0.json', '{"format":1,"owner"');
    state.entry({ child: { pid: -1, startTime: '1' } }, '2.json');
    state.entry({ child });
    await state.reap();
    assert.deepEqual(state.files(), []);
    assert.equal(state.logger.at('warn').filter((line) => line.includes('could not be read')).length, 2);
    assert.ok(!isProven(child));
  });

  test('without a journal has nothing to do', async () => {
    const state = createState();
    await state.reap();
    assert.deepEqual(state.logger.entries, []);
  });
});

function childrenIn(entry: Readonly<Record<string, unknown>>): ProcessIdentity[] {
  const { children } = entry;
  assert.ok(Array.isArray(children));
  return children.map((child) => {
    const { pid, startTime } = objectOf(child);
    return { pid: Number(pid), startTime: String(startTime) };
  });
}
