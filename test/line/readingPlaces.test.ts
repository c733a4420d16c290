import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import type { Settings } from '../../src/app/settings.ts';
import { waitFor } from '../engine/wait.ts';
import { type MessagesModel, type MessagesScript, startMessagesModel } from '../models/messages.ts';
import { inOneMessage, says, usesTool } from '../models/messagesReply.ts';
import { startResponsesModel } from '../models/responses.ts';
import { findings, runs } from '../models/responsesReply.ts';
import { type ClaudeVersion, type CodexVersion, claudeBinary, codexBinary } from '../support/binaries.ts';
import { createClaudeHome } from '../support/claudeHome.ts';
import { createCodexHome } from '../support/codexHome.ts';
import { cleanEnvironment } from '../support/environment.ts';
import { type Files, createRepository } from '../support/repository.ts';
import { createTempFolder } from '../support/temp.ts';
import { callsThen, read, structured } from './claudeLine.ts';
import { createPlainHost, reviewOrder, taskOrder } from './plainHost.ts';

/** What agents see where they read, be it the repository or a worktree; only their models are stand-ins. */

const clean = {
  findings: [],
  overall_correctness: 'patch is correct' as const,
  overall_explanation: 'Fine.',
  overall_confidence_score: 0.9,
};

const rules = (...deny: string[]) => JSON.stringify({ permissions: { allow: ['Read(//**)'], deny } });

/** One file for each way to forbid it, and one that nobody forbids. */
const forbidden = ['absolute', 'home', 'relative', 'asked', 'project', 'anchored', 'local', 'anywhere'];
const committed: Files = {
  ...Object.fromEntries([...forbidden, 'open'].map((name) => [`keys/${name}/k.txt`, `TEXT OF ${name}\n`])),
  'src/add.ts': 'export const a = 1;\n',
  '.gitignore': '.claude/settings.local.json\n',
  '.claude/settings.json': rules('Read(./keys/project/**)', 'Read(/keys/anchored/**)', 'Edit(/locked/**)'),
};

const versions: readonly (readonly [CodexVersion, ClaudeVersion])[] = [
  ['0.169.0', '2.1.330'],
  ['0.130.0', '2.1.197'],
];

