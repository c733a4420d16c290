import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { deferred } from '../../src/base/async.ts';
import type { AppServerConnection } from '../../src/codex/connection.ts';
import { waitFor } from '../engine/wait.ts';
import { type ModelScript, startResponsesModel } from '../models/responses.ts';
import { type StreamReply, answer, findings, hang, patches, runs } from '../models/responsesReply.ts';
import { codexVersions } from '../support/binaries.ts';
import { createCodexHome } from '../support/codexHome.ts';
import { cleanEnvironment } from '../support/environment.ts';
import { createRepository } from '../support/repository.ts';
import { createTempFolder } from '../support/temp.ts';
import type { HostProcessOptions } from './hostProcess.ts';
import { canHide, createBreakableNetwork, startListening } from './listening.ts';
import { createTranscript } from './transcripts.ts';
import { type PlainHost, createPlainHost, reviewOrder, taskOrder } from './plainHost.ts';

/** App Servers that are not ours: the real ones, listening. The model is a stand-in, and so is the other machine: it is this one. */

const token = 'capability-0123456789';
const cleanUps: (() => Promise<void>)[] = [];
after(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});
function kept<T extends { dispose(): Promise<void> }>(part: T): T {
  cleanUps.push(() => part.dispose());
  return part;
}

/** The second answer of the model waits for `goOn`. */
function inTwoSteps(reply: (request: Parameters<ModelScript>[0]) => StreamReply) {
  const released = deferred<undefined>();
  const script: ModelScript = async (request) => {
    if (request.step === 0) return runs('git diff HEAD');
    await released.promise;
    return reply(request);
  };
  return { script, goOn: () => released.resolve(undefined) };
}

const repository = kept(
  await createRepository({ committed: { 'a.js': 'one\n' }, uncommitted: { 'a.js': 'two\n' } }),
);
const found = findings({
  findings: [
    {
      title: '[P1] Two is not one',
      body: 'It was one.',
      confidence_score: 0.9,
      priority: 1,
      code_location: {
        absolute_file_path: `${repository.path}/a.js`,
        line_range: { start: 1, end: 1 },
      },
    },
  ],
  overall_correctness: 'patch is incorrect',
  overall_explanation: 'It is two.',
  overall_confidence_score: 0.9,
});

function hostOn(endpoint: string, more: Partial<Parameters<typeof createPlainHost>[0]> = {}): PlainHost {
  const settings = { appServerEndpoint: endpoint };
  // There is no Codex here.
  const options = { codex: '/no/codex', env: { PATH: process.env['PATH'] ?? '' }, settings, ...more };
  return createPlainHost({ folders: [repository.path], ...options });
}

const looks: ModelScript = (request) => (request.step === 0 ? runs('git diff HEAD') : found);

