import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { type ProcessIdentity, identityOf, isAlive } from '../../src/base/childProcess.ts';
import { waitFor } from '../engine/wait.ts';
import type { MessagesScript } from '../models/messages.ts';
import { type MessagesReply, hangs, inOneMessage, says, usesTool } from '../models/messagesReply.ts';
import { claudeBinary, claudeVersions } from '../support/binaries.ts';
import { objectOf } from '../support/json.ts';
import { createTempFolder } from '../support/temp.ts';
import { type ClaudeLineOptions, callsThen, read, setUpClaude, structured } from './claudeLine.ts';
import type { HostProcessOptions } from './hostProcess.ts';
import { killHostWhile } from './killHost.ts';
import { createPlainHost, reviewOrder, taskOrder } from './plainHost.ts';

/** What Claude does beside reviews, and what becomes of its jobs when a host is killed; only its model is a stand-in. */

const plan = {
  committed: { 'src/a.js': 'export const one = 1;\n' },
  uncommitted: { 'src/a.js': 'export const one = 2;\n' },
};

const found = structured({
  findings: [
    {
      title: 'One is two',
      body: 'Every sum is wrong.',
      confidence_score: 0.9,
      priority: 1,
      code_location: { file_path: 'src/a.js', line_range: { start: 1, end: 1 } },
    },
  ],
  overall_correctness: 'patch is incorrect',
  overall_explanation: 'One is two.',
  overall_confidence_score: 0.9,
});

