import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import type { Host } from '../../src/app/host.ts';
import type { Settings } from '../../src/app/settings.ts';
import { HostConnection } from '../../src/client/hostConnection.ts';
import { type RaceSide, sideText } from '../../src/jobs/raceText.ts';
import { identityOf, isAlive } from '../../src/base/childProcess.ts';
import type { CheckCommand } from '../../src/protocol/fixCheck.ts';
import { type Job, isTerminal } from '../../src/protocol/job.ts';
import { waitFor } from '../engine/wait.ts';
import { type MessagesScript, startMessagesModel } from '../models/messages.ts';
import { apiError, hangs, says, usesTool, withReplyHeaders } from '../models/messagesReply.ts';
import { type ModelScript, startResponsesModel } from '../models/responses.ts';
import { answer, hang, httpError, patches } from '../models/responsesReply.ts';
import { type ClaudeVersion, type CodexVersion, claudeBinary, codexBinary } from '../support/binaries.ts';
import { createClaudeHome } from '../support/claudeHome.ts';
import { createCodexHome } from '../support/codexHome.ts';
import { type RepositoryPlan, createRepository } from '../support/repository.ts';
import { createTempFolder } from '../support/temp.ts';
import { discoveryOf } from '../unit/bridge/rawClient.ts';
import { killHostWhile } from './killHost.ts';
import { createPlainHost } from './plainHost.ts';

/** Both agents at one finding: the real Codex and the real Claude Code, and a check that really runs; only models are stand-ins. */

const wrong = 'export function add(a, b) {\n  return a - b;\n}\n';
const checks = [
  "import assert from 'node:assert/strict';",
  "import { test } from 'node:test';",
  "import { add } from './add.js';",
  "test('adds', () => assert.equal(add(1, 2), 3));",
  '',
].join('\n');
const manifest = { name: 'sums', type: 'module', scripts: { test: 'node --test add.test.js' } };
const plan: RepositoryPlan = {
  committed: {
    'add.js': 'export const nothing = 0;\n',
    'add.test.js': checks,
    'package.json': `${JSON.stringify(manifest)}\n`,
    '.gitignore': 'node_modules/\n',
  },
  // What both start from is the working tree.
  uncommitted: { 'add.js': wrong },
};
const npmTest: CheckCommand = { command: ['npm', 'test'], folder: '' };

const order = { prompt: 'Mend add()', findings: [], title: 'Fix: add() subtracts' };

const patch = (to: string) =>
  `*** Begin Patch\n*** Update File: add.js\n@@\n-  return a - b;\n+  ${to}\n*** End Patch\n`;

const codexFixes =
  (to: string): ModelScript =>
  ({ step }) =>
    step === 0 ? patches(patch(to)) : answer('It adds.');

const claudeFixes =
  (to: string): MessagesScript =>
  ({ step, systemText, turnText }) => {
    const folder = /working directory: (\S+)/i.exec(systemText + turnText)?.[1];
    if (folder === undefined) throw new Error('Claude was not told its folder.');
    const file = `${folder}/add.js`;
    if (step === 0) return usesTool('Read', { file_path: file });
    if (step === 1) return usesTool('Edit', { file_path: file, old_string: 'return a - b;', new_string: to });
    return says('It adds now.');
  };

const changeOf = ({ change }: RaceSide) => change ?? assert.fail('no change');

interface RaceOptions {
  codex: ModelScript;
  claude: MessagesScript;
  check?: CheckCommand | null;
  plan?: RepositoryPlan;
  settings?: Partial<Settings>;
  askCheck?: Host['askCheck'];
  isSubscription?: boolean;
}

const versions: readonly (readonly [CodexVersion, ClaudeVersion])[] = [
  ['0.169.0', '2.1.330'],
  ['0.130.0', '2.1.197'],
];

