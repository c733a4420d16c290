import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import type { Settings } from '../../src/app/settings.ts';
import { deferred } from '../../src/base/async.ts';
import type { Approval, Decision } from '../../src/protocol/approval.ts';
import { subjectLines } from '../../src/protocol/approvalText.ts';
import type { TaskOrder } from '../../src/protocol/order.ts';
import { waitFor } from '../engine/wait.ts';
import { type ModelScript, startResponsesModel } from '../models/responses.ts';
import {
  type StreamReply,
  answer,
  calls,
  callsMcp,
  callsScript,
  patches,
  runs,
  spawnsAgent,
  together,
} from '../models/responsesReply.ts';
import { codexBinary, codexVersions } from '../support/binaries.ts';
import { type CodexHomeOptions, createCodexHome } from '../support/codexHome.ts';
import { createRepository } from '../support/repository.ts';
import { createTempFolder } from '../support/temp.ts';
import { createPlainHost, taskOrder } from './plainHost.ts';

/** What Codex asks while it works: each kind of question, on the real App Server with its real sandbox. */

const patch =
  '*** Begin Patch\n*** Update File: a.js\n@@\n-export const one = 1;\n+export const one = 2;\n*** End Patch\n';
const allow: Decision = { kind: 'allow', session: false };
const allowAlways: Decision = { kind: 'allow', session: true };
const decline = (reason = ''): Decision => ({ kind: 'decline', reason });

/** Makes a file where the sandbox does not let it, with a word why. */
const leaves = (file: string) =>
  runs(`touch '${file}'`, { sandbox_permissions: 'require_escalated', justification: 'Outside, please?' });

interface LineOptions {
  settings?: Partial<Settings>;
  home?: Partial<CodexHomeOptions>;
  kind?: 'window' | 'headless';
}

