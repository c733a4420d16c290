import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { CancelledError, UserError } from '../../src/base/errors.ts';
import { readConversation, saidAfter } from '../../src/claude/transcript.ts';
import type { AppServerConnection } from '../../src/codex/connection.ts';
import { type TransferRequest, type Transferred, transferSession } from '../../src/codex/transfer.ts';
import { type ResponsesModel, startResponsesModel } from '../models/responses.ts';
import { answer } from '../models/responsesReply.ts';
import { waitFor } from '../engine/wait.ts';
import { codexBinary, codexVersions } from '../support/binaries.ts';
import { type CodexHome, createCodexHome } from '../support/codexHome.ts';
import { type FakeCodex, createFakeCodex } from '../support/fakeCodex.ts';
import { objectsOf, textOf } from '../support/json.ts';
import { createTempFolder } from '../support/temp.ts';
import { createRecordingLogger } from '../unit/bridge/samples.ts';
import { openConnection } from './directConnection.ts';
import { type Transcript, createTranscript } from './transcripts.ts';

/** Claude's sessions become threads of the real Codex; only the models are stand-ins, and so are the transcripts. */

const reader = { saidAfter, readConversation };

interface Line {
  readonly connection: AppServerConnection;
  readonly home: CodexHome;
  /** Where the sessions worked. */
  readonly repository: string;
  /** Claude Code's folder of that repository, where the importer looks. */
  readonly project: string;
  readonly complaints: () => readonly string[];
  readonly transfer: (
    session: Pick<Transcript, 'file'>,
    changes?: Partial<TransferRequest>,
  ) => Promise<Transferred>;
  /** Goes on with the thread as `codex resume ID` does, in a process of its own. Gives what its model was told. */
  readonly resume: (threadId: string, prompt: string) => Promise<string[]>;
  readonly threads: () => Promise<readonly string[]>;
}

