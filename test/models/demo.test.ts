import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { createPlainHost } from '../line/plainHost.ts';
import { claudeBinary, codexBinary, codexVersions, type CodexVersion } from '../support/binaries.ts';
import { createClaudeHome } from '../support/claudeHome.ts';
import { endsWithThisProcess } from '../support/cleanup.ts';
import { createCodexHome } from '../support/codexHome.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf } from '../support/json.ts';
import { type Leftovers, nothingLeft, snapshotLeftovers } from '../support/processes.ts';
import { createRepository, oddFileNames, type TestRepository } from '../support/repository.ts';
import { createSampleRepository } from '../support/sampleRepository.ts';
import { type DemoModel, startDemoModel } from './demo.ts';
import { demoNotice } from './demoRules.ts';
import { type RawAppServer, startRawAppServer } from './rawAppServer.ts';

describe('the demo model', () => {
  let started: Leftovers;
  let model: DemoModel;
  before(async () => {
    started = await snapshotLeftovers();
    model = await startDemoModel({ stepDelayMs: 0 });
  });
  after(async () => {
    await model.dispose();
    await nothingLeft(started);
  });

  async function reviewed(
    repository: TestRepository,
    target: JsonObject = { type: 'uncommittedChanges' },
    version: CodexVersion = '0.169.0',
  ): Promise<JsonObject> {
    const home = createCodexHome({
      modelUrl: model.responsesUrl,
      provider: { id: 'demo', name: 'Demo model' },
    });
    const server = await startRawAppServer(codexBinary(version).native, home.env);
    try {
      const threadId = await startThread(server, repository.path);
      await server.request('review/start', { threadId, target });
      await server.waitFor('turn/completed');
      return lastJson(server);
    } finally {
      await server.dispose();
      await home.dispose();
    }
  }

  for (const version of codexVersions) {
    it(`finds the flaws of the sample where they are, under codex ${version}`, async () => {
      const repository = await createSampleRepository();
      const review = await reviewed(repository, { type: 'uncommittedChanges' }, version);
      assert.deepEqual(listOf(review['findings']).map(placeAndText), [
        [
          '[P1] Say which time zone a date filter means',
          'src/handler.ts',
          ['new Date(from)', 'new Date(to)'],
        ],
        ['[P1] Check the value before it gets this type', 'src/transaction.ts', ['category as Category']],
        ['[P2] Keep money in whole cents', 'src/summary.ts', ['parseFloat(']],
        ['[P3] Take the debug output out', 'src/handler.ts', ['console.log(']],
      ]);
      assert.equal(review['overall_correctness'], 'patch is incorrect');
      for (const words of freeTexts(review)) assert.ok(words.includes(demoNotice), words);
      await repository.dispose();
    });
  }

  it('has nothing to say, and says so, about the sample as committed', async () => {
    const repository = await createSampleRepository();
    await repository.git('restore', '.');
    await repository.git('clean', '--force', '--quiet');
    const review = await reviewed(repository);
    assert.deepEqual([review['findings'], review['overall_correctness']], [[], 'patch is correct']);
    assert.match(textOf(review['overall_explanation']), /nothing to say against this change/);
    await repository.dispose();
  });

  it('looks at a branch against its base and at a commit', async () => {
    const repository = await createRepository({
      committed: { 'a.ts': 'one();\n' },
      branch: { name: 'feature', committed: { 'a.ts': 'one();\nconsole.log(1);\n' } },
      uncommitted: { 'untracked.ts': 'console.log(2);\n' },
    });
    const sha = (await repository.git('rev-parse', 'HEAD')).trim();
    for (const target of [
      { type: 'baseBranch', branch: 'main' },
      { type: 'commit', sha },
    ]) {
      const review = await reviewed(repository, target);
      assert.deepEqual(listOf(review['findings']).map(placeAndText), [
        ['[P3] Take the debug output out', 'a.ts', ['console.log(']],
      ]);
    }
    await repository.dispose();
  });

  it('finds the same in files whose names break quoting', async () => {
    const files = Object.fromEntries(oddFileNames.map((name) => [name, 'first();\nconsole.log(1);\n']));
    const [tracked, ...untracked] = oddFileNames;
    const repository = await createRepository({ committed: { [tracked]: 'first();\n' }, uncommitted: files });
    const review = await reviewed(repository);
    const names = listOf(review['findings']).map((finding) =>
      fileOf(finding).slice(repository.path.length + 1),
    );
    assert.deepEqual(new Set(names), new Set([tracked, ...untracked]));
    await repository.dispose();
  });

  it('says what it is in any other turn', async () => {
    const home = createCodexHome({ modelUrl: model.responsesUrl });
    const server = await startRawAppServer(codexBinary().native, home.env);
    const threadId = await startThread(server, home.home);
    await server.request('turn/start', { threadId, input: [{ type: 'text', text: 'Fix everything.' }] });
    const turn = objectOf((await server.waitFor('turn/completed'))['turn']);
    assert.match(
      textOf(objectOf(listOf(turn['items'])[0])['text']),
      new RegExp(`^${demoNotice}.*cannot do other tasks`),
    );
    await server.dispose();
    await home.dispose();
  });

  it('reviews in the place of both, who agree on some and each see something of their own', async () => {
    const repository = await createSampleRepository();
    const home = createCodexHome({
      modelUrl: model.responsesUrl,
      provider: { id: 'demo', name: 'Demo model' },
    });
    const { env } = createClaudeHome({ modelUrl: model.messagesUrl, home: home.home });
    const host = createPlainHost({
      codex: codexBinary().native,
      env: { ...env, ...home.env },
      folders: [repository.path],
      settings: { claudePath: claudeBinary().native, reviewers: 'both' },
    });
    const { job } = await host.review(repository.path);
    for (const { id } of await host.app.jobs.partnersOf(job)) await host.app.jobs.wait(id);
    const known = await host.app.findings.of(repository.path);
    assert.deepEqual(
      known.map(({ reviewers, title }) => `${[...reviewers].sort().join('+')}: ${title}`).sort(),
      [
        'claude+codex: Check the value before it gets this type',
        'claude+codex: Say which time zone a date filter means',
        'claude: An unknown category in the filter is ignored',
        'codex: Keep money in whole cents',
        'codex: Take the debug output out',
      ],
    );
    await host.dispose();
    await home.dispose();
    await repository.dispose();
  });

  it('repeats a report as Claude, and says what it is without one', async () => {
    const home = createClaudeHome({ modelUrl: model.messagesUrl });
    const ask = async (prompt: string) => {
      const child = spawn(claudeBinary().native, ['-p', prompt], {
        cwd: home.home,
        env: home.env,
        stdio: ['ignore', 'pipe', 'inherit'],
        timeout: 60_000,
      });
      endsWithThisProcess(child);
      return text(child.stdout);
    };
    assert.match(await ask('Hello.'), new RegExp(`^${demoNotice}, in the place of Claude`));
    const report = await ask(
      'A <tandem-report job="…">: <tandem-report job="j-1">1 finding\n- [P1] Wrong</tandem-report>',
    );
    assert.match(report, /Codex reports, through Tandem:\n\n- \[P1\] Wrong\n\n.*cannot judge them/);
    await home.dispose();
  });
});

