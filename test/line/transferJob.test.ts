import assert from 'node:assert/strict';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { withDeadline } from '../../src/base/async.ts';
import { run } from '../../src/base/childProcess.ts';
import { UsageError } from '../../src/base/errors.ts';
import { projectFolder } from '../../src/claude/sessions.ts';
import type { TransferOrder } from '../../src/protocol/order.ts';
import type { Report } from '../../src/protocol/report.ts';
import { waitFor } from '../engine/wait.ts';
import { startMessagesModel } from '../models/messages.ts';
import { says } from '../models/messagesReply.ts';
import { claudeBinary, codexBinary, codexVersions } from '../support/binaries.ts';
import { createClaudeHome } from '../support/claudeHome.ts';
import { createCodexHome } from '../support/codexHome.ts';
import { createFakeCodex } from '../support/fakeCodex.ts';
import { objectOf, textOf } from '../support/json.ts';
import { createRepository } from '../support/repository.ts';
import { callHost } from './caller.ts';
import { createPlainHost } from './plainHost.ts';
import { createTranscript } from './transcripts.ts';

/** `/codex:transfer` behind its hook: the socket, the job, the real Codex. What transfers do is tested in transfer.test.ts. */

const nowhere = 'http://127.0.0.1:9';
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function line(codex: string, claudeUrl = nowhere) {
  const repository = await createRepository({ committed: { 'src/a.js': '1\n' } });
  const home = createCodexHome({ modelUrl: `${nowhere}/v1` });
  const claude = createClaudeHome({
    home: home.home,
    modelUrl: claudeUrl,
    trustedFolders: [repository.path],
  });
  const env = { ...claude.env, ...home.env };
  const folders = [repository.path];
  const settings = { reviewModel: 'gpt-5.5', reviewEffort: 'high' };
  const host = createPlainHost({ codex, env, folders, settings });
  await host.app.start();
  ends.push(
    () => repository.dispose(),
    () => home.dispose(),
    () => host.dispose(),
  );
  const transfer = (session: string | undefined, order: Partial<TransferOrder> = {}, cwd = repository.path) =>
    callHost(
      host,
      session === undefined ? { door: 'cli' } : { session },
      async (connection): Promise<Report> => {
        const started = await connection.startJob({
          cwd,
          order: { kind: 'transfer', ...order },
          mode: 'wait',
        });
        assert.ok(started.wait);
        return connection.wait(started.report.job.id, () => undefined);
      },
    );
  const project = projectFolder(env, repository.path);
  return { repository, home, env, host, transfer, project };
}

for (const version of codexVersions) {
  describe(`a transfer to the real Codex ${version}, asked for over the socket`, () => {
    const codex = codexBinary(version).native;

    test('the session that asks, with how to go on with it', async () => {
      const { transfer, project, repository, host } = await line(codex);
      const own = createTranscript(project, repository.path);
      own.say('Fix the\n  add function', 'Done.');
      createTranscript(project, repository.path).say('Somebody else', 'Yes');
      const { job, markdown } = await transfer(own.id);
      assert.equal(job.state, 'succeeded', job.failure?.message);
      const threadId = job.threadId ?? '';
      assert.deepEqual(markdown.split('\n'), [
        '# Transfer to Codex: Fix the add function',
        '',
        `In Codex as thread ${threadId}.`,
        '',
        'Codex has imported the session as the thread “Fix the add function”.',
        '',
        // No model: none was asked, whatever the settings for reviews are.
        `Job ${job.id}.`,
        `Go on with it in Codex: \`codex resume ${threadId} --cd ${repository.path}\``,
      ]);
      const name = await host.app.appServer.use(async (connection) => {
        const { thread } = await connection.request('thread/read', { threadId, includeTurns: false });
        return thread.name;
      });
      assert.equal(name, 'Fix the add function');

      const again = await transfer(own.id);
      assert.equal(again.job.threadId, threadId);
      assert.match(again.markdown, /has imported the session before, .*nothing was said since\./);
      own.say('And subtract', 'Done too.');
      const { markdown: updated } = await transfer(own.id);
      assert.match(
        updated,
        version === '0.169.0' ? /what was said since has been added\./ : /Codex has imported the session as/,
      );
      assert.deepEqual(host.complaints, []);
    });

    test('a terminal gets the newest session of its folder, or of the repository around it', async () => {
      const { transfer, project, repository } = await line(codex);
      const older = createTranscript(project, repository.path);
      older.say('The older one', 'Yes');
      utimesSync(older.file, 1_700_000_000, 1_700_000_000);
      createTranscript(project, repository.path).say('The newer one', 'Yes');
      assert.equal((await transfer(undefined)).job.title, 'The newer one');
      const below = path.join(repository.path, 'src');
      assert.equal((await transfer(undefined, {}, below)).job.title, 'The newer one');
    });

    test('a session that was named, which lies where Codex does not look', async () => {
      const { transfer, repository } = await line(codex);
      const elsewhere = createTranscript(path.join(repository.path, 'saved'), repository.path);
      elsewhere.say('From elsewhere', 'Yes');
      const source = path.relative(repository.path, elsewhere.file);
      const { job, markdown } = await transfer(undefined, { source });
      assert.equal(job.state, 'succeeded', job.failure?.message);
      assert.match(
        markdown,
        /has imported a copy of the session as the thread “From elsewhere”, because it imports only/,
      );
    });

    test('what is not there leaves no job', async () => {
      const { transfer, repository, host, project } = await line(codex);
      const wrong: [string | undefined, Partial<TransferOrder>, RegExp][] = [
        [undefined, {}, /No session of Claude Code was started in .*looked in .*projects/],
        [undefined, { source: 'gone.jsonl' }, /There is no session file .*repository.*gone\.jsonl/],
        [undefined, { source: 'src' }, /src is not a file/],
        ['00000000-0000-4000-8000-000000000000', {}, /no transcript of this session .* below/],
        ['../../etc/passwd', {}, /no transcript of this session .* below/],
      ];
      for (const [session, order, message] of wrong)
        await assert.rejects(
          transfer(session, order),
          (error) => error instanceof UsageError && message.test(error.message),
          String(message),
        );
      assert.deepEqual(await host.app.jobs.list(repository.path), []);
      // A session that has a transcript with nothing in it is only known to be so by reading it.
      mkdirSync(project, { recursive: true });
      writeFileSync(path.join(project, 'empty.jsonl'), '');
      const { job } = await transfer(undefined, { source: path.join(project, 'empty.jsonl') });
      assert.equal(job.state, 'failed');
      assert.match(job.failure?.message ?? '', /no conversation/);
    });
  });
}