for (const version of codexVersions) {
  describe(`a listening App Server ${version}`, () => {
    test('a whole review with a token; the report says where Codex is; leaving does not end the server', async () => {
      const model = kept(await startResponsesModel(looks));
      const home = kept(createCodexHome({ modelUrl: model.url }));
      const server = kept(await startListening({ version, env: home.env, token }));
      const host = hostOn(server.endpoint, { token });
      const { job, result } = await host.review(repository.path);
      assert.equal(job.state, 'succeeded', job.failure?.message);
      assert.equal(job.structure, 'structured');
      assert.deepEqual(
        result?.findings.map(({ title, priority }) => [title, priority]),
        [['Two is not one', 'P1']],
      );
      const { state } = host.app.appServer;
      assert.deepEqual(state, {
        kind: 'running',
        version,
        file: `${server.endpoint}/`,
        pid: undefined,
        isRemote: true,
      });
      const { checks } = await host.app.setup({ cwd: repository.path, session: null });
      const codex = checks.find(({ id }) => id === 'codex');
      assert.equal(codex?.detail, `${version} at ${server.endpoint}/ (\`tandem.appServer.endpoint\`)`);
      await host.dispose();

      for (const [wrong, message] of [
        ['', /wants a token \(HTTP 401\), and none is set/],
        ['wrong', /refuses the token \(HTTP 401\)/],
      ] as const) {
        const stranger = kept(hostOn(server.endpoint, { token: wrong }));
        const refused = await stranger.review(repository.path);
        assert.equal(refused.job.state, 'failed');
        assert.match(refused.job.failure?.message ?? '', message);
        assert.match(refused.job.failure?.advice ?? '', /Set App Server Token/);
      }
      assert.ok(server.isAlive());
    });

    const makes = '*** Begin Patch\n*** Add File: made.txt\n+new\n*** End Patch\n';
    const writes: ModelScript = ({ step }) =>
      [patches(makes), runs('cat made.txt a.js')][step] ?? answer('I made it.');

    test(
      'a server that sees the repository, but no worktree: the task works in place, and can be taken back',
      { skip: !canHide },
      async () => {
        const own = kept(
          await createRepository({ committed: { 'a.js': 'one\n' }, uncommitted: { 'a.js': 'two\n' } }),
        );
        const model = kept(await startResponsesModel(writes));
        const home = kept(createCodexHome({ modelUrl: model.url }));
        const stateHome = createTempFolder('state').path;
        const server = kept(await startListening({ version, env: home.env, hidden: stateHome }));
        const host = kept(hostOn(server.endpoint, { stateHome }));
        const { job } = await host.run(own.path, taskOrder('Make it', { write: true }));
        assert.equal(job.state, 'succeeded', job.failure?.message);
        assert.match(model.requests.at(-1)?.toolOutputs.at(-1) ?? '', /new\ntwo/);
        assert.match(
          job.notes.join(),
          /worked in the repository itself, with the App Server at ws:.*does not see/,
        );
        const change = (await host.app.changes.read(job)) ?? assert.fail('no change');
        assert.deepEqual([change.state, change.files], ['applied', [{ file: 'made.txt', kind: 'add' }]]);
        // Of a review by both neither reads where Codex cannot; here there is no Claude Code.
        const { run } = await host.place(own.path, { ...reviewOrder(), reviewer: 'both' });
        assert.equal(run?.frozen, null);
        await host.app.changes.undo(change);
        assert.equal(existsSync(path.join(own.path, 'made.txt')), false);
      },
    );

    test('a server of another machine: the task works in the checkout there, and its report says so', async () => {
      const own = kept(
        await createRepository({ committed: { 'a.js': 'one\n' }, uncommitted: { 'a.js': 'two\n' } }),
      );
      const model = kept(await startResponsesModel(writes));
      const home = kept(createCodexHome({ modelUrl: model.url }));
      const server = kept(await startListening({ version, env: home.env }));
      // No loopback address by its looks.
      const host = kept(hostOn(server.endpoint.replace('127.0.0.1', '[::ffff:127.0.0.1]')));
      const { job, result } = await host.run(own.path, taskOrder('Make it', { write: true }));
      assert.equal(job.state, 'succeeded', job.failure?.message);
      assert.deepEqual(result?.changes, [{ file: 'made.txt', kind: 'add' }]);
      assert.match(
        job.notes.join(),
        /worked in the checkout of the App Server at ws:.*cannot be taken back from here/,
      );
      assert.equal(await host.app.changes.read(job), null);
      assert.ok(existsSync(path.join(own.path, 'made.txt')));
    });

    test('the connection breaks in the middle of a review: it goes on, and is not done twice', async () => {
      const { script, goOn } = inTwoSteps(() => found);
      const { host, model, network } = await onNetwork(version, script);
      const { id } = await host.place(repository.path, reviewOrder());
      await model.waitFor(({ step }) => step === 1);
      network.cut();
      network.restore();
      await waitFor('another connection', () => network.connections() === 2, 20_000);
      goOn();
      const { job, result } = await host.app.report(await host.app.jobs.wait(id));
      assert.equal(job.state, 'succeeded', job.failure?.message);
      assert.deepEqual([job.structure, job.verdict], ['structured', 'findings']);
      assert.equal(result?.findings[0]?.priority, 'P1');
      assert.equal(result.evidence?.files.length, 1, 'what was seen before the connection broke counts');
      assert.match(job.notes.join('\n'), /connection to the Codex App Server .* was lost/);
      assert.equal(model.requests.length, 2);
    });

    test('a task that ends while nobody is connected: its answer is there afterwards', async () => {
      const { script, goOn } = inTwoSteps(() => answer('All done.'));
      const { host, model, network, direct } = await onNetwork(version, script);
      const { id } = await host.place(repository.path, taskOrder('Look at the change.'));
      await model.waitFor(({ step }) => step === 1);
      const threadId = (await host.app.jobs.find(id))?.threadId ?? assert.fail('no thread');
      network.cut();
      goOn();
      await direct.app.appServer.use((connection) =>
        waitFor('the end of the turn', async () => {
          const { thread } = await connection.request('thread/read', { threadId });
          return thread.status?.type === 'idle';
        }),
      );
      network.restore();
      const { job, result } = await host.app.report(await host.app.jobs.wait(id));
      assert.equal(job.state, 'succeeded', job.failure?.message);
      assert.equal(result?.summary, 'All done.');
      assert.equal(model.requests.length, 2);
    });
  });

  /** A host whose connection can be cut, and another one with a connection of its own. */
  async function onNetwork(on: typeof version, script: ModelScript) {
    const model = kept(await startResponsesModel(script));
    const home = kept(createCodexHome({ modelUrl: model.url }));
    const server = kept(await startListening({ version: on, env: home.env }));
    const network = kept(await createBreakableNetwork(server.endpoint));
    return { model, network, host: kept(hostOn(network.endpoint)), direct: kept(hostOn(server.endpoint)) };
  }
}

