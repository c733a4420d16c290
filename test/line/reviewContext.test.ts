import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { findings, runs } from '../models/responsesReply.ts';
import { startResponsesModel } from '../models/responses.ts';
import type { ReviewOutput } from '../models/reviewOutput.ts';
import { codexBinary, codexVersions } from '../support/binaries.ts';
import { createCodexHome } from '../support/codexHome.ts';
import { createRepository } from '../support/repository.ts';
import { createPlainHost } from './plainHost.ts';

/** What the reviewer of the real App Server is told besides its target: measured at the model that gets it. */

const nativePrompt =
  'Review the current code changes (staged, unstaged, and untracked files) and provide prioritized findings.';

function output(repository: string): ReviewOutput {
  return {
    findings: ['Adds the wrong way', 'Has no test'].map((title, index) => ({
      title,
      body: 'See the code.',
      confidence_score: 0.9,
      priority: index === 0 ? 1 : 2,
      code_location: { absolute_file_path: `${repository}/src/add.ts`, line_range: { start: 1, end: 1 } },
    })),
    overall_correctness: 'patch is incorrect',
    overall_explanation: 'Two findings.',
    overall_confidence_score: 0.9,
  };
}

for (const version of codexVersions) {
  describe(`what a reviewer is told on the real App Server ${version}`, () => {
    const cleanUps: (() => Promise<void>)[] = [];
    after(async () => {
      for (const cleanUp of cleanUps.reverse()) await cleanUp();
    });

    async function setUp() {
      const repository = await createRepository({
        committed: { 'src/add.ts': 'a + b;\n', 'src/lib/odd\nname.ts': 'x;\n', 'package-lock.json': '1\n' },
        uncommitted: { 'src/add.ts': 'a - b;\n', 'package-lock.json': '2\n' },
      });
      const model = await startResponsesModel((request) =>
        request.step === 0 ? runs('git diff HEAD') : findings(output(repository.path)),
      );
      const home = createCodexHome({ modelUrl: model.url });
      const codex = codexBinary(version).native;
      const host = createPlainHost({ codex, env: home.env, folders: [repository.path] });
      for (const part of [repository, home, model, host]) cleanUps.push(() => part.dispose());
      await host.app.start();
      return { repository, model, host };
    }

    test('dismissed and open findings and excluded files reach it; its prompt stays Codex’s own', async () => {
      const { repository, model, host } = await setUp();
      const first = await host.review(repository.path);
      assert.deepEqual(first.job.target, { kind: 'working-tree', files: 1, lines: 2 });
      assert.ok(first.job.notes.includes('Left out by tandem.review.exclude: package-lock.json.'));
      const [asked] = model.requests;
      assert.equal(asked?.userText, nativePrompt);
      assert.match(asked.developerText, /BEGIN LEFT OUT BY SETTINGS \w+ -----\n"package-lock\.json"\n/);
      assert.doesNotMatch(asked.developerText, /BEGIN (OPEN|DISMISSED)/);

      const [wrong, untested] = first.result?.findings ?? [];
      assert.ok(wrong && untested);
      await host.app.findings.dismiss([untested.id], 'Generated tests cover it.');
      const before = model.requests.length;
      assert.equal((await host.review(repository.path)).job.state, 'succeeded');
      const again = model.requests.slice(before);
      assert.ok(again.length > 1);
      for (const request of again) {
        assert.ok(request.isReview);
        assert.equal(request.userText, nativePrompt);
        assert.match(request.developerText, /^# Review guidelines/m);
        assert.match(request.developerText, /"title":"Has no test".*"reason":"Generated tests cover it\."/);
        assert.match(request.developerText, new RegExp(`"id":"${wrong.id}".*"title":"Adds the wrong way"`));
      }
    });

    test('chosen files are its target, as data, and nothing of the change', async () => {
      const { repository, model, host } = await setUp();
      const files = ['src/add.ts', 'src/lib'];
      const { job } = await host.review(repository.path, { scope: 'files', files });
      assert.equal(job.state, 'succeeded', job.failure?.message);
      assert.deepEqual(job.target, {
        kind: 'files',
        paths: ['src/add.ts', 'src/lib/'],
        files: 2,
        lines: 2,
      });
      const [request] = model.requests;
      assert.ok(request?.isReview);
      assert.match(request.userText, /BEGIN NAMES \w+ -----\n"src\/add\.ts"\n"src\/lib\/"\n----- END NAMES/);
      assert.match(request.userText, /as if all of it were new/);
      assert.doesNotMatch(request.userText, /git diff/);
    });

    test('selected lines are handed to the adversarial reviewer with their numbers', async () => {
      const { repository, model, host } = await setUp();
      const target = { scope: 'auto' as const, files: ['src/add.ts'], lines: '1' };
      const order = { kind: 'adversarial-review', target, focus: '', model: '', effort: '' } as const;
      const { job } = await host.run(repository.path, order);
      assert.equal(job.title, 'line 1 of src/add.ts');
      const [request] = model.requests;
      assert.match(request?.userText ?? '', /BEGIN FILE \w+ -----\n"src\/add\.ts"\n1\| a - b;\n/);
      assert.ok(
        JSON.stringify(request?.body).includes('"still-there"'),
        'the schema asks for earlier findings',
      );
    });
  });
}
