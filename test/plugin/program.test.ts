import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { identityOf } from '../../src/base/childProcess.ts';
import { UsageError, UserError } from '../../src/base/errors.ts';
import { BridgeServer } from '../../src/bridge/bridgeServer.ts';
import { reportJson } from '../../src/companion/reportJson.ts';
import { JobStore } from '../../src/jobs/jobStore.ts';
import { waitFor } from '../engine/wait.ts';
import { type Environment, cleanEnvironment } from '../support/environment.ts';
import { type FakeBehaviour, type FakeCodex, createFakeCodex } from '../support/fakeCodex.ts';
import { objectOf, textOf } from '../support/json.ts';
import { nothingLeft, snapshotLeftovers } from '../support/processes.ts';
import { type TestRepository, createRepository } from '../support/repository.ts';
import { createTempFolder } from '../support/temp.ts';
import { FakeService } from '../unit/bridge/fakeService.ts';
import { createRecordingLogger, sampleJob, sampleReport, sampleTask } from '../unit/bridge/samples.ts';
import { buildPlugin } from './builtPlugin.ts';

/** The built companion in a terminal. */
let program = '';
let work: TestRepository;
let stateHome = '';
let env: Environment = {};
let left = await snapshotLeftovers();

before(async () => {
  program = path.join(await buildPlugin('0.1.0'), 'tandem.mjs');
});
beforeEach(async () => {
  left = await snapshotLeftovers();
  work = await createRepository({ committed: { 'a.ts': 'let a;\n' }, uncommitted: { 'a.ts': 'let b;\n' } });
  stateHome = createTempFolder('state').path;
  env = cleanEnvironment({ TANDEM_HOME: stateHome });
});
afterEach(() => nothingLeft(left, 5_000));

interface Run {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

function start(...args: string[]): Run {
  // In a process group of its own, as a shell starts it, so that a test can press Ctrl+C.
  const options = { cwd: work.path, env, stdio: 'pipe', detached: true } as const;
  const child = spawn(process.execPath, [program, ...args], options);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([code, signal]: unknown[]) =>
    typeof code === 'number' ? code : textOf(signal),
  );
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}

async function runToEnd(
  ...args: string[]
): Promise<{ code: number | string; stdout: string; stderr: string }> {
  const { ended, stdout, stderr } = start(...args);
  return { code: await ended, stdout: stdout(), stderr: stderr() };
}

/** The pid 0 would be ourselves. */
function existing(pid: number | undefined): number {
  assert.ok(pid !== undefined && pid > 1);
  return pid;
}