for (const version of codexVersions) {
  describe(`what the real App Server ${version} asks`, () => {
    const ends: (() => Promise<unknown>)[] = [];
    after(async () => {
      for (const end of ends.reverse()) await end();
    });

    async function line(
      script: ModelScript,
      { settings = {}, home: homeOptions = {}, kind }: LineOptions = {},
    ) {
      const repository = await createRepository({ committed: { 'a.js': 'export const one = 1;\n' } });
      const outside = createTempFolder('outside');
      const model = await startResponsesModel(script);
      const home = createCodexHome({ modelUrl: model.url, ...homeOptions });
      const codex = codexBinary(version).native;
      const options = { codex, env: home.env, folders: [repository.path], settings, ...(kind && { kind }) };
      const host = createPlainHost(options);
      for (const part of [repository, outside, home, model, host]) ends.push(() => part.dispose());
      const { approvals, jobs } = host.app;
      const asked: Approval[] = [];
      approvals.onDidAsk((approval) => asked.push(approval));
      return {
        host,
        model,
        repository,
        asked,
        file: path.join(outside.path, 'x.txt'),
        /** Runs a task to its end; each question gets the next decision, once its job says that it waits for one. */
        run: async (decisions: readonly Decision[], order: Partial<TaskOrder> = {}) => {
          const { id } = await host.place(repository.path, taskOrder('Go on', { write: true, ...order }));
          for (const decision of decisions) {
            const { id: question } = await waitFor('a question', () => approvals.pending[0], 20_000);
            await waitFor('the job to wait', () => jobs.activeJobs()[0]?.waitingFor === 'approval');
            await approvals.decide(question, decision);
          }
          const job = await jobs.wait(id);
          assert.deepEqual(approvals.pending, []);
          return job;
        },
      };
    }

    const namespace = version === '0.130.0' ? 'mcp__asking__' : 'mcp__asking';
    const told = ({ body }: { body: unknown }) => JSON.stringify(body);

    test('a command: once allowed it runs, and is asked for again', async () => {
      const there = { file: '' };
      const { run, asked, repository, file } = await line(({ step }) =>
        step < 2 ? leaves(there.file) : answer('Done.'),
      );
      there.file = file;
      const job = await run([allow, decline()]);
      assert.equal(job.state, 'succeeded', job.failure?.message);
      assert.ok(existsSync(file));
      const [first] = asked;
      assert.ok(first?.subject.kind === 'command');
      assert.match(first.subject.line, new RegExp(`touch '?${file}`));
      assert.equal(first.subject.cwd, repository.path);
      assert.equal(first.reason, 'Outside, please?');
      assert.match(subjectLines(first.subject)[0] ?? '', /, outside of its sandbox:$/);
      assert.equal(first.job, job.id);
      assert.equal(asked.length, 2);
    });

    test('a command: allowed for the session it is not asked for again', async () => {
      const there = { file: '' };
      const { run, asked, file } = await line(({ step }) =>
        step < 2 ? leaves(there.file) : answer('Done.'),
      );
      there.file = file;
      assert.equal((await run([allowAlways])).state, 'succeeded');
      assert.ok(existsSync(file));
      assert.equal(asked.length, 1);
    });

    test('a command: declined it does not run, and the reason reaches Codex', async () => {
      const there = { file: '' };
      const { run, file, model } = await line(({ step, userText }) =>
        step === 0 && userText === 'Go on' ? leaves(there.file) : answer('Well.'),
      );
      there.file = file;
      const job = await run([decline('Use the folder of the project.')]);
      assert.equal(job.state, 'succeeded', job.failure?.message);
      assert.ok(!existsSync(file));
      assert.match(job.notes.join('\n'), /touch .*declined by you: Use the folder of the project\./);
      assert.ok(model.requests.some((request) => told(request).includes('Use the folder of the project.')));
    });

    test('cancelling the task ends it, and nothing runs', async () => {
      const there = { file: '' };
      const { run, file } = await line(({ step }) => (step === 0 ? leaves(there.file) : answer('Well.')));
      there.file = file;
      assert.equal((await run([{ kind: 'cancel' }])).state, 'cancelled');
      assert.ok(!existsSync(file));
    });

    test('a change of files shows its difference; allowed it is made, even by a read-only task', async () => {
      const { run, asked, repository } = await line(({ step }) =>
        step === 0 ? patches(patch) : answer('Done.'),
      );
      const job = await run([allow], { write: false });
      assert.equal(job.state, 'succeeded', job.failure?.message);
      const subject = asked[0]?.subject;
      assert.ok(subject?.kind === 'files');
      const file = path.join(repository.path, 'a.js');
      assert.deepEqual(
        subject.files.map(({ diff, ...rest }) => ({ ...rest, diff: diff.split('\n').slice(1, 3) })),
        [
          {
            path: file,
            kind: 'update',
            movedTo: null,
            diff: ['-export const one = 1;', '+export const one = 2;'],
          },
        ],
      );
      assert.equal(readFileSync(file, 'utf8'), 'export const one = 2;\n');
    });

    test('a declined change is not made', async () => {
      const { run, repository } = await line(({ step }) => (step === 0 ? patches(patch) : answer('Well.')));
      const job = await run([decline()], { write: false });
      assert.equal(job.state, 'succeeded');
      assert.equal(readFileSync(path.join(repository.path, 'a.js'), 'utf8'), 'export const one = 1;\n');
      assert.match(job.notes.join(), /Change a\.js; it was declined by you/);
    });

    test('two at once: each is answered by its own decision', async () => {
      const there = { file: '' };
      const { host, repository, file } = await line(({ step }) =>
        step === 0 ? together(leaves(`${there.file}.a`), leaves(`${there.file}.b`)) : answer('Done.'),
      );
      there.file = file;
      const { approvals, jobs } = host.app;
      const { id } = await host.place(repository.path, taskOrder('Both', { write: true }));
      const decide = async (name: string, decision: Decision) => {
        const asksFor = ({ subject }: Approval) => subject.kind === 'command' && subject.line.includes(name);
        const { id: question } = await waitFor(name, () => approvals.pending.find(asksFor), 20_000);
        await approvals.decide(question, decision);
      };
      await Promise.all([decide('x.txt.a', decline()), decide('x.txt.b', allow)]);
      assert.equal((await jobs.wait(id)).state, 'succeeded');
      assert.deepEqual([existsSync(`${file}.a`), existsSync(`${file}.b`)], [false, true]);
    });

    test('what nobody answers is declined in time, and the job says so', async () => {
      const there = { file: '' };
      const { run, file } = await line(({ step }) => (step === 0 ? leaves(there.file) : answer('Well.')), {
        settings: { approvalMinutes: 0.01 },
      });
      there.file = file;
      const job = await run([]);
      assert.equal(job.state, 'succeeded');
      assert.ok(!existsSync(file));
      assert.match(job.notes.join(), /declined because nobody answered in time/);
    });

    test('cancelled from elsewhere while it asks: the question goes, and is answered too late', async () => {
      const there = { file: '' };
      const { host, repository, file } = await line(({ step }) =>
        step === 0 ? leaves(there.file) : answer('Well.'),
      );
      there.file = file;
      const { approvals, jobs } = host.app;
      const { id } = await host.place(repository.path, taskOrder('Wait', { write: true }));
      const question = await waitFor('the question', () => approvals.pending[0], 20_000);
      assert.equal((await jobs.cancel(id)).state, 'cancelled');
      assert.deepEqual(approvals.pending, []);
      await assert.rejects(approvals.decide(question.id, allow), /no longer asks/);
      assert.ok(!existsSync(file));
    });

    test('the server is killed while it asks: the question goes with it, and nothing else', async () => {
      const { host, repository } = await line(() => leaves('/never'));
      const { approvals, appServer, jobs } = host.app;
      const { id } = await host.place(repository.path, taskOrder('Ask', { write: true }));
      await waitFor('the question', () => approvals.pending[0], 20_000);
      const { state } = appServer;
      assert.ok(state.kind === 'running' && state.pid !== undefined);
      process.kill(state.pid, 'SIGKILL');
      // The answer that its server cannot get rejects for nobody: that would end a headless host.
      const job = await jobs.wait(id);
      assert.equal(job.state, 'failed');
      assert.match(job.failure?.message ?? '', /was ended by SIGKILL/);
      assert.deepEqual(approvals.pending, []);
    });

    test('where nobody can be asked it is declined at once', async () => {
      const there = { file: '' };
      const { run, asked, file } = await line(
        ({ step }) => (step === 0 ? leaves(there.file) : answer('Well.')),
        { kind: 'headless' },
      );
      there.file = file;
      const job = await run([]);
      assert.deepEqual([asked.length, existsSync(file)], [0, false]);
      assert.match(job.notes.join(), /declined because nobody can be asked here/);
    });

    test('policy untrusted: every command is asked for; never: none is, and none leaves the sandbox', async () => {
      const careful = await line(({ step }) => (step === 0 ? runs('touch made.txt') : answer('Done.')), {
        settings: { taskApprovalPolicy: 'untrusted' },
      });
      await careful.run([allow]);
      assert.ok(existsSync(path.join(careful.repository.path, 'made.txt')));
      // It would run in its sandbox (0.169), or might not: nobody is told that it leaves it.
      const { subject } = careful.asked[0] ?? assert.fail();
      assert.match(subjectLines(subject)[0] ?? '', /in its sandbox or outside of it/);
      const there = { file: '' };
      const never = await line(({ step }) => (step === 0 ? leaves(there.file) : answer('Well.')), {
        settings: { taskApprovalPolicy: 'never' },
      });
      there.file = never.file;
      assert.equal((await never.run([])).state, 'succeeded');
      assert.deepEqual([never.asked.length, existsSync(never.file)], [0, false]);
    });

    test('policy inherit: the user’s own configuration says when it asks, and the question where it would run', async () => {
      const cases = [
        ['on-request', /, outside of its sandbox:$/],
        ['never', null],
        // 0.169 does not start with it in its configuration.
        ...(version === '0.130.0' ? [['untrusted', /in its sandbox or outside of it/] as const] : []),
      ] as const;
      for (const [own, words] of cases) {
        const there = { file: '' };
        const script: ModelScript = ({ step }) => (step === 0 ? leaves(there.file) : answer('Done.'));
        const asksForAll: ModelScript = ({ step }) => (step === 0 ? runs('touch made.txt') : answer('Done.'));
        const { run, asked, file } = await line(own === 'untrusted' ? asksForAll : script, {
          settings: { taskApprovalPolicy: 'inherit' },
          home: { topToml: `approval_policy = "${own}"` },
        });
        there.file = file;
        assert.equal((await run(words === null ? [] : [allow])).state, 'succeeded');
        const lines = asked.map(({ subject }) => subjectLines(subject)[0] ?? '');
        assert.equal(lines.length, words === null ? 0 : 1);
        if (words !== null) assert.match(lines[0] ?? '', words);
      }
    });

    test('a sandbox that only reads: a task that may write asks before it changes a file, and its commands cannot', async () => {
      const { run, asked, repository } = await line(
        ({ step }) => [runs('touch made.txt'), patches(patch)][step] ?? answer('Done.'),
        { settings: { taskSandbox: 'read-only' } },
      );
      const job = await run([decline()]);
      assert.equal(job.state, 'succeeded', job.failure?.message);
      assert.equal(asked[0]?.subject.kind, 'files');
      assert.ok(!existsSync(path.join(repository.path, 'made.txt')));
      assert.match(readFileSync(path.join(repository.path, 'a.js'), 'utf8'), /= 1/);
    });

    test('git’s own folder is read-only, also of a worktree: a commit is asked for, and its change is seen all the same', async () => {
      const commit =
        'touch made.txt && git add made.txt && git -c user.name=C -c user.email=c@example.org commit -qm Made';
      const permitted = { sandbox_permissions: 'require_escalated', justification: 'To commit' };
      const { host, run, asked, repository, model } = await line(
        ({ step }) => [runs(commit), runs(commit, permitted)][step] ?? answer('Committed.'),
        {
          settings: { taskPlace: 'worktree', taskSandbox: 'inherit' },
          home: {
            // The repositories of tests are where everybody may write.
            topToml: 'sandbox_mode = "workspace-write"',
            extraToml: '[sandbox_workspace_write]\nexclude_slash_tmp = true\nexclude_tmpdir_env_var = true',
          },
        },
      );
      const before = readFileSync(path.join(repository.path, '.git/logs/HEAD'), 'utf8');
      const job = await run([allow]);
      const [refused, made] = model.requests.at(-1)?.toolOutputs ?? [];
      assert.match(refused ?? '', /Read-only file system/);
      assert.match(made ?? '', /exited with code 0/);
      assert.equal(asked[0]?.reason, 'To commit');
      const change = await host.app.changes.read(job);
      assert.deepEqual([change?.state, change?.files], ['pending', [{ file: 'made.txt', kind: 'add' }]]);
      assert.equal(readFileSync(path.join(repository.path, '.git/logs/HEAD'), 'utf8'), before);
    });

    test('the network: where the settings say so, and else not', async () => {
      const served = createServer((socket) => socket.end('hello\n'));
      await once(served.listen(0, '127.0.0.1'), 'listening');
      ends.push(() => new Promise((resolve) => served.close(resolve)));
      const { port } = served.address() as AddressInfo;
      for (const taskNetwork of [true, false]) {
        const { run, model, asked } = await line(
          ({ step }) => (step === 0 ? runs(`cat < /dev/tcp/127.0.0.1/${port}`) : answer('Done.')),
          { settings: { taskNetwork } },
        );
        assert.equal((await run([])).state, 'succeeded');
        assert.deepEqual(asked, []);
        assert.equal(model.requests.at(-1)?.toolOutputs.at(-1)?.includes('hello'), taskNetwork);
      }
    });

    test('the sandbox of the user’s own configuration, where the settings say so', async () => {
      const there = { file: '' };
      const { run, asked, file } = await line(
        ({ step }) => (step === 0 ? runs(`touch '${there.file}'`) : answer('Done.')),
        {
          settings: { taskSandbox: 'inherit' },
          home: { topToml: 'sandbox_mode = "danger-full-access"' },
        },
      );
      there.file = file;
      assert.equal((await run([])).state, 'succeeded');
      assert.deepEqual([asked.length, existsSync(file)], [0, true]);
    });

    /** The model of a task whose sub-agent does what `steps` say; the task waits for it. */
    function withSubAgent(steps: () => readonly StreamReply[], spawns: StreamReply): ModelScript {
      const ended = deferred<undefined>();
      let step = 0;
      return async ({ body }) => {
        const input = JSON.stringify(body['input']);
        const hasSpawned = /"type":"function_call",[^{}]*"name":"spawn_agent"/.test(input);
        // In code mode (0.169) it knows what its task knew, and hears of its part from that.
        const isPart = hasSpawned ? input.includes('"type":"agent_message"') : input.includes('A part of it');
        if (!isPart && !hasSpawned) return spawns;
        if (!isPart) {
          await ended.promise;
          return answer('Done.');
        }
        const reply = steps()[step++];
        if (reply) return reply;
        ended.resolve(undefined);
        return answer('The part is done.');
      };
    }

    const agents = version === '0.130.0' ? null : 'multi_agent_v1';
    for (const [model, spawns] of [
      ['gpt-5.5', spawnsAgent('A part of it', agents)],
      ...(version === '0.130.0'
        ? []
        : [['gpt-6-sol', spawnsAgent('A part of it', 'collaboration', { task_name: 'part' })] as const]),
    ] as const)
      test(`a sub-agent of ${model} asks as its task does`, async () => {
        const there = { file: '' };
        const steps = () => [leaves(there.file), leaves(`${there.file}.no`), patches(patch)];
        const { run, asked, file, repository, model: standIn } = await line(withSubAgent(steps, spawns));
        there.file = file;
        const order = { model, write: false };
        const job = await run([allow, decline('Not this one.'), allow], order);
        assert.equal(job.state, 'succeeded', job.failure?.message);
        assert.deepEqual([existsSync(file), existsSync(`${file}.no`)], [true, false]);
        assert.deepEqual(new Set(asked.map(({ job: by }) => by)), new Set([job.id]));
        const files = asked[2]?.subject;
        assert.ok(files?.kind === 'files');
        assert.match(files.files[0]?.diff ?? '', /^\+export const one = 2;$/m);
        assert.match(readFileSync(path.join(repository.path, 'a.js'), 'utf8'), /= 2/);
        assert.match(job.notes.join('\n'), /x\.txt\.no.*declined by you: Not this one\./);
        assert.ok(standIn.requests.some((request) => told(request).includes('Not this one.')));
      });

    test('a question to the user is answered with the words that were chosen', async () => {
      const question = { id: 'color', header: 'Colour', question: 'Which one?', options: [] as unknown[] };
      question.options = ['Red', 'Blue'].map((label) => ({ label, description: `${label} it is` }));
      const { run, asked, model } = await line(
        ({ step }) => (step === 0 ? calls('request_user_input', { questions: [question] }) : answer('Done.')),
        { home: { features: { default_mode_request_user_input: true } } },
      );
      const job = await run([{ kind: 'answer', values: { color: 'Blue' } }]);
      assert.equal(job.state, 'succeeded', job.failure?.message);
      const subject = asked[0]?.subject;
      assert.ok(subject?.kind === 'questions');
      assert.deepEqual(
        subject.fields[0]?.options.map(({ value }) => value),
        ['Red', 'Blue'],
      );
      assert.match(told(model.requests.at(-1) ?? assert.fail()), /Blue/);
    });

    test('more rights are granted exactly as asked for', async () => {
      const permissions = { network: { enabled: true } };
      const { run, asked, model } = await line(
        ({ step }) =>
          step === 0 ? calls('request_permissions', { reason: 'To download', permissions }) : answer('Done.'),
        { home: { features: { request_permissions_tool: true } } },
      );
      const job = await run([allow]);
      assert.equal(job.state, 'succeeded', job.failure?.message);
      const subject = asked[0]?.subject;
      assert.ok(subject?.kind === 'permissions');
      assert.deepEqual(subject.wants, ['the network']);
      assert.match(told(model.requests.at(-1) ?? assert.fail()), /\\"enabled\\":true/);
    });

    test('a folder that it is granted can be written from then on; one beside it cannot', async () => {
      const there = { file: '' };
      const script: ModelScript = ({ step }) => {
        const folder = path.dirname(there.file);
        const permissions = { file_system: { write: [folder] } };
        return (
          [
            calls('request_permissions', { reason: 'To write', permissions }),
            runs(`touch '${there.file}'; touch '${folder}-beside'`),
          ][step] ?? answer('Done.')
        );
      };
      // The sandbox lets everybody write to /tmp.
      const outside = mkdtempSync(path.join(homedir(), '.tandem-test-'));
      ends.push(() => rm(outside, { recursive: true }));
      const { run, asked } = await line(script, { home: { features: { request_permissions_tool: true } } });
      there.file = path.join(outside, 'granted', 'x.txt');
      mkdirSync(path.dirname(there.file));
      assert.equal((await run([allow])).state, 'succeeded');
      const subject = asked[0]?.subject;
      assert.ok(subject?.kind === 'permissions');
      assert.deepEqual(subject.wants, [`to write below ${path.dirname(there.file)}`]);
      assert.deepEqual(readdirSync(outside, { recursive: true }), ['granted', 'granted/x.txt']);
    });

    test('an MCP server gets the answer that its form was given', async () => {
      const server = path.join(import.meta.dirname, 'askingServer.mjs');
      const extraToml = [
        '[mcp_servers.asking]',
        `command = ${JSON.stringify(process.execPath)}`,
        `args = [${JSON.stringify(server)}]`,
      ].join('\n');
      const { run, asked, model } = await line(
        ({ step }) => (step < 2 ? callsMcp(namespace, 'paint') : answer('Done.')),
        { home: { extraToml } },
      );
      const blue: Decision = { kind: 'answer', values: { color: 'blue' } };
      const job = await run([allowAlways, blue, decline()]);
      assert.equal(job.state, 'succeeded', job.failure?.message);
      const messages = asked.map(({ subject }) => (subject.kind === 'mcp' ? subject.message : ''));
      assert.match(messages[0] ?? '', /run tool "paint"/);
      // Codex itself asks once for the session; the server asks each time.
      assert.deepEqual(messages.slice(1), ['Which colour?', 'Which colour?']);
      const outputs = model.requests.map(({ toolOutputs }) => toolOutputs.at(-1) ?? '');
      assert.match(outputs[1] ?? '', /accept.*blue/);
      assert.match(outputs[2] ?? '', /decline/);
    });

    test('a model that writes JavaScript asks in the same way', { skip: version === '0.130.0' }, async () => {
      const there = { file: '' };
      const script = () =>
        `text(await tools.exec_command({ cmd: "touch '${there.file}'", login: false, sandbox_permissions: "require_escalated", justification: "Please?" }));`;
      const { run, asked, file } = await line(({ step }) =>
        step === 0 ? callsScript(script()) : answer('Done.'),
      );
      there.file = file;
      const job = await run([allow], { model: 'gpt-6-sol' });
      assert.equal(job.state, 'succeeded', job.failure?.message);
      assert.equal(asked[0]?.reason, 'Please?');
      assert.ok(existsSync(file));
    });
  });
}