for (const version of claudeVersions) {
  describe(`work of the real Claude Code ${version}`, () => {
    const ends: (() => Promise<void>)[] = [];
    after(async () => {
      for (const end of ends.reverse()) await end();
    });
    const line = async (script: ClaudeLineOptions['script'], options: Partial<ClaudeLineOptions> = {}) => {
      const parts = await setUpClaude(version, { ...plan, ...options, script });
      ends.push(parts.dispose);
      return parts;
    };

    /** A review has ended with one finding; the script is for what comes after it. */
    async function reviewed(
      script: (folder: string) => MessagesScript,
      more: Partial<ClaudeLineOptions> = {},
    ) {
      let isReviewed = false;
      const parts = await line(
        (folder) => (request) => {
          if (isReviewed) return script(folder)(request);
          isReviewed = true;
          return found;
        },
        more,
      );
      const { result } = await parts.host.review(parts.repository.path);
      const finding = result?.findings[0] ?? assert.fail('No finding.');
      return { ...parts, finding };
    }

    test('a question about its finding goes to Claude, which is told the finding and what was said', async () => {
      const { host, repository, finding, model } = await reviewed((folder) =>
        callsThen([read(`${folder}/src/a.js`)], says('Because **one** is two.')),
      );
      const order = { kind: 'question', finding: finding.id, job: finding.job, text: 'Why?' } as const;
      const { job } = await host.run(repository.path, order);
      assert.deepEqual([job.state, job.reviewer, job.failure], ['succeeded', 'claude', null]);
      assert.deepEqual(job.notes, []);
      const [known] = await host.app.findings.of(repository.path);
      assert.deepEqual(
        known?.comments.map(({ by, text }) => [by, text]),
        [
          ['user', 'Why?'],
          ['claude', 'Because **one** is two.'],
        ],
      );
      assert.match(model.requests.at(-1)?.turnText ?? '', /FINDING[^]*One is two[^]*Why\?/);
      await host.run(repository.path, { ...order, text: 'And now?' });
      assert.match(model.requests.at(-1)?.turnText ?? '', /CONVERSATION[^]*Because \*\*one\*\* is two/);
    });

    test('whether it is fixed Claude says, and only after a look', async () => {
      const verdict = structured({ verdict: 'fixed', reason: 'It is one again.' });
      let calls: MessagesReply[] = [];
      const { host, repository, finding } = await reviewed(
        () => (request) => callsThen(calls, verdict)(request),
      );
      const order = { kind: 'proof', finding: finding.id } as const;
      const blind = await host.run(repository.path, order);
      assert.equal(blind.job.summary, 'Cannot tell whether it is fixed');
      calls = [read(`${repository.path}/src/a.js`)];
      const { job } = await host.run(repository.path, order);
      assert.deepEqual([job.reviewer, job.summary], ['claude', 'Fix confirmed']);
      assert.equal((await host.app.findings.of(repository.path))[0]?.state, 'fixed');
    });

    test('a further look is told the change and what is known, and counts only with a look', async () => {
      const nothing = structured({
        verdict: 'approve',
        summary: 'No more.',
        findings: [],
        earlier: [],
        next_steps: [],
      });
      let calls: MessagesReply[] = [];
      const { host, repository, finding, model } = await reviewed(
        () => (request) => callsThen(calls, nothing)(request),
      );
      const order = { kind: 'more', job: finding.job } as const;
      const blind = await host.run(repository.path, order);
      assert.equal(blind.job.state, 'inconclusive');
      calls = [read(`${repository.path}/src/a.js`)];
      const { job } = await host.run(repository.path, order);
      assert.deepEqual([job.reviewer, job.state, job.verdict], ['claude', 'succeeded', 'findings']);
      assert.match(
        model.requests.at(-1)?.turnText ?? '',
        /\+export const one = 2;[^]*KNOWN FINDINGS[^]*One is two/,
      );
    });

    test('a task changes files in its worktree, and nothing outside of it', async () => {
      const { host, repository, model } = await line(() => (request) => {
        const folder = /working directory: (\S+)/i.exec(request.systemText + request.turnText)?.[1];
        if (folder === undefined) throw new Error('Claude was not told its folder.');
        if (request.step === 0) return read(`${folder}/src/a.js`);
        if (request.step === 1)
          return inOneMessage(
            usesTool('Edit', {
              file_path: `${folder}/src/a.js`,
              old_string: 'one = 2',
              new_string: 'one = 1',
            }),
            usesTool('Write', { file_path: `${folder}/new.js`, content: 'export {};\n' }),
            usesTool('Write', { file_path: `${repository.path}/outside.js`, content: 'no\n' }),
            usesTool('Write', { file_path: `${folder}/.vscode/tasks.json`, content: '{}\n' }),
          );
        return says('Done.');
      });
      const order = taskOrder('Mend it', { write: true, agent: 'claude' });
      const { job, result, markdown } = await host.run(repository.path, order);
      assert.deepEqual([job.state, job.failure, job.reviewer], ['succeeded', null, 'claude']);
      assert.deepEqual(result?.changes, [
        { file: 'new.js', kind: 'add' },
        { file: 'src/a.js', kind: 'update' },
      ]);
      assert.match(markdown, /^# Claude task: Mend it/);
      assert.match(markdown, /Files changed by Claude:/);
      assert.equal(readFileSync(path.join(repository.path, 'src/a.js'), 'utf8'), 'export const one = 2;\n');
      assert.equal(existsSync(path.join(repository.path, 'outside.js')), false);
      assert.deepEqual(
        model.requests[0]?.tools.filter((name) => name !== 'DeferredToolPlaceholder').toSorted(),
        ['Edit', 'Glob', 'Grep', 'Read', 'Write'],
      );
      await host.app.changes.apply((await host.app.changes.read(job)) ?? assert.fail('No change is known.'));
      assert.equal(readFileSync(path.join(repository.path, 'src/a.js'), 'utf8'), 'export const one = 1;\n');
    });

    test('a task is held to its worktree whatever the user and the repository allow Claude Code', async () => {
      const allowed = {
        permissions: {
          allow: ['Edit', 'Write', 'Write(//**)', 'Edit(//**)', 'Read(//**)'],
          additionalDirectories: ['/'],
          defaultMode: 'bypassPermissions',
        },
      };
      const ofRepository = JSON.stringify(allowed);
      const { host, repository, model } = await line(
        (root) => (request) => {
          if (request.step > 0) return says('Done.');
          return inOneMessage(
            usesTool('Write', { file_path: `${root}/outside.js`, content: 'no\n' }),
            usesTool('Edit', { file_path: `${root}/src/a.js`, old_string: 'one = 2', new_string: 'one = 3' }),
            usesTool('Read', { file_path: '/etc/hostname' }),
          );
        },
        {
          committed: {
            ...plan.committed,
            '.claude/settings.json': ofRepository,
            '.claude/settings.local.json': ofRepository,
          },
          home: { settings: allowed },
        },
      );
      const { job, result } = await host.run(
        repository.path,
        taskOrder('Mend it', { write: true, agent: 'claude' }),
      );
      assert.equal(job.state, 'succeeded');
      assert.deepEqual(result?.changes, []);
      assert.equal(existsSync(path.join(repository.path, 'outside.js')), false);
      assert.equal(readFileSync(path.join(repository.path, 'src/a.js'), 'utf8'), 'export const one = 2;\n');
      const results = model.requests.at(-1)?.toolResults ?? [];
      assert.equal(results.length, 3);
      for (const text of results) assert.match(text, /permission|not been read/i);
    });

    test('a task that may only read has no tool that writes', async () => {
      const { host, repository, model } = await line(() => () => says('Looked.'));
      const { job, result } = await host.run(repository.path, taskOrder('Look', { agent: 'claude' }));
      assert.deepEqual([job.state, result?.summary], ['succeeded', 'Looked.']);
      assert.ok(!model.requests[0]?.tools.some((name) => /Edit|Write|Bash/.test(name)));
    });

    test('a killed host: its run is ended, and the next host does the review once more', async () => {
      let answer: MessagesReply = hangs();
      const { repository, home, model } = await line(() => () => answer);
      const stateHome = await killedWhile(repository.path, home.env, () => model.waitFor(() => true, 60_000));
      const [file = ''] = readdirSync(path.join(stateHome, 'processes'));
      const child = childOf(path.join(stateHome, 'processes', file));
      answer = found;
      const host = createPlainHost({
        codex: '/nowhere/codex',
        env: home.env,
        stateHome,
        folders: [repository.path],
        settings: { claudePath: claudeBinary(version).native },
      });
      ends.push(() => host.dispose());
      await host.app.start();
      const job = await waitFor(
        'the end of the job',
        async () => (await host.app.jobs.list(repository.path)).find(({ state }) => state === 'succeeded'),
        60_000,
      );
      assert.deepEqual([job.reviewer, job.resumed, job.verdict], ['claude', 1, 'findings']);
      assert.equal(isAlive(child), false);
      assert.deepEqual(readdirSync(path.join(stateHome, 'processes')), []);
    });

    /** Starts a review in a host of its own, and kills that. @returns its state folder */
    async function killedWhile(
      folder: string,
      env: Readonly<Record<string, string>>,
      until: () => Promise<unknown>,
    ) {
      const options: HostProcessOptions = {
        codex: '/nowhere/codex',
        stateHome: createTempFolder('state').path,
        folders: [folder],
        settings: { claudePath: claudeBinary(version).native, reviewers: 'claude' },
        order: reviewOrder(),
      };
      await killHostWhile(options, env, until);
      return options.stateHome;
    }
  });
}

function childOf(file: string): ProcessIdentity {
  const { pid } = objectOf(objectOf(JSON.parse(readFileSync(file, 'utf8')))['child']);
  return identityOf(Number(pid));
}
