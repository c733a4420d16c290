import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { answer, findings, patches, runs } from '../models/responsesReply.ts';
import { startResponsesModel } from '../models/responses.ts';
import { codexBinary, codexVersions } from '../support/binaries.ts';
import { createCodexHome } from '../support/codexHome.ts';
import { createRepository } from '../support/repository.ts';
import { createPlainHost, taskOrder } from './plainHost.ts';

const committed = { 'a.js': 'export const one = 1;\n' };
const uncommitted = { 'a.js': 'export const one = 2;\n' };
const patch =
  '*** Begin Patch\n*** Update File: a.js\n@@\n-export const one = 2;\n+export const one = 3;\n*** End Patch\n';
const found = {
  title: '[P1] One is two',
  body: 'Every sum is wrong.',
  confidence_score: 0.9,
  priority: 1 as const,
  code_location: { absolute_file_path: 'a.js', line_range: { start: 1, end: 1 } },
};

/** What another agent is told that goes on with a job, from the threads of the real App Server. */
for (const version of codexVersions) {
  describe(`going on elsewhere with jobs of the real App Server ${version}`, () => {
    const ends: (() => Promise<unknown>)[] = [];
    after(async () => {
      for (const end of ends.reverse()) await end();
    });

    async function start() {
      const repository = await createRepository({ committed, uncommitted });
      const responses = await startResponsesModel(({ userText, step }) => {
        if (userText.includes('Make one three'))
          return step === 0 ? patches(patch) : answer('One is three now.');
        if (step === 0) return runs('git diff');
        const overall = {
          overall_correctness: 'patch is incorrect',
          overall_explanation: 'It breaks sums.',
        } as const;
        return findings({ findings: [found], ...overall, overall_confidence_score: 0.9 });
      });
      const home = createCodexHome({ modelUrl: responses.url });
      const codex = codexBinary(version).native;
      const host = createPlainHost({ codex, env: home.env, folders: [repository.path] });
      for (const part of [repository, home, responses, host]) ends.push(() => part.dispose());
      return { host, repository };
    }

    test('a review: what was said, what is open, and the change', async () => {
      const { host, repository } = await start();
      const { job } = await host.review(repository.path);
      const text = await host.app.continuation(job);
      assert.match(text, /BEGIN CONVERSATION [^]*It breaks sums\.[^]*END CONVERSATION/);
      assert.match(text, /still open:[^]*Title: One is two[^]*Every sum is wrong\./);
      assert.match(text, /reviewed, as it is now:[^]*-export const one = 1;\n\+export const one = 2;/);
      const [finding] = host.app.findings.open();
      await host.app.findings.dismiss([finding?.id ?? ''], 'Intended');
      assert.doesNotMatch(await host.app.continuation(job), /still open/);
    });

    test('a task: the user’s words, the answer, and the change that waits', async () => {
      const { host, repository } = await start();
      const { job } = await host.run(repository.path, taskOrder('Make one three', { write: true }));
      const text = await host.app.continuation(job);
      assert.match(text, /User:\n[^]*Make one three[^]*Codex:\nOne is three now\./);
      assert.match(
        text,
        /has not decided about it yet\)\. It is not in the working tree\.[^]*\+export const one = 3;/,
      );
    });

    test('a job without a thread is none to go on with', async () => {
      const { host, repository } = await start();
      const { job } = await host.review(repository.path);
      await assert.rejects(host.app.continuation({ ...job, threadId: null }), /no thread of Codex/);
      const gone = { ...job, threadId: '01234567-0123-7123-8123-0123456789ab' };
      await assert.rejects(host.app.continuation(gone), /Codex has no conversation of this job any more/);
    });
  });
}