for (const [codexVersion, claudeVersion] of versions) {
  describe(`a fix race of Codex ${codexVersion} and Claude Code ${claudeVersion}`, () => {
    const ends: (() => Promise<unknown>)[] = [];
    after(async () => {
      for (const end of ends.reverse()) await end();
    });

    async function models(options: RaceOptions) {
      const { codex, claude } = options;
      const repository = await createRepository(options.plan ?? plan);
      const responses = await startResponsesModel(codex);
      const messages = await startMessagesModel(claude);
      const home = createCodexHome({ modelUrl: responses.url });
      const claudeHome = createClaudeHome({
        modelUrl: messages.url,
        home: home.home,
        ...(options.isSubscription === true && { account: 'subscription' as const }),
      });
      const stateHome = createTempFolder('state').path;
      const settings = {
        claudePath: claudeBinary(claudeVersion).native,
        taskPlace: 'in-place' as const,
        ...options.settings,
      };
      const env = { ...claudeHome.env, ...home.env };
      const hostOptions = {
        ...{ codex: codexBinary(codexVersion).native, folders: [repository.path], stateHome, settings },
      };
      for (const part of [repository, home, responses, messages]) ends.push(() => part.dispose());
      return { repository, responses, messages, hostOptions, stateHome, env };
    }

    async function setUp(options: RaceOptions) {
      const { repository, responses, messages, hostOptions, stateHome, env } = await models(options);
      const { check = npmTest, askCheck } = options;
      const host = createPlainHost({ ...hostOptions, env, ...(askCheck && { askCheck }) });
      ends.push(() => host.dispose());
      await host.app.start();
      const asker = { cwd: repository.path, origin: 'editor', session: null } as const;
      const start = () => host.app.race({ ...order, check }, asker);
      const over = async (job: Job) => {
        for (const { id } of await host.app.jobs.racersOf(job)) await host.app.jobs.wait(id);
        const [codexSide, claudeSide] = await host.app.races.sidesOf(job);
        return [codexSide ?? assert.fail('no Codex'), claudeSide ?? assert.fail('no Claude')] as const;
      };
      const worktrees = () => readdirSync(path.join(stateHome, 'worktrees'));
      const text = () => readFileSync(path.join(repository.path, 'add.js'), 'utf8');
      return { repository, responses, messages, host, start, over, worktrees, text };
    }

    test('both start from the same, the check judges each, and taking one is the end of the other', async () => {
      const line = await setUp({ codex: codexFixes('return a + b;'), claude: claudeFixes('return b * a;') });
      const { host } = line;
      const [codex, claude] = await line.over(await line.start());
      assert.deepEqual([codex.job.failure, claude.job.failure], [null, null]);
      assert.equal(line.text(), wrong, 'nothing is in the working tree, whatever the setting says');
      assert.equal(codex.change?.base, claude.change?.base);
      const same = await host.app.races.sameFiles(changeOf(codex), changeOf(claude));
      assert.deepEqual([...same], []);
      assert.deepEqual(codex.check, { ...codex.check, outcome: 'passed', reason: '' });
      assert.deepEqual([claude.check?.outcome, claude.check?.reason], ['failed', 'exit code 1']);
      assert.match(claude.check?.output ?? '', /2 !== 3/);
      assert.match(sideText(codex), /^Codex: \+1 −1, checks pass, [\d,]+ tokens, (\d+ s|\d min)$/);
      assert.match(sideText(claude), /^Claude: \+1 −1, checks fail \(exit code 1\), [\d,]+ tokens, /);
      assert.equal(codex.job.summary, 'Changed 1 file, checks pass');
      const { markdown } = await host.app.report(claude.job);
      assert.match(markdown, /The check `npm test` fails: exit code 1 \(\d+ s\)\.\n\n> /);

      const prompts = [line.responses.requests[0]?.userText, line.messages.requests[0]?.turnText];
      for (const prompt of prompts) assert.match(prompt ?? '', /Mend add\(\)/);
      assert.equal(line.worktrees().length, 2);

      assert.equal((await host.app.changes.apply(changeOf(codex))).kind, 'applied');
      assert.deepEqual(await host.app.races.discardOthers(codex.job), ['claude']);
      assert.match(line.text(), /return a \+ b;/);
      assert.deepEqual(line.worktrees(), []);
      const after = await host.app.races.sidesOf(claude.job);
      assert.deepEqual(
        after.map(({ change: one }) => one?.state),
        ['applied', 'discarded'],
      );
      await host.app.changes.undo((await host.app.changes.read(codex.job)) ?? assert.fail());
      assert.equal(line.text(), wrong);
      assert.deepEqual(await host.app.races.restoreOthers(codex.job), ['claude']);
      const other = changeOf((await host.app.races.sidesOf(claude.job))[1] ?? assert.fail());
      assert.deepEqual([other.state, line.worktrees()], ['pending', [claude.job.id]]);
      assert.deepEqual(await host.app.races.restoreOthers(codex.job), [], 'once');
      assert.equal((await host.app.changes.apply(other)).kind, 'applied');
      assert.match(line.text(), /return b \* a;/);
      assert.deepEqual(host.complaints, []);
    });

    test('one fails, and the other is at its limit: each says so, and what the former had changed is there', async () => {
      const reset = Math.floor(Date.now() / 1000) + 3600;
      const limited = withReplyHeaders(apiError(429, 'rate_limit_error', 'limit'), {
        'anthropic-ratelimit-unified-status': 'rejected',
        'anthropic-ratelimit-unified-reset': String(reset),
        'anthropic-ratelimit-unified-representative-claim': 'five_hour',
      });
      const line = await setUp({
        codex: ({ step }) =>
          step === 0
            ? patches(patch('return a + b;'))
            : httpError(400, { error: { message: 'no such model', type: 'invalid_request_error' } }),
        claude: () => limited,
        isSubscription: true,
      });
      const [codex, claude] = await line.over(await line.start());
      assert.match(sideText(codex), /^Codex: failed: .*no such model.*, \+1 −1, /);
      assert.match(sideText(claude), /^Claude: at its limit: .*resets.*, changed nothing/);
      assert.deepEqual([codex.check, claude.check, line.worktrees().length], [null, null, 1]);
    });

    test('dependencies that git does not carry are lent to the check, and are no part of the change', async () => {
      const needing = {
        ...manifest,
        scripts: { test: 'node uses.js' },
        devDependencies: { sum: '1.0.0' },
      };
      const module = 'export const three = 3;\n';
      const line = await setUp({
        codex: codexFixes('return a + b;'),
        claude: () => says('I leave it.'),
        plan: {
          committed: {
            ...plan.committed,
            'package.json': JSON.stringify(needing),
            'uses.js':
              "import { three } from 'sum';\nimport { add } from './add.js';\nprocess.exit(add(1, 2) === three ? 0 : 1);\n",
          },
          uncommitted: {
            'add.js': wrong,
            'node_modules/sum/package.json': '{"name":"sum","type":"module","main":"index.js"}',
            'node_modules/sum/index.js': module,
          },
        },
      });
      const [codex, claude] = await line.over(await line.start());
      assert.deepEqual([codex.check?.outcome, codex.check?.output], ['passed', codex.check?.output]);
      assert.deepEqual(
        codex.change?.files.map(({ file }) => file),
        ['add.js'],
      );
      assert.equal(codex.change.link, undefined);
      assert.equal(existsSync(path.join(codex.change.worktree ?? '', 'node_modules')), false);
      assert.match(sideText(claude), /^Claude: changed nothing, /);
      assert.equal(claude.check, null);
      await line.host.app.changes.discard(codex.change);
      const kept = path.join(line.repository.path, 'node_modules/sum/index.js');
      assert.equal(readFileSync(kept, 'utf8'), module, 'what was lent is the user’s');
    });

    test('a check that cannot run says why', async () => {
      const line = await setUp({
        codex: codexFixes('return a + b;'),
        claude: claudeFixes('return a + b;'),
        check: { command: ['no-such-program', '--all'], folder: '' },
      });
      const sides = await line.over(await line.start());
      for (const side of sides)
        assert.match(sideText(side), /checks could not run: no-such-program was not found, /);
      const same = await line.host.app.races.sameFiles(changeOf(sides[0]), changeOf(sides[1]));
      assert.deepEqual([...same], ['add.js']);
    });

    test('a check that a fix has changed runs only if the user lets it', async () => {
      const marks = createTempFolder('marks').path;
      const changed = JSON.stringify({ ...manifest, scripts: { test: `node -e 0 >> ${marks}/ran` } });
      const rewrites = `*** Begin Patch\n*** Delete File: package.json\n*** End Patch\n`;
      const writes = `*** Begin Patch\n*** Add File: package.json\n+${changed}\n*** End Patch\n`;
      const options: RaceOptions = {
        codex: ({ step }) =>
          step === 0 ? patches(rewrites) : step === 1 ? patches(writes) : answer('It is easier.'),
        claude: claudeFixes('return a + b;'),
        check: { ...npmTest, definedIn: 'package.json' },
      };
      const unasked = await setUp(options);
      const [alone, other] = await unasked.over(await unasked.start());
      const why = 'package.json, which says what it does, was changed by this fix, and';
      assert.deepEqual(
        [alone.check?.outcome, alone.check?.reason],
        ['could not run', `${why} nobody can be asked here whether it may run`],
      );
      assert.equal(other.check?.outcome, 'passed', 'what was shown may run');
      let mayRun = false;
      const shown: string[] = [];
      const asked = await setUp({
        ...options,
        askCheck: async ({ change, definedIn, job }) => {
          const { after: text } = await asked.host.app.changes.texts(change, definedIn);
          shown.push(`${job.reviewer} ${text?.toString().trim()}`);
          assert.equal((await asked.host.app.jobs.find(job.id))?.waitingFor, 'approval');
          return mayRun;
        },
      });
      const [refused] = await asked.over(await asked.start());
      assert.equal(refused.check?.reason, `${why} you did not let it run`);
      assert.deepEqual([shown, existsSync(`${marks}/ran`)], [[`codex ${changed}`], false]);
      mayRun = true;
      const [allowed] = await asked.over(await asked.start());
      assert.match(
        sideText(allowed),
        /checks pass \(but package\.json, which says what it does, was changed too\)/,
      );
      assert.equal(existsSync(`${marks}/ran`), true);
    });

    test('a killed host: its check is ended, and the next one goes on with both from the same commit', async () => {
      let isKilled = false;
      const { repository, messages, hostOptions, env } = await models({
        codex: (request) =>
          isKilled ? codexFixes('return a + b;')(request) : codexFixes('return a;')(request),
        claude: (request) => (isKilled ? claudeFixes('return b + a;')(request) : hangs()),
      });
      const marks = createTempFolder('marks').path;
      const waits = `test -e ${marks}/again || { echo $$ > ${marks}/pid; sleep 1000; }`;
      const race = { ...order, check: { command: ['sh', '-c', waits], folder: '' } };
      await killHostWhile({ ...hostOptions, race }, env, async () => {
        await waitFor(
          'the check',
          () => existsSync(`${marks}/pid`) && readFileSync(`${marks}/pid`, 'utf8') !== '',
          60_000,
        );
        await waitFor('Claude', () => messages.requests.length > 0, 60_000);
      });
      const left = identityOf(Number(readFileSync(`${marks}/pid`, 'utf8')));
      assert.equal(isAlive(left), true);
      writeFileSync(`${marks}/again`, '');
      isKilled = true;
      repository.write({ 'add.js': 'export const other = 0;\n' });
      const host = createPlainHost({ ...hostOptions, env });
      ends.push(() => host.dispose());
      await host.app.start();
      const jobs = await waitFor(
        'both to end',
        async () => {
          const all = await host.app.jobs.list(repository.path);
          return all.length === 2 && all.every(({ state }) => isTerminal(state)) && all;
        },
        60_000,
      );
      const sides = await host.app.races.sidesOf(jobs[0] ?? assert.fail());
      assert.equal(isAlive(left), false);
      assert.deepEqual(
        sides.map(({ job, check }) => [job.failure, job.summary, job.resumed, check?.outcome]),
        [
          [null, 'Changed 1 file, checks pass', 1, 'passed'],
          [null, 'Changed 1 file, checks pass', 1, 'passed'],
        ],
      );
      assert.equal(new Set(sides.map(({ change }) => change?.base)).size, 1);
      const made = await host.app.changes.texts(sides[1]?.change ?? assert.fail(), 'add.js');
      assert.deepEqual(made.before?.toString(), wrong);
    });

    test('a cancel ends the check with all that it started, and the change stays', async () => {
      const line = await setUp({
        codex: codexFixes('return a + b;'),
        claude: () => hangs(),
        check: { command: ['sh', '-c', 'sleep 1000 & echo $! > pids; sleep 1000'], folder: '' },
      });
      const job = await line.start();
      const { id } = job;
      const pids = path.join(line.host.stateHome, 'worktrees', id, 'pids');
      const begun = await waitFor(
        'the check',
        () => existsSync(pids) && /^\d+\n/.exec(readFileSync(pids, 'utf8')),
        60_000,
      );
      const background = identityOf(Number(begun?.[0]));
      assert.equal(isAlive(background), true);
      assert.equal(
        (await line.host.app.changes.read(job))?.state,
        'running',
        'nobody can decide about it yet',
      );
      assert.equal((await line.host.app.jobs.cancel(id)).state, 'cancelled');
      await waitFor('the end of what it started in the background', () => !isAlive(background), 5_000);
      const change = await line.host.app.changes.read(job);
      assert.deepEqual([change?.state, change?.files.length], ['pending', 1]);
      const [, claude] = await line.host.app.jobs.racersOf(job);
      await line.host.app.jobs.cancel(claude?.id ?? '');
    });

    test('a cancel from a terminal that names none of both ends both', async () => {
      const line = await setUp({ codex: () => hang(), claude: () => hangs() });
      const job = await line.start();
      const client = { door: 'cli', pid: process.pid, version: '0.0.0' } as const;
      const connection = await HostConnection.open(discoveryOf(line.host.app.bridge.discoveryFile), client);
      await connection.cancel({ cwd: line.repository.path });
      connection.close();
      const racers = await line.host.app.jobs.racersOf(job);
      const states = racers.map(({ state }) => state);
      assert.deepEqual(states, ['cancelled', 'cancelled']);
    });
  });
}