for (const version of codexVersions) {
  describe(`transfer of a Claude session to the real Codex ${version}`, () => {
    const updates = version === '0.169.0';
    const cleanUps: (() => Promise<void>)[] = [];
    after(async () => {
      for (const cleanUp of cleanUps.reverse()) await cleanUp();
    });

    async function line(): Promise<Line> {
      const model = await startResponsesModel(() => answer('Stand-in model: noted.'));
      const home = createCodexHome({ modelUrl: model.url });
      const codex = codexBinary(version).native;
      const { connection, logger, dispose } = await openConnection(codex, home.env);
      cleanUps.push(
        () => home.dispose(),
        () => model.dispose(),
        dispose,
      );
      const repository = path.join(home.home, 'repository');
      mkdirSync(repository);
      return {
        ...{ connection, home, repository },
        project: path.join(home.home, '.claude', 'projects', '-repository'),
        complaints: () => logger.at('warn', 'error'),
        transfer: ({ file }, changes) =>
          transferSession(connection, {
            ...{ file, reader, logger, env: home.env, cwd: repository, title: 'Fix the add function' },
            signal: new AbortController().signal,
            ...changes,
          }),
        resume: (threadId, prompt) => resume(codex, home, model, threadId, prompt),
        threads: async () => {
          const { data } = await connection.request('thread/list', { cwd: repository });
          return data.map(({ id }) => id);
        },
      };
    }

    test('a session becomes a thread that has its name and its words', async () => {
      const { transfer, project, repository, threads, resume, connection, complaints } = await line();
      const session = createTranscript(project, repository);
      session.say('Please fix the add function', 'Done: it adds now.');
      const { threadId, name, how } = await transfer(session, { title: ' Fix the\nadd function ' });
      assert.deepEqual({ name, how }, { name: 'Fix the add function', how: 'imported' });
      assert.deepEqual(await threads(), [threadId]);
      const { thread } = await connection.request('thread/read', { threadId, includeTurns: true });
      assert.equal(thread.name, 'Fix the add function');
      // While our own server runs on.
      const told = await resume(threadId, 'And now subtract');
      assert.deepEqual(said(told), ['Please fix the add function', 'Done: it adds now.', 'And now subtract']);
      assert.deepEqual(complaints(), []);
    });

    test('the same session again is the same thread, also after commands that said nothing', async () => {
      const { transfer, project, repository, threads } = await line();
      const session = createTranscript(project, repository);
      session.say('Hello', 'Hi');
      const first = await transfer(session);
      session.answerCommand('/codex:transfer');
      for (const again of [await transfer(session), await transfer(session, { title: 'Another' })])
        assert.deepEqual(again, { ...first, how: 'already imported' });
      assert.deepEqual(await threads(), [first.threadId]);
    });

    test('a session that went on in Claude brings its thread up to date', async () => {
      const { transfer, project, repository, resume } = await line();
      const session = createTranscript(project, repository);
      session.say('First', 'One');
      const first = await transfer(session);
      session.say('Second', 'Two');
      const second = await transfer(session);
      // 0.130 makes a new thread of every state of a file.
      assert.equal(second.how, updates ? 'updated' : 'imported');
      assert.equal(second.threadId === first.threadId, updates);
      assert.equal(second.name, first.name);
      assert.deepEqual(said(await resume(second.threadId, 'Go on')), [
        'First',
        'One',
        'Second',
        'Two',
        'Go on',
      ]);
    });

    test('a session that went on in both places becomes a new thread, and the old one stays', async () => {
      const { transfer, project, repository, resume, threads } = await line();
      const session = createTranscript(project, repository);
      session.say('First', 'One');
      const first = await transfer(session);
      await resume(first.threadId, 'In Codex');
      session.say('In Claude', 'Two');
      const second = await transfer(session);
      assert.equal(second.how, updates ? 'copied' : 'imported');
      assert.notEqual(second.threadId, first.threadId);
      assert.deepEqual(readdirSync(project), [path.basename(session.file)]);
      assert.deepEqual(new Set(await threads()), new Set([first.threadId, second.threadId]));

      assert.deepEqual(await transfer(session), { ...second, how: 'already imported' });
      session.say('Once more', 'Three');
      const third = await transfer(session);
      if (updates) assert.deepEqual(third, { ...second, how: 'updated' });
      const words = ['First', 'One', 'In Claude', 'Two', 'Once more', 'Three', 'Go on'];
      assert.deepEqual(said(await resume(third.threadId, 'Go on')), words);
      assert.deepEqual(said(await resume(first.threadId, 'Still there')).slice(0, 3), [
        'First',
        'One',
        'In Codex',
      ]);
    });

    test('an earlier thread that was archived is not what one wants to go on with', async () => {
      const { transfer, project, repository, connection, resume } = await line();
      const session = createTranscript(project, repository);
      session.say('First', 'One');
      const first = await transfer(session);
      await connection.request('thread/archive', { threadId: first.threadId });
      const second = await transfer(session);
      assert.equal(second.how, 'copied');
      assert.notEqual(second.threadId, first.threadId);
      assert.deepEqual(said(await resume(second.threadId, 'Go on')), ['First', 'One', 'Go on']);
    });

    test('a session of another configuration folder is imported all the same, and nothing is left behind', async () => {
      const { transfer, home, repository, resume } = await line();
      const session = createTranscript(
        path.join(home.home, 'claude-work', 'projects', '-repository'),
        repository,
      );
      session.say('From elsewhere', 'Yes');
      const first = await transfer(session);
      assert.equal(first.how, 'copied');
      assert.equal(existsSync(path.join(home.home, '.claude')), false);
      assert.deepEqual(said(await resume(first.threadId, 'Go on')), ['From elsewhere', 'Yes', 'Go on']);
      assert.equal(existsSync(session.file), true);
    });

    test('a session whose folder is gone is told to a new thread, which a terminal may go on with at once', async () => {
      const { transfer, home, project, resume, connection, complaints } = await line();
      const session = createTranscript(project, path.join(home.home, 'gone'));
      session.say('Where am I', 'Nowhere');
      const { threadId, how, name } = await transfer(session);
      assert.deepEqual({ how, name }, { how: 'injected', name: 'Fix the add function' });
      const { thread } = await connection.request('thread/read', { threadId, includeTurns: false });
      assert.equal(thread.name, name);
      assert.deepEqual(said(await resume(threadId, 'Go on')), ['Where am I', 'Nowhere', 'Go on']);
      assert.deepEqual(complaints(), []);
    });

    test('where the home can’t be written to, the conversation is told to a new thread', async () => {
      const { transfer, home, repository, resume } = await line();
      const session = createTranscript(path.join(home.home, 'elsewhere'), repository);
      session.say('From elsewhere', 'Yes');
      // As root every folder can be written to; a file where the folder should be can't be.
      writeFileSync(path.join(home.home, '.claude'), '');
      const { threadId, how } = await transfer(session);
      rmSync(path.join(home.home, '.claude'));
      assert.equal(how, 'injected');
      assert.deepEqual(said(await resume(threadId, 'Go on')), ['From elsewhere', 'Yes', 'Go on']);
    });

    test('what is no session is refused with words', async () => {
      const { transfer, project, repository, threads } = await line();
      mkdirSync(project, { recursive: true });
      const file = path.join(project, 'x.jsonl');
      const cases: [content: string | null, message: RegExp][] = [
        [null, /There is no session file .*x\.jsonl/],
        ['', /no conversation in .*x\.jsonl/],
        ['garbage\nnot json\n', /no conversation/],
        [`${JSON.stringify({ type: 'system', subtype: 'x', cwd: repository })}\n`, /no conversation/],
      ];
      for (const [content, message] of cases) {
        if (content !== null) writeFileSync(file, content);
        await assert.rejects(
          transfer({ file }),
          (error) => error instanceof UserError && message.test(error.message),
        );
      }
      await assert.rejects(transfer({ file: project }), /is not a file/);
      assert.deepEqual(await threads(), []);
    });

    test('several at once do not get into each other’s way, also where the first takes longer', async () => {
      const { transfer, project, repository, resume } = await line();
      const words = ['One', 'Two', 'Three'];
      const sessions = words.map((word) => {
        const session = createTranscript(project, repository);
        session.say(`I am ${word}`, 'Yes');
        return session;
      });
      sessions[0]?.addToolOutput(200);
      const results = await Promise.all(sessions.map((session) => transfer(session)));
      assert.deepEqual(
        results.map(({ how }) => how),
        ['imported', 'imported', 'imported'],
      );
      for (const [index, word] of words.entries())
        assert.equal(said(await resume(results[index]?.threadId ?? '', 'Go on'))[0], `I am ${word}`);
    });

    test('40 MB of tool output do not stop a transfer', async () => {
      const { transfer, project, repository, resume } = await line();
      const session = createTranscript(project, repository);
      session.say('Read everything', 'I will');
      session.addToolOutput(400);
      session.say('And?', 'It is long');
      const { threadId, how } = await transfer(session);
      assert.equal(how, 'imported');
      const words = said(await resume(threadId, 'Go on'));
      assert.deepEqual([words[0], words.at(-1)], ['Read everything', 'Go on']);
      assert.equal((await transfer(session)).threadId, threadId);
    });
  });
}

