import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { buildPlugin } from '../../esbuild.mjs';
import { type Job, isTerminal } from '../../src/protocol/job.ts';
import { waitFor } from '../engine/wait.ts';
import { type ModelScript, type ResponsesModel, startResponsesModel } from '../models/responses.ts';
import { answer, hang, runs } from '../models/responsesReply.ts';
import { codexBinary } from '../support/binaries.ts';
import { type CodexHome, createCodexHome } from '../support/codexHome.ts';
import type { Environment } from '../support/environment.ts';
import { objectOf, objectsOf, textOf } from '../support/json.ts';
import { newLeftovers, nothingLeft, snapshotLeftovers } from '../support/processes.ts';
import { type TestRepository, createRepository } from '../support/repository.ts';
import { createTempFolder } from '../support/temp.ts';
import type { HostProcessOptions } from './hostProcess.ts';
import { type PlainHost, createPlainHost, reviewOrder, taskOrder } from './plainHost.ts';

/** Any number of windows, terminals and sessions on one repository, on the real App Server; only the model is a stand-in. */
describe('several hosts', () => {
  let program: string;
  let repository: TestRepository;
  let model: ResponsesModel;
  let home: CodexHome;
  let script: ModelScript;
  /** Windows of a test, to be closed however it ends. */
  const opened = new Set<PlainHost>();
  const clean = JSON.stringify({
    findings: [],
    overall_correctness: 'patch is correct',
    overall_explanation: 'Fine.',
    overall_confidence_score: 0.9,
  });
  const quickly: ModelScript = (request) => (request.step === 0 ? runs('git diff HEAD') : answer(clean));

  before(async () => {
    const folder = path.join(createTempFolder('built').path, 'claude-plugin');
    await buildPlugin(folder, { ownVersion: '0.0.0' });
    program = path.join(folder, 'tandem.mjs');
    repository = await createRepository({ committed: { 'a.js': '1\n' }, uncommitted: { 'a.js': '2\n' } });
    model = await startResponsesModel((request) => script(request));
    home = createCodexHome({ modelUrl: model.url });
  });
  afterEach(async () => {
    for (const host of opened) await host.dispose();
    opened.clear();
  });
  after(async () => {
    await model.dispose();
    await home.dispose();
    await repository.dispose();
  });

  function environment(stateHome: string): Environment {
    return { ...home.env, TANDEM_HOME: stateHome, TANDEM_CODEX_PATH: codexBinary().native };
  }

  async function window(stateHome: string): Promise<PlainHost> {
    const host = createPlainHost({
      codex: codexBinary().native,
      env: home.env,
      stateHome,
      folders: [repository.path],
    });
    opened.add(host);
    await host.app.start();
    return host;
  }

  /** The companion in a process of its own. */
  async function tandem(stateHome: string, ...args: string[]) {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: repository.path,
      env: environment(stateHome),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout, stderr };
  }

  async function killable(stateHome: string): Promise<ChildProcess> {
    const options: HostProcessOptions = {
      codex: codexBinary().native,
      stateHome,
      folders: [repository.path],
    };
    const file = path.join(import.meta.dirname, 'hostProcess.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', file, JSON.stringify(options)], {
      env: environment(stateHome),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return child;
  }

  /** What `result` says of each job, one after the other. */
  async function readVerdicts(stateHome: string, ids: readonly string[]): Promise<unknown[]> {
    const verdicts: unknown[] = [];
    for (const id of ids) {
      const { code, stdout, stderr } = await tandem(stateHome, 'result', id, '--json');
      assert.equal(code, 0, stderr);
      verdicts.push(objectOf(JSON.parse(stdout))['verdict']);
    }
    return verdicts;
  }

  async function statuses(stateHome: string): Promise<Pick<Job, 'id' | 'state'>[]> {
    const { stdout } = await tandem(stateHome, 'status', '--all', '--json');
    return objectsOf(objectOf(JSON.parse(stdout))['jobs']).map((job) => ({
      id: textOf(job['id']),
      state: textOf(job['state']) as Job['state'],
    }));
  }

  for (const [where, withWindow] of [
    ['in a window', true],
    ['without a window', false],
  ] as const) {
    test(`50 background jobs from 10 processes at once, ${where}: 50 results`, async () => {
      script = quickly;
      const stateHome = createTempFolder('state').path;
      const left = await snapshotLeftovers();
      const host = withWindow ? await window(stateHome) : null;
      const start = async () => {
        const ids: string[] = [];
        for (let job = 0; job < 5; job += 1) {
          const { stdout, stderr } = await tandem(stateHome, 'review', '--background', '--json');
          const id = textOf(objectOf(objectOf(JSON.parse(stdout))['job'])['id']);
          assert.notEqual(id, '', stderr);
          ids.push(id);
        }
        return ids;
      };
      const byProcess = await Promise.all(Array.from({ length: 10 }, start));
      const ids = byProcess.flat();
      assert.equal(new Set(ids).size, 50);
      const done = await waitFor(
        'the end of all',
        async () => {
          const jobs = await statuses(stateHome);
          return jobs.length === 50 && jobs.every(({ state }) => isTerminal(state)) && jobs;
        },
        240_000,
      );
      assert.deepEqual(new Set(done.map(({ id }) => id)), new Set(ids));
      const others = done.filter(({ state }) => state !== 'succeeded');
      assert.deepEqual(others, [], 'jobs that did not succeed');
      const verdicts = await Promise.all(byProcess.map((own) => readVerdicts(stateHome, own)));
      assert.deepEqual(
        verdicts.flat(),
        Array.from({ length: 50 }, () => 'clean'),
      );
      await host?.dispose();
      await nothingLeft(left, 30_000);
    });
  }

  test('kill -9 of a host in the middle of 5 jobs: the next one takes them up, and nothing is left of the first', async () => {
    const stateHome = createTempFolder('state').path;
    const left = await snapshotLeftovers();
    const open = new Set<string>();
    script = (request) => {
      open.add(request.threadId);
      return hang();
    };
    const first = await killable(stateHome);
    for (let job = 0; job < 5; job += 1) {
      const args = job < 3 ? ['review'] : ['rescue', '--read-only', `task ${job}`];
      assert.equal((await tandem(stateHome, ...args, '--background')).code, 0);
    }
    // Three run at once, the others wait in the queue.
    await waitFor('three turns', () => open.size === 3);
    first.kill('SIGKILL');
    await once(first, 'exit');
    script = quickly;
    const next = await window(stateHome);
    const jobs = await waitFor('the end of all', async () => {
      const known = await next.app.jobs.list(repository.path);
      return known.every(({ endedAt }) => endedAt !== null) && known;
    });
    assert.deepEqual(
      jobs.map(({ state, resumed }) => [state, resumed]),
      Array.from({ length: 5 }, () => ['succeeded', 1]),
      JSON.stringify(jobs.map(({ failure }) => failure)),
    );
    await next.dispose();
    await nothingLeft(left, 10_000);
  });

  test('two windows, one ends: the other’s jobs finish', async () => {
    const stateHome = createTempFolder('state').path;
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    script = async (request) => {
      if (request.step === 0) return runs('git diff HEAD');
      await Promise.race([released, once(request.signal, 'abort')]);
      return answer(clean);
    };
    const [ending, staying] = [await window(stateHome), await window(stateHome)];
    const lost = await ending.place(repository.path, reviewOrder());
    const kept = await staying.place(repository.path, reviewOrder());
    await model.waitFor(({ step, signal }) => step === 1 && !signal.aborted);
    await ending.dispose();
    assert.equal((await staying.app.jobs.find(lost.id))?.state, 'interrupted');
    release();
    assert.equal((await staying.app.jobs.wait(kept.id)).state, 'succeeded');
    await staying.dispose();
  });

  test('a job of another window is waited for, and cancelled, from anywhere', async () => {
    const stateHome = createTempFolder('state').path;
    script = () => hang();
    const [asked, running] = [await window(stateHome), await window(stateHome)];
    const { id } = await running.place(repository.path, taskOrder('Take your time'));
    await model.waitFor(({ userText, signal }) => userText.includes('Take your time') && !signal.aborted);
    const other = { ...environment(stateHome), TANDEM_HOST: asked.app.bridge.discoveryFile ?? '' };
    const call = (...args: string[]) => {
      const child = spawn(process.execPath, [program, ...args], {
        cwd: repository.path,
        env: other,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let stdout = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      return once(child, 'close').then(() => stdout);
    };
    assert.match(await call('status'), new RegExp(`${id}: running`));
    assert.match(await call('result', id), /Running/);
    const waiting = call('status', id, '--wait');
    assert.match(await call('cancel', id.slice(0, 9)), /Cancelled\./);
    assert.match(await waiting, /Cancelled\./);
    assert.equal((await running.app.jobs.wait(id)).state, 'cancelled');
    await asked.dispose();
    await running.dispose();
  });

  test('nothing that was started here is still there', async () => {
    const left = await newLeftovers({ processes: [], sockets: [] });
    assert.deepEqual(
      left.processes.filter(({ commandLine }) => /codex|headless|tandem\.mjs/.test(commandLine)),
      [],
    );
  });
});