test('on a Unix socket, whose path has a colon; a restart by the user leaves what runs there', async () => {
  const { script, goOn } = inTwoSteps(() => answer('Hello.'));
  const model = kept(await startResponsesModel(script));
  const home = kept(createCodexHome({ modelUrl: model.url }));
  const server = kept(await startListening({ version: '0.169.0', env: home.env, socket: true }));
  const host = kept(hostOn(server.endpoint));
  const { id } = await host.place(repository.path, taskOrder('Say hello.'));
  await model.waitFor(({ step }) => step === 1);
  await host.app.appServer.restart('The user asked for it.');
  goOn();
  const { job, result } = await host.app.report(await host.app.jobs.wait(id));
  assert.equal(job.state, 'succeeded', job.failure?.message);
  assert.equal(result?.summary, 'Hello.');
  assert.equal(model.requests.length, 2);
});

test('a cancelled task is stopped on the server, whose other work goes on', async () => {
  const model = kept(await startResponsesModel(() => hang()));
  const home = kept(createCodexHome({ modelUrl: model.url }));
  const server = kept(await startListening({ version: '0.169.0', env: home.env }));
  const host = kept(hostOn(server.endpoint));
  const { id } = await host.place(repository.path, taskOrder('Never end.'));
  const { signal } = await model.waitFor();
  const stopped = once(signal, 'abort');
  const { state, notes } = await host.app.jobs.cancel(id);
  assert.deepEqual([state, notes], ['cancelled', []]);
  await stopped;
  assert.ok(server.isAlive());
});

test('a host is killed: the next one goes on with the review that runs on the server', async () => {
  const { job, requests } = await takenOver(() => undefined);
  assert.equal(job.state, 'succeeded', job.failure?.message);
  assert.deepEqual([job.resumed, job.structure, job.verdict], [1, 'structured', 'findings']);
  assert.equal(requests, 2);
});

test('the review ends while its thread is resumed, and nobody is told: it is found to be over', async () => {
  const { job } = await takenOver((connection) => {
    const { onNotification } = connection;
    const deaf: typeof onNotification = (listener) =>
      onNotification((told) => {
        if (told.method !== 'turn/completed') listener(told);
      });
    Object.assign(connection, { onNotification: deaf });
  });
  assert.equal(job.state, 'succeeded', job.failure?.message);
  assert.deepEqual([job.structure, job.verdict], ['structured', 'findings']);
});

/** A review whose host is killed before its reviewer answers. @param prepare sees the connection of the next host first */
async function takenOver(prepare: (connection: AppServerConnection) => void) {
  const { script, goOn } = inTwoSteps(() => found);
  const model = kept(await startResponsesModel(script));
  const home = kept(createCodexHome({ modelUrl: model.url }));
  const server = kept(await startListening({ version: '0.169.0', env: home.env }));
  const stateHome = createTempFolder('state').path;
  const settings = { appServerEndpoint: server.endpoint };
  const plan = { codex: '/no/codex', stateHome, folders: [repository.path], settings, order: reviewOrder() };
  const killed = startHostProcess(plan);
  await model.waitFor(({ step }) => step === 1);
  killed.kill('SIGKILL');
  await once(killed, 'exit');

  const next = kept(hostOn(server.endpoint, { stateHome }));
  await next.app.appServer.use((connection) => {
    prepare(connection);
    const request = connection.request.bind(connection);
    connection.request = async (method, ...rest) => {
      const answered = await request(method, ...rest);
      if (method === 'thread/resume') goOn();
      return answered;
    };
    return Promise.resolve();
  });
  await next.app.start();
  const job = await waitFor('the end', async () =>
    (await next.app.jobs.list(repository.path)).find(({ endedAt }) => endedAt !== null),
  );
  return { job, requests: model.requests.length };
}