describe('an importer that never comes to an end', () => {
  async function withFake(
    body: (
      transfer: (changes: Partial<TransferRequest>) => Promise<unknown>,
      fake: FakeCodex,
    ) => Promise<void>,
  ) {
    const fake = createFakeCodex('ok');
    const home = createTempFolder('home').path;
    const session = createTranscript(path.join(home, '.claude', 'projects', '-x'), home);
    session.say('Hello', 'Hi');
    const env = { ...fake.env, HOME: home, USERPROFILE: home, CODEX_HOME: path.join(home, '.codex') };
    const { connection, dispose } = await openConnection(fake.path, env);
    const request = {
      file: session.file,
      reader,
      env,
      cwd: home,
      title: '',
      logger: createRecordingLogger(),
    };
    const { signal } = new AbortController();
    await body((changes) => transferSession(connection, { ...request, signal, ...changes }), fake);
    await dispose();
    await fake.dispose();
  }

  test('is not waited for beyond the deadline', () =>
    withFake(async (transfer) => {
      await assert.rejects(transfer({ deadline: 200 }), /did not finish the import within 0\.2 s/);
    }));

  test('is left by a cancel', () =>
    withFake(async (transfer, fake) => {
      const abort = new AbortController();
      const transferred = transfer({ signal: abort.signal });
      const isAsked = () => fake.received().some(({ method }) => method === 'externalAgentConfig/import');
      await waitFor('the import', isAsked, 10_000);
      abort.abort();
      await assert.rejects(transferred, CancelledError);
    }));
});

/** The conversation as the model was told it, without what Codex adds by itself. */
function said(told: readonly string[]): string[] {
  return told.filter((text) => !/^<|^# AGENTS\.md|^\[external/.test(text));
}

async function resume(
  codex: string,
  home: CodexHome,
  model: ResponsesModel,
  threadId: string,
  prompt: string,
) {
  const { connection, dispose } = await openConnection(codex, home.env);
  try {
    const completed = new Promise((resolve) => {
      connection.onNotification(({ method }) => method === 'turn/completed' && resolve(method));
    });
    await connection.request('thread/resume', { threadId });
    await connection.request('turn/start', {
      threadId,
      input: [{ type: 'text', text: prompt, text_elements: [] }],
    });
    await Promise.race([completed, connection.ended.then((reason) => Promise.reject(reason))]);
  } finally {
    await dispose();
  }
  const input = objectsOf(model.requests.at(-1)?.body['input']);
  return input
    .filter(({ role }) => role === 'user' || role === 'assistant')
    .flatMap(({ content }) => objectsOf(content).map(({ text }) => textOf(text)));
}