describe('with a window', () => {
  let service: FakeService;
  let bridge: BridgeServer;
  beforeEach(async () => {
    service = new FakeService();
    bridge = new BridgeServer({
      kind: 'window',
      version: '0.1.0',
      stateHome,
      logger: createRecordingLogger(),
      folders: () => [work.path],
      service,
    });
    await bridge.listen();
  });
  afterEach(() => bridge.close());

  test('a review prints the report, and its progress beside it', async () => {
    const step = { state: 'running', waitingFor: null, phase: 'reading', activity: 'cat a.ts' } as const;
    service.progress = [{ id: 'x', reviewer: 'codex', ...step }];
    const { code, stdout, stderr } = await runToEnd(
      'review',
      '--base',
      'main',
      '--effort',
      'high',
      'the',
      'locks',
    );
    assert.deepEqual(
      { code, stdout, stderr },
      {
        code: 0,
        stdout: `${sampleReport().markdown}\n`,
        stderr: 'Codex: reading\n',
      },
    );
    const [{ params, client } = assert.fail()] = service.started;
    assert.equal(client.door, 'cli');
    assert.deepEqual(params, {
      cwd: work.path,
      order: {
        kind: 'review',
        target: { scope: 'branch', base: 'main' },
        focus: 'the locks',
        model: '',
        effort: 'high',
      },
      mode: 'auto',
    });
  });

  test('--json prints the JSON and nothing else', async () => {
    const { code, stdout } = await runToEnd('review', '--json');
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), reportJson(sampleReport()));
  });

  test('--background prints the job and leaves it running', async () => {
    service.report = undefined;
    const { code, stdout } = await runToEnd('review', '--background');
    assert.equal(code, 0);
    assert.match(stdout, /review-1234abcd/);
    assert.equal(service.started[0]?.params.mode, 'background');
    assert.deepEqual(service.cancelled, []);
  });

  test('a task is handed over as typed, on a fresh thread unless it is said', async () => {
    service.report = sampleTask();
    const words = '$(touch PWNED) `id` "; touch PWNED';
    const { code, stdout } = await runToEnd('rescue', '--read-only', '--model', 'spark', words);
    assert.deepEqual([code, stdout], [0, `${sampleTask().markdown}\n`]);
    await runToEnd('rescue', '--resume', '--json');
    assert.deepEqual(
      service.started.map(({ params: { order } }) => order),
      [
        {
          kind: 'task',
          prompt: words,
          write: false,
          thread: 'fresh',
          model: 'gpt-5.3-codex-spark',
          effort: '',
        },
        { kind: 'task', prompt: 'Continue.', write: true, thread: 'resume', model: '', effort: '' },
      ],
    );
  });

  test('result, cancel and transfer print what the window says', async () => {
    assert.deepEqual(await runToEnd('result', 'review-1', '--full'), {
      code: 0,
      stdout: `${sampleReport().markdown}\n`,
      stderr: '',
    });
    assert.deepEqual(service.resultAsked, [{ cwd: work.path, id: 'review-1', full: true }]);
    assert.deepEqual(await runToEnd('cancel', 'review-1'), { code: 0, stdout: 'Cancelled.\n', stderr: '' });
    service.report = sampleTask({ kind: 'transfer' }, 'In Codex as thread-1.');
    assert.equal((await runToEnd('transfer', '--source', 'a.jsonl')).stdout, 'In Codex as thread-1.\n');
    assert.deepEqual(service.started[0]?.params.order, { kind: 'transfer', source: 'a.jsonl' });
  });

  test('status and setup print what the window says', async () => {
    assert.deepEqual(await runToEnd('status'), {
      code: 0,
      stdout: `${service.markdown.status}\n`,
      stderr: '',
    });
    assert.deepEqual(await runToEnd('setup'), { code: 0, stdout: `${service.markdown.setup}\n`, stderr: '' });
    const setup = await runToEnd('setup', '--json');
    assert.deepEqual(Object.keys(objectOf(JSON.parse(setup.stdout))), ['checks']);
    const { stdout } = await runToEnd('status', 'review-12', '--json');
    assert.equal(objectOf(JSON.parse(stdout))['jobs'] instanceof Array, true);
  });

  test('errors: exit codes, words on stderr, JSON on stdout', async () => {
    service.failure = new UsageError('There is no branch nope.', 'Try main.');
    assert.deepEqual(await runToEnd('review', '--base', 'nope'), {
      code: 2,
      stdout: '',
      stderr: 'tandem: There is no branch nope.\nTry main.\n',
    });
    service.failure = new UserError('Codex was not found.');
    const { code, stdout } = await runToEnd('review', '--json');
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(stdout), { error: { code: 'failed', message: 'Codex was not found.' } });
    assert.equal((await runToEnd('review', '--fast')).code, 2);
    assert.equal((await runToEnd('fly')).code, 2);
    assert.equal((await runToEnd()).code, 2);
    assert.deepEqual([(await runToEnd('--help')).code, (await runToEnd('--version')).stdout], [0, '0.1.0\n']);
  });

  test('Ctrl+C cancels the review and waits for its end', async () => {
    service.report = undefined;
    const { child, ended, stdout } = start('review');
    await waitFor('the wait', () => service.waits.length === 1);
    child.kill('SIGINT');
    assert.equal(await ended, 130);
    assert.deepEqual(service.cancelled, [{ cwd: work.path, id: 'review-1234abcd' }]);
    assert.equal(stdout(), 'Cancelled.\n');
  });

  test('a second Ctrl+C does not wait for anything', async () => {
    service.report = undefined;
    const cancel = service.cancel.bind(service);
    service.cancel = (params) => cancel(params).then(() => new Promise(() => undefined));
    service.end = () => undefined;
    const { child, ended } = start('review');
    await waitFor('the wait', () => service.waits.length === 1);
    child.kill('SIGINT');
    await service.firstCancel;
    child.kill('SIGINT');
    assert.equal(await ended, 130);
  });

  test('a companion that is killed takes its review with it', async () => {
    service.report = undefined;
    const { child, ended } = start('review');
    await waitFor('the wait', () => service.waits.length === 1);
    child.kill('SIGKILL');
    assert.equal(await ended, 'SIGKILL');
    assert.equal(await service.firstCancel, 'review-1234abcd');
  });

  test('a window that goes away ends the waiting with an error', async () => {
    service.report = undefined;
    const { ended, stderr } = start('review');
    await waitFor('the wait', () => service.waits.length === 1);
    await bridge.close();
    assert.equal(await ended, 1);
    assert.match(stderr(), /Tandem ended before it answered/);
  });
});