async function startThread(server: RawAppServer, cwd: string): Promise<string> {
  const params = { cwd, sandbox: 'read-only', approvalPolicy: 'never', experimentalRawEvents: true };
  return textOf(objectOf((await server.request('thread/start', params))['thread'])['id']);
}

/** The reviewer's JSON: the text of the last raw assistant message that has findings. */
function lastJson(server: RawAppServer): JsonObject {
  const texts = server.notifications
    .filter((entry) => entry.method === 'rawResponseItem/completed')
    .map((entry) => textOf(objectOf(listOf(objectOf(entry.params['item'])['content'])[0])['text']));
  const parsed: unknown = JSON.parse(texts.findLast((entry) => entry.startsWith('{"findings"')) ?? '{}');
  assert.ok(isObject(parsed));
  return parsed;
}

function fileOf(finding: unknown): string {
  return textOf(objectOf(objectOf(finding)['code_location'])['absolute_file_path']);
}

/** Title, file, and for each line of the finding's range the piece of the real file's line that the title is about. */
function placeAndText(finding: unknown): readonly unknown[] {
  const range = objectOf(objectOf(objectOf(finding)['code_location'])['line_range']);
  const lines = readFileSync(fileOf(finding), 'utf8')
    .split('\n')
    .slice(Number(range['start']) - 1, Number(range['end']));
  const pieces = lines.map(
    (line) => /new Date\(\w+\)|category as Category|parseFloat\(|console\.log\(/.exec(line)?.[0],
  );
  return [objectOf(finding)['title'], /(?:src\/)?[^/]+$/.exec(fileOf(finding))?.[0], pieces];
}

function freeTexts(review: JsonObject): readonly string[] {
  const bodies = listOf(review['findings']).map((finding) => textOf(objectOf(finding)['body']));
  return [textOf(review['overall_explanation']), ...bodies];
}
