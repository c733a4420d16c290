import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { deferred, pause } from '../../src/base/async.ts';
import { UsageError } from '../../src/base/errors.ts';
import type { Job } from '../../src/protocol/job.ts';
import type { Order, TaskOrder } from '../../src/protocol/order.ts';
import { waitFor } from '../engine/wait.ts';
import {
  answer,
  calls,
  hang,
  httpError,
  patches,
  runs,
  spawnsAgent,
  streamed,
  withHeaders,
} from '../models/responsesReply.ts';
import { type ModelScript, startResponsesModel } from '../models/responses.ts';
import { codexBinary, codexVersions } from '../support/binaries.ts';
import { type CodexHomeOptions, createCodexHome } from '../support/codexHome.ts';
import { createRepository } from '../support/repository.ts';
import { createPlainHost, reviewOrder, taskOrder } from './plainHost.ts';

/** Tasks, adversarial reviews and reviews with a focus, on the real App Server; only the model is a stand-in. */

const committed = { 'a.js': 'export const one = 1;\n' };
const uncommitted = { 'a.js': 'export const one = 2;\n' };
const patch = '*** Begin Patch\n*** Add File: made.txt\n+made by Codex\n*** End Patch\n';

for (const version of codexVersions) {
  describe(`work on the real App Server ${version}`, () => {
    const ends: (() => Promise<unknown>)[] = [];
    after(async () => {
      for (const end of ends.reverse()) await end();
    });

    async function line(
      script: ModelScript,
      kind: 'window' | 'headless' = 'window',
      options: Partial<CodexHomeOptions> = {},
    ) {
      const repository = await createRepository({ committed, uncommitted });
      const model = await startResponsesModel(script);
      const home = createCodexHome({ modelUrl: model.url, ...options });
      const codex = codexBinary(version).native;
      const host = createPlainHost({
        ...{ codex, env: home.env, folders: [repository.path], kind },
        settings: { taskPlace: 'in-place' },
      });
      ends.push(
        () => repository.dispose(),
        () => home.dispose(),
        () => model.dispose(),
        () => host.dispose(),
      );
      return { repository, model, home, host };
    }

    test('a task that may write changes files, and says which; Codex does not learn to trust the folder', async () => {
      const { host, repository, home } = await line((request) =>
        request.step === 0 ? patches(patch) : answer('I made the file.'),
      );
      const order = taskOrder('Make made.txt', { write: true });
      const { job, result, markdown } = await host.run(repository.path, order);
      assert.equal(job.state, 'succeeded', job.failure?.message);
      assert.equal(readFileSync(path.join(repository.path, 'made.txt'), 'utf8'), 'made by Codex\n');
      assert.deepEqual(result?.changes, [{ file: 'made.txt', kind: 'add' }]);
      assert.equal(result.summary, 'I made the file.');
      assert.equal(job.summary, 'Changed 1 file');
      assert.match(markdown, /made\.txt \(add\)/);
      assert.match(markdown, new RegExp(`codex resume ${job.threadId ?? '?'}`));
      assert.doesNotMatch(readFileSync(path.join(home.codexHome, 'config.toml'), 'utf8'), /trust_level/);
    });

    test('a read-only task changes nothing: what it asks for is declined, and the job says so', async () => {
      const { host, repository } = await line(
        (request) => (request.step === 0 ? patches(patch) : answer('I was not allowed to.')),
        'headless',
      );
      const { job } = await host.run(repository.path, taskOrder('Make made.txt'));
      assert.equal(job.state, 'succeeded');
      assert.ok(!existsSync(path.join(repository.path, 'made.txt')));
      assert.match(job.notes.join(), /Create made\.txt; it was declined/);
    });

    test('what would leave the sandbox is declined, with the command', async () => {
      const target = path.join(path.dirname((await line(() => answer(''))).repository.path), 'escaped.txt');
      const { host, repository } = await line(
        (request) =>
          request.step === 0
            ? runs(`touch '${target}'`, {
                sandbox_permissions: 'require_escalated',
                justification: 'Escape',
              })
            : answer('Not allowed.'),
        'headless',
      );
      const { job } = await host.run(repository.path, taskOrder('Escape', { write: true }));
      assert.ok(!existsSync(target));
      assert.match(job.notes.join(), /Run .*touch .*escaped\.txt.*declined/);
    });

    test('a task can go on with the thread of the one before', async () => {
      const { host, repository, model } = await line((request) => answer(`About: ${request.userText}`));
      const first = await host.run(repository.path, taskOrder('Find the bug'));
      const second = await host.run(repository.path, taskOrder('Now fix it', { thread: 'resume' }));
      assert.equal(second.job.state, 'succeeded', second.job.failure?.message);
      assert.equal(second.job.threadId, first.job.threadId);
      assert.match(JSON.stringify(model.requests.at(-1)?.body), /About: Find the bug/);
      await host.app.appServer.restart('For the test.');
      const third = await host.run(repository.path, taskOrder('And again', { thread: 'resume' }));
      assert.equal(third.job.threadId, first.job.threadId);
      assert.match(JSON.stringify(model.requests.at(-1)?.body), /About: Now fix it/);
      const fresh = await host.run(repository.path, taskOrder('Something else'));
      assert.notEqual(fresh.job.threadId, first.job.threadId);
    });

    test('on a copy of a thread the first one stays as it was; each task tells its own tokens, and when a limit resets', async () => {
      const full = {
        'x-codex-primary-used-percent': '100',
        'x-codex-primary-window-minutes': '300',
        'x-codex-primary-reset-at': String(Date.UTC(2026, 10, 30, 12) / 1000),
      };
      const reached = httpError(429, { error: { type: 'usage_limit_reached', message: 'Limit' } });
      const { host, repository, model } = await line((request) =>
        request.userText.includes('too much')
          ? withHeaders(reached, full)
          : request.step === 0
            ? runs('true')
            : answer(`About: ${request.userText}`),
      );
      const run = (prompt: string, more: Partial<TaskOrder> = {}) =>
        host.run(repository.path, taskOrder(prompt, more));
      const first = await run('Find the bug');
      const copy = await run('Another way', { thread: 'resume', fork: true });
      assert.equal(copy.job.state, 'succeeded', copy.job.failure?.message);
      assert.notEqual(copy.job.threadId, first.job.threadId);
      const said = JSON.stringify(model.requests.at(-1)?.body);
      for (const words of [/About: Find the bug/, /a copy of our conversation/]) assert.match(said, words);
      assert.match(copy.job.notes.join(), /goes on with a copy of an earlier thread/);
      const resumed = await run('This way', { thread: first.job.threadId ?? '' });
      const known = JSON.stringify(model.requests.at(-1)?.body);
      assert.match(known, /About: Find the bug/);
      assert.doesNotMatch(known, /Another way/);
      // Two answers of the model each, of 120 tokens.
      assert.deepEqual(
        [first, copy, resumed].map(({ job }) => job.tokens),
        [240, 240, 240],
      );
      assert.match(resumed.markdown, /, 240 tokens/);
      const limited = await run('too much');
      assert.equal(limited.job.state, 'failed');
      const { message, limitResetsAt } = limited.job.failure ?? assert.fail();
      assert.match(message, /^Codex’s 5-hour limit is reached; it resets (on|at) /);
      assert.equal(limitResetsAt, '2026-11-30T12:00:00.000Z');
      const gone = await run('x', { thread: '01a204dd-e180-7c43-a284-e28f5e6afce1', fork: true });
      assert.match(gone.job.failure?.message ?? '', /no thread 01a204dd.* to copy/);
    });

    test('what a running task plans, and what it has changed, can be seen; afterwards nobody keeps it', async () => {
      const plan = [
        { step: 'Look', status: 'completed' },
        { step: 'Write', status: 'in_progress' },
      ];
      // 0.169 offers its models no tool for plans.
      const steps = [...(version === '0.130.0' ? [calls('update_plan', { plan })] : []), patches(patch)];
      const { host, repository } = await line(({ step }) => steps[step] ?? hang());
      const { jobs } = host.app;
      const seen: string[] = [];
      jobs.onDidWork(({ id }) => seen.push(id));
      const { id } = await host.place(repository.path, taskOrder('Write', { write: true }));
      await waitFor('the change', () => jobs.work(id)?.diff.includes('+made by Codex') === true);
      assert.match(jobs.work(id)?.diff ?? '', /^\+\+\+ b\/made\.txt$/m);
      if (version === '0.130.0')
        assert.deepEqual(jobs.work(id)?.plan, [
          { text: 'Look', state: 'completed' },
          { text: 'Write', state: 'inProgress' },
        ]);
      await jobs.cancel(id);
      assert.deepEqual([jobs.work(id), new Set(seen)], [null, new Set([id])]);
    });

    test('a model or effort that Codex does not have is refused before there is a job; of other providers all are taken', async () => {
      const { host, repository, home } = await line(() => answer('Done.'), 'window', { account: 'none' });
      const config = path.join(home.codexHome, 'config.toml');
      // At another address than OpenAI's own there may be any model.
      const own = readFileSync(config, 'utf8').replace(/^openai_base_url.*$/m, '');
      writeFileSync(config, own);
      const place = (order: Order) => host.place(repository.path, order);
      const refused = (message: RegExp, advice: RegExp) => (error: unknown) => {
        assert.ok(error instanceof UsageError, String(error));
        assert.match(error.message, message);
        assert.match(error.advice ?? '', advice);
        return true;
      };
      await assert.rejects(
        place(taskOrder('x', { model: 'gpt-0' })),
        refused(/no model “gpt-0”/, /There are: .*gpt-5\.5/),
      );
      const choice = { model: 'gpt-5.5', effort: 'extreme' };
      await assert.rejects(
        place({ ...reviewOrder(), ...choice }),
        refused(/“gpt-5.5” has no effort/, /: low, /),
      );
      host.settings = { ...host.settings, taskEffort: 'extreme' };
      await assert.rejects(place(taskOrder('x')), refused(/No model of Codex has an effort/, /high/));
      assert.deepEqual(await host.app.jobs.listAll(), []);
      const custom = await line(() => answer('Done.'));
      const { job } = await custom.host.run(
        custom.repository.path,
        taskOrder('x', { model: 'my-own', effort: 'low' }),
      );
      assert.equal(job.state, 'succeeded', job.failure?.message);
    });

    test('a thread that a job works on takes no second one, and is free for other programs afterwards', async () => {
      const { host, repository, home, model } = await line((request) =>
        request.userText.includes('Wait') ? hang() : answer('Done.'),
      );
      const first = await host.run(repository.path, taskOrder('Begin'));
      const thread = first.job.threadId ?? '';
      const waiting = await host.place(repository.path, taskOrder('Wait', { thread }));
      await model.waitFor(({ userText, signal }) => userText.includes('Wait') && !signal.aborted);
      await assert.rejects(
        host.place(repository.path, taskOrder('Me too', { thread, write: true })),
        /still works on that thread/,
      );
      await assert.rejects(host.place(repository.path, taskOrder('And me', { thread: 'resume' })), /no task/);
      await host.app.jobs.cancel(waiting.id);
      const other = createPlainHost({ codex: codexBinary(version).native, env: home.env });
      ends.push(() => other.dispose());
      const there = await other.run(repository.path, taskOrder('Go on elsewhere', { thread }));
      assert.equal(there.job.state, 'succeeded', there.job.failure?.message);
    });

    test('a thread that is gone is not replaced by another one', async () => {
      const { host, repository } = await line(() => answer('Done.'));
      const thread = '01a204dd-e180-7c43-a284-e28f5e6afce1';
      const { job } = await host.run(repository.path, taskOrder('Continue', { thread, write: true }));
      assert.equal(job.state, 'failed');
      assert.match(job.failure?.message ?? '', /no thread 01a204dd/);
    });

    test('a change that was not handed over whole is not approved unseen', async () => {
      const approve = { verdict: 'approve', summary: 'Fine.', findings: [], next_steps: [] };
      const { host, repository } = await line(() => answer(JSON.stringify(approve)));
      writeFileSync(path.join(repository.path, 'a.bin'), Buffer.from([0, 1, 2, 3]));
      const { job } = await host.run(repository.path, { ...reviewOrder(), kind: 'adversarial-review' });
      assert.equal(job.state, 'inconclusive');
    });

    test('a cancelled task ends the command that it ran', async () => {
      const { host, repository } = await line((request) =>
        request.step === 0 ? runs('echo $$ > pid.txt; exec sleep 600') : hang(),
      );
      const { id } = await host.place(repository.path, taskOrder('Wait', { write: true }));
      const file = path.join(repository.path, 'pid.txt');
      await waitFor('the command', () => existsSync(file) && readFileSync(file, 'utf8').trim() !== '');
      const job = await host.app.jobs.cancel(id);
      assert.equal(job.state, 'cancelled');
      // In the sandbox's own pid namespace the number means nothing here; the command line does.
      await waitFor('the end of the command', () => !isRunning('sleep 600'), 10_000);
    });

    test('nothing goes on after a task: a command in the background ends, and a sub-agent, also of a cancelled one', async () => {
      const writes = (name: string) => `while sleep 0.05; do echo x >> ${name}; done`;
      const namespace = version === '0.130.0' ? null : 'multi_agent_v1';
      const cancelled = deferred<undefined>();
      const { host, repository } = await line(async ({ body, step, userText }) => {
        if (userText === 'A part of it') return runs(writes('part.txt'));
        const input = JSON.stringify(body['input']);
        if (step === 0) return spawnsAgent('A part of it', namespace);
        if (step === 1) return runs(writes('own.txt'), { yield_time_ms: 250 });
        await waitFor('both to write', () => ['own.txt', 'part.txt'].every(has));
        if (!input.includes('Never end')) return answer('I left it running.');
        cancelled.resolve(undefined);
        return hang();
      });
      const has = (name: string) => existsSync(path.join(repository.path, name));
      const sizes = () =>
        ['own.txt', 'part.txt'].map((name) => readFileSync(path.join(repository.path, name)).length);
      const ended = async (job: Job) => {
        const atItsEnd = sizes();
        // Each would have written several times.
        await pause(400);
        assert.deepEqual(sizes(), atItsEnd);
        return job;
      };
      const { job } = await host.run(repository.path, taskOrder('Begin', { write: true }));
      await ended(job);
      assert.equal(job.state, 'succeeded', job.failure?.message);
      assert.match(job.notes.join(), /left 1 command and 1 sub-agent running: ended with the task/);
      for (const name of ['own.txt', 'part.txt']) rmSync(path.join(repository.path, name));
      const { id } = await host.place(repository.path, taskOrder('Never end', { write: true }));
      await cancelled.promise;
      assert.equal((await ended(await host.app.jobs.cancel(id))).state, 'cancelled');
    });

    test('an adversarial review is handed the change, without secrets, and answers by the schema', async () => {
      const { host, repository, model } = await line(() =>
        answer(
          JSON.stringify({
            verdict: 'needs-attention',
            summary: 'The constant lies.',
            findings: [
              {
                severity: 'critical',
                title: 'One is two',
                body: 'Every sum is wrong.',
                file: 'a.js',
                line_start: 1,
                line_end: 1,
                confidence: 0.9,
                recommendation: 'Rename it.',
              },
            ],
            next_steps: ['Rename the constant'],
          }),
        ),
      );
      writeFileSync(path.join(repository.path, '.env'), 'TOKEN=very-secret-value\n');
      const order = { ...reviewOrder(), kind: 'adversarial-review', focus: 'naming' } as const;
      const { job, result, markdown } = await host.run(repository.path, order);
      assert.equal(job.state, 'succeeded', job.failure?.message);
      assert.equal(job.verdict, 'findings');
      assert.equal(result?.findings[0]?.priority, 'P0');
      assert.match(markdown, /^Needs attention\. The constant lies\.$/m);
      assert.match(markdown, /Recommendation: Rename it\./);
      assert.match(markdown, /- Rename the constant/);
      assert.match(job.notes.join(), /\.env/);
      const [request] = model.requests;
      const sent = JSON.stringify(request?.body);
      assert.match(sent, /codex_output_schema/);
      assert.match(request?.userText ?? '', /-export const one = 1;\n\+export const one = 2;/);
      assert.match(request?.userText ?? '', /naming/);
      assert.ok(!sent.includes('very-secret-value'));
    });

    test('approval without findings is clean, because the reviewer was handed the whole change', async () => {
      const approve = { verdict: 'approve', summary: 'Fine.', findings: [], next_steps: [] };
      const { host, repository } = await line(() => answer(JSON.stringify(approve)));
      const { job } = await host.run(repository.path, { ...reviewOrder(), kind: 'adversarial-review' });
      assert.equal(job.verdict, 'clean');
    });

    test('with a focus, or a scope that Codex has no word for, the reviewer is told what to look at', async () => {
      const clean = { findings: [], overall_correctness: 'patch is correct', overall_explanation: 'Fine.' };
      // Under load 0.130 tells neither what a command prints at once, nor the end of one if the answer follows at once.
      const thoughtOver = streamed(JSON.stringify(clean).split(/(?<=,)/), { pauseMs: 200 });
      const { host, repository, model } = await line((request) =>
        request.step === 0 ? runs('sleep 0.2; git diff --cached') : thoughtOver,
      );
      await repository.git('add', 'a.js');
      const { job } = await host.run(repository.path, {
        ...reviewOrder({ scope: 'staged' }),
        focus: 'the constant',
      });
      assert.equal(job.verdict, 'clean', job.failure?.message);
      const [request] = model.requests;
      assert.ok(request?.isReview);
      assert.match(request.userText, /git diff --cached/);
      assert.match(request.userText, /the constant/);
    });
  });
}

function isRunning(words: string): boolean {
  return processes().some((line) => line.includes(words));
}

function processes(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => commandLineOf(pid));
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    // It ended while we looked.
    return '';
  }
}