describe('without a window', () => {
  let codex: FakeCodex;
  afterEach(async () => {
    // It writes its log as long as it lives.
    await nothingLeft(left, 5_000);
    await codex.dispose();
  });

  function useCodex(behaviour: FakeBehaviour): void {
    codex = createFakeCodex(behaviour);
    env = { ...env, TANDEM_CODEX_PATH: codex.path };
  }

  const notice = 'No VS Code window has this folder open: Tandem runs it itself.';

  test('a review runs all the same and says so in one line', async () => {
    useCodex('ok');
    const { code, stdout, stderr } = await runToEnd('review', '--json');
    assert.equal(code, 0, stderr);
    assert.equal(stderr.split('\n')[0], notice);
    assert.equal(objectOf(JSON.parse(stdout))['verdict'], 'findings');
  });

  test('and is known afterwards', async () => {
    useCodex('ok');
    const first: unknown = JSON.parse((await runToEnd('review', '--json')).stdout);
    const id = textOf(objectOf(objectOf(first)['job'])['id']);
    const { code, stdout } = await runToEnd('status');
    assert.equal(code, 0);
    assert.ok(stdout.includes(id), stdout);
  });

  test('and deletes no job that the user may want a window to keep', async () => {
    useCodex('ok');
    const store = new JobStore(stateHome, identityOf(process.pid), createRecordingLogger());
    const endedAt = new Date(Date.now() - 300 * 24 * 60 * 60_000).toISOString();
    const old = { repository: work.path, createdAt: endedAt, endedAt };
    await store.save(sampleJob({ ...old, id: 'review-00000001' }));
    await store.save(sampleJob({ ...old, id: 'review-00000002' }));
    assert.equal((await runToEnd('review')).code, 0);
    const { stdout } = await runToEnd('status');
    for (const id of ['review-00000001', 'review-00000002']) assert.ok(stdout.includes(id), stdout);
  });

  test('in the background it goes on when the companion has ended', async () => {
    useCodex('stalledTurn');
    const { child, ended, stdout } = start('review', '--background');
    assert.equal(await ended, 0);
    const id = /review-[0-9a-f]+/.exec(stdout())?.[0] ?? '';
    const group = -existing(child.pid);
    assert.throws(() => process.kill(group, 0), /ESRCH/, 'Ctrl+C in the terminal would reach the host');
    // The same host answers: it still runs the job.
    await waitFor('the turn', () => codex.received().some(({ method }) => method === 'review/start'));
    const status = await runToEnd('status', '--json');
    assert.equal(status.stderr, '');
    assert.match(status.stdout, new RegExp(`"id": "${id}"[^}]*"state": "running"`));
    process.kill(existing(codex.starts()[0]?.pid), 'SIGKILL');
    await waitFor('its end', async () =>
      (await runToEnd('status', '--json')).stdout.includes('"state": "failed"'),
    );
  });

  test('Ctrl+C cancels it and leaves nothing', async () => {
    useCodex('stalledTurn');
    const { child, ended, stdout } = start('review');
    await waitFor('the turn', () => codex.received().some(({ method }) => method === 'review/start'));
    // A terminal sends it to the whole group: a host in it would be interrupted instead of being asked.
    process.kill(-existing(child.pid), 'SIGINT');
    assert.equal(await ended, 130);
    assert.match(stdout(), /Cancelled/);
  });

  test('a companion that is killed leaves nothing', async () => {
    useCodex('stalledTurn');
    const { child, ended } = start('review');
    await waitFor('the turn', () => codex.received().some(({ method }) => method === 'review/start'));
    child.kill('SIGKILL');
    await ended;
  });

  test('a missing Codex is a failed review and a failed setup, in words', async () => {
    useCodex('ok');
    env = { ...env, TANDEM_CODEX_PATH: '/nowhere/codex' };
    const review = await runToEnd('review');
    assert.equal(review.code, 1);
    assert.match(review.stdout, /There is no executable file at \/nowhere\/codex/);
    assert.equal((await runToEnd('setup')).code, 1);
  });

  test('nothing to review, an unknown branch and no repository are usage errors', async () => {
    useCodex('ok');
    const unknown = await runToEnd('review', '--base', 'nope');
    assert.deepEqual([unknown.code, unknown.stderr.includes('nope')], [2, true]);
    await work.commit('All of it', { 'a.ts': 'let b;\n' });
    assert.equal((await runToEnd('review')).code, 2);
    const folder = createTempFolder('plain').path;
    const child = spawn(process.execPath, [program, 'review'], { cwd: folder, env, stdio: 'ignore' });
    assert.deepEqual(await once(child, 'close'), [2, null]);
  });
});

after(() => nothingLeft(left));