function startHostProcess(plan: HostProcessOptions) {
  const file = path.join(import.meta.dirname, 'hostProcess.ts');
  const args = ['--import', 'tsx', file, JSON.stringify(plan)];
  const env = { ...cleanEnvironment(), PATH: process.env['PATH'] ?? '' };
  return spawn(process.execPath, args, { env, stdio: ['pipe', 'ignore', 'inherit'] });
}

test('the server ends in the middle of a task, and is started again by its owner: the task is gone on with', async () => {
  const model = kept(
    await startResponsesModel(({ userText }) => (userText === 'Look.' ? hang() : answer('Done after all.'))),
  );
  const home = kept(createCodexHome({ modelUrl: model.url }));
  const first = await startListening({ version: '0.169.0', env: home.env });
  const host = kept(hostOn(first.endpoint));
  const { id } = await host.place(repository.path, taskOrder('Look.'));
  await model.waitFor();
  await first.dispose();
  const port = Number(new URL(first.endpoint).port);
  kept(await startListening({ version: '0.169.0', env: home.env, port }));
  const { job, result } = await host.app.report(await host.app.jobs.wait(id));
  assert.equal(job.state, 'succeeded', job.failure?.message);
  assert.equal(result?.summary, 'Done after all.');
  assert.equal(model.requests.length, 2);
});

test('a thread on which another program works is left alone', async () => {
  const model = kept(await startResponsesModel(() => hang()));
  const home = kept(createCodexHome({ modelUrl: model.url }));
  const server = kept(await startListening({ version: '0.169.0', env: home.env }));
  const [one, other] = [kept(hostOn(server.endpoint)), kept(hostOn(server.endpoint))];
  const { id } = await one.place(repository.path, taskOrder('Never end.'));
  await model.waitFor();
  const thread = (await one.app.jobs.find(id))?.threadId ?? assert.fail('no thread');
  const { job } = await other.run(repository.path, taskOrder('And this.', { thread }));
  assert.equal(job.state, 'failed');
  assert.match(job.failure?.message ?? '', /A turn of another program runs on this Codex thread/);
  assert.equal((await one.app.jobs.cancel(id)).state, 'cancelled');
});

test('a session of Claude goes over as a conversation: the server reads no file of here', async () => {
  const home = kept(createCodexHome({ modelUrl: 'http://127.0.0.1:9/v1' }));
  const server = kept(await startListening({ version: '0.169.0', env: home.env }));
  // Where the importer would find it, because the other machine is this one.
  const project = path.join(home.home, '.claude', 'projects', 'one');
  const transcript = createTranscript(project, repository.path);
  transcript.say('Fix it', 'Done.');
  const env = { PATH: process.env['PATH'] ?? '', HOME: home.home };
  const host = kept(hostOn(server.endpoint, { env }));
  const { job, result } = await host.run(repository.path, { kind: 'transfer', source: transcript.file });
  assert.equal(job.state, 'succeeded', job.failure?.message);
  assert.match(result?.summary ?? '', /was told the conversation/);
});

test('another checkout at the same path: nothing is asked of the model', async () => {
  const model = kept(await startResponsesModel(looks));
  const home = kept(createCodexHome({ modelUrl: model.url }));
  const other = kept(await createRepository({ committed: { 'a.js': 'other\n' } }));
  const env = { ...home.env, PATH: `${gitOf(other.path)}:${process.env['PATH'] ?? ''}` };
  const server = kept(await startListening({ version: '0.169.0', env }));
  const host = kept(hostOn(server.endpoint));
  const { job } = await host.review(repository.path);
  assert.equal(job.state, 'failed');
  assert.match(
    job.failure?.message ?? '',
    /does not have the same checkout of .*: there the commit is \w{10}, here/,
  );
  assert.equal(model.requests.length, 0);
});

/** A folder with a `git` that sees another repository at our one's path, as the other machine would. */
function gitOf(other: string): string {
  const folder = createTempFolder('otherGit').path;
  const swap = `${JSON.stringify(other)}, ${JSON.stringify(repository.path)}`;
  const text = `#!${process.execPath}
const { spawnSync } = require('node:child_process');
const [other, ours] = [${swap}];
const args = process.argv.slice(2).map((arg) => (arg === ours ? other : arg));
const { status, stdout } = spawnSync('/usr/bin/env', ['git', ...args], {
  cwd: other,
  env: { ...process.env, PATH: ${JSON.stringify(process.env['PATH'] ?? '')} },
  encoding: 'utf8',
});
process.stdout.write(stdout.replaceAll(other, ours));
process.exitCode = status;
`;
  writeFileSync(path.join(folder, 'git'), text, { mode: 0o755 });
  return folder;
}