for (const [codexVersion, claudeVersion] of versions) {
  describe(`where Codex ${codexVersion} and Claude Code ${claudeVersion} read`, () => {
    const ends: (() => Promise<unknown>)[] = [];
    after(async () => {
      for (const end of ends.reverse()) await end();
    });

    async function line(uncommitted: Files, claude: MessagesScript, settings: Partial<Settings>) {
      const home = createTempFolder('home').path;
      const folder = path.join(home, 'work [1]', 'shop (x)');
      mkdirSync(folder, { recursive: true });
      const repository = await createRepository({ folder, committed, uncommitted });
      writeFileSync(path.join(folder, '.claude/settings.local.json'), rules('Read(keys/local/**)'));
      const responses = await startResponsesModel(({ step }) =>
        step === 0 ? runs('git status --porcelain; git diff HEAD; ls src') : findings(clean),
      );
      const messages = await startMessagesModel(claude);
      const written = folder.replaceAll(/[[\]]/g, '\\$&');
      const deny = [
        `Read(/${written}/keys/absolute/**)`,
        String.raw`Read(~/work \[1\]/*/keys/home/*)`,
        'Read(./keys/relative/**)',
        'Read(//**/anywhere/k.txt)',
      ];
      const permissions = { deny, ask: [`Read(/${written}/keys/asked)`] };
      const user = createClaudeHome({ modelUrl: messages.url, home, settings: { permissions } });
      const codex = createCodexHome({ modelUrl: responses.url, home });
      const host = createPlainHost({
        codex: codexBinary(codexVersion).native,
        folders: [folder],
        settings: { claudePath: claudeBinary(claudeVersion).native, ...settings },
        env: { ...user.env, ...codex.env },
      });
      await host.app.start();
      ends.push(
        () => messages.dispose(),
        () => responses.dispose(),
        () => host.dispose(),
      );
      return { host, repository, messages };
    }

    const reads = inOneMessage(...[...forbidden, 'open'].map((name) => read(`keys/${name}/k.txt`)));
    const search = usesTool('Grep', { pattern: 'TEXT OF', path: 'keys', output_mode: 'content' });
    /** Of which files the text went to Claude’s model. */
    const seen = ({ requests }: Pick<MessagesModel, 'requests'>) =>
      [...forbidden, 'open'].filter((name) =>
        requests.some(({ toolResults }) => JSON.stringify(toolResults).includes(`TEXT OF ${name}`)),
      );

    test('a review by both names what neither can be shown, is not clean, and reads nothing that is forbidden', async () => {
      const token = `export const token = 'ghp_${'a1'.repeat(18)}';\n`;
      const { host, repository, messages } = await line(
        { 'src/config.ts': token },
        callsThen([reads, search], structured(clean)),
        { reviewers: 'both' },
      );
      const job = await host.app.jobs.wait((await host.place(repository.path, reviewOrder())).id);
      const [other = assert.fail()] = await host.app.jobs.partnersOf(job);
      for (const { reviewer, state, verdict, failure, notes } of [job, await host.app.jobs.wait(other.id)]) {
        assert.deepEqual([reviewer, state, verdict], [reviewer, 'inconclusive', 'inconclusive']);
        assert.match(failure?.message ?? '', /nothing of what it was to review could be shown/);
        assert.deepEqual(
          notes.filter((note) => note.includes('config.ts')),
          ['Not handed to the reviewer: src/config.ts (looks like a secret).'],
        );
      }
      assert.deepEqual(seen(messages), ['open']);
    });

    test('a task in a worktree of its own reads and changes nothing that is forbidden', async () => {
      const write = (name: string) => usesTool('Write', { file_path: name, content: 'written\n' });
      const { host, repository, messages } = await line(
        { 'src/add.ts': 'export const a = 2;\n' },
        callsThen([reads, search, write('locked/a.txt'), write('free.txt')], says('Done.')),
        { reviewers: 'claude' },
      );
      const task = taskOrder('Write both', { write: true, agent: 'claude' });
      const { job, result } = await host.run(repository.path, task);
      assert.deepEqual([job.state, job.failure], ['succeeded', null]);
      assert.deepEqual(seen(messages), ['open']);
      assert.deepEqual(
        result?.changes.map(({ file }) => file),
        ['free.txt'],
      );
    });

    test('a review of the repository itself neither; its damaged settings are told', async () => {
      const { host, repository, messages } = await line(
        { 'src/add.ts': 'export const a = 2;\n' },
        callsThen([reads, search], structured(clean)),
        { reviewers: 'claude' },
      );
      const { job } = await host.review(repository.path);
      assert.equal(job.verdict, 'clean');
      assert.deepEqual(seen(messages), ['open']);
      repository.write({ '.claude/settings.local.json': '{ "permissions": ' });
      const { job: failed } = await host.review(repository.path);
      assert.match(failed.failure?.message ?? '', /settings\.local\.json is not valid JSON/);
    });
  });
}

test('a cancel of a review by both reaches git, which still writes the files that they would read', async (context) => {
  const repository = await createRepository({
    committed: { 'a.txt': 'a\n', '.gitattributes': '*.txt filter=slow\n' },
    uncommitted: { 'a.txt': 'b\n' },
  });
  // A filter of the user's, as Git LFS is one, that takes for ever.
  const other = createTempFolder('filter').path;
  const [gate, config] = [path.join(other, 'gate'), path.join(other, 'config')];
  execFileSync('mkfifo', [gate]);
  const held = openSync(gate, 'r+');
  const smudge = `touch '${other}/'$$.started; cat '${gate}' 2>/dev/null`;
  writeFileSync(config, `[filter "slow"]\n\tsmudge = "${smudge}"\n`);
  const home = createTempFolder('home').path;
  const host = createPlainHost({
    codex: '/nowhere/codex',
    folders: [repository.path],
    settings: { claudePath: '/nowhere/claude', reviewers: 'both' },
    env: cleanEnvironment({ HOME: home, GIT_CONFIG_GLOBAL: config }),
  });
  context.after(async () => {
    rmSync(gate);
    closeSync(held);
    await host.dispose();
    await repository.dispose();
  });
  await host.app.start();
  await host.place(repository.path, reviewOrder());
  const started = () => readdirSync(other).filter((name) => name.endsWith('.started'));
  await waitFor('both checkouts', () => started().length === 2);
  const jobs = await host.app.jobs.list(repository.path);
  assert.deepEqual(
    jobs.map(({ activity }) => activity),
    Array<string>(2).fill('Checking out the files as they were'),
  );
  for (const { id } of jobs) await host.app.jobs.cancel(id);
  for (const { id } of jobs)
    await waitFor('its end', async () => (await host.app.jobs.find(id))?.state === 'cancelled', 30_000);
  assert.deepEqual(readdirSync(path.join(host.stateHome, 'worktrees')), []);
});