test('a session that the real Claude Code has just had', async () => {
  const model = await startMessagesModel(() => says('It adds now.'));
  ends.push(() => model.dispose());
  const { transfer, env, repository, host } = await line(codexBinary().native, model.url);
  const args = ['-p', '--output-format', 'json'];
  const input = 'Please fix the add function';
  const { stdout } = await run(claudeBinary().native, args, {
    cwd: repository.path,
    env,
    input,
    timeout: 60_000,
  });
  const { job, markdown } = await transfer(textOf(objectOf(JSON.parse(stdout))['session_id']));
  assert.equal(job.state, 'succeeded', job.failure?.message);
  assert.match(markdown, /Codex has imported the session as the thread “Please fix the add function”\./);
  const text = await host.app.appServer.use(async (connection) => {
    const threadId = job.threadId ?? '';
    return JSON.stringify(await connection.request('thread/read', { threadId, includeTurns: true }));
  });
  assert.match(text, /It adds now\./);
});

test('a transfer that takes too long for the user is cancelled', async () => {
  const fake = createFakeCodex('ok');
  const { transfer, project, repository, host } = await line(fake.path);
  const session = createTranscript(project, repository.path);
  session.say('Hello', 'Hi');
  const transferred = transfer(session.id);
  const isAsked = () => fake.received().some(({ method }) => method === 'externalAgentConfig/import');
  await waitFor('the import', isAsked, 20_000);
  const [job] = host.app.jobs.activeJobs();
  assert.equal(job?.activity, 'Codex takes over the session');
  // The importer itself would be waited for much longer.
  await withDeadline(host.app.jobs.cancel(job.id), 20_000, 'The cancelled job');
  assert.equal((await transferred).job.state, 'cancelled');
  await fake.dispose();
});

test('a server that ends for another job’s sake does not end a transfer', async () => {
  const fake = createFakeCodex('ok');
  const { transfer, project, repository, host } = await line(fake.path);
  const session = createTranscript(project, repository.path);
  session.say('Hello', 'Hi');
  const transferred = transfer(session.id);
  const imports = () =>
    fake.received().filter(({ method }) => method === 'externalAgentConfig/import').length;
  await waitFor('the import', () => imports() === 1, 20_000);
  await host.app.appServer.restart('For the test.');
  await waitFor('the import on the next server', () => imports() === 2, 20_000);
  const [job] = host.app.jobs.activeJobs();
  assert.match(job?.notes.join() ?? '', /For the test\. This job went on on the new one\./);
  await host.app.jobs.cancel(job?.id ?? '');
  await transferred;
  await fake.dispose();
});
