import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import * as z from 'zod/mini';
import { repositoryFolder } from '../../src/base/paths.ts';
import { findingSchema } from '../../src/protocol/finding.ts';
import { answer, findings, hang, httpError, runs, streamed } from '../models/responsesReply.ts';
import { type ModelScript, startResponsesModel } from '../models/responses.ts';
import type { ReviewOutput } from '../models/reviewOutput.ts';
import { codexBinary, codexVersions } from '../support/binaries.ts';
import { createCodexHome } from '../support/codexHome.ts';
import { createRepository } from '../support/repository.ts';
import { waitFor } from '../engine/wait.ts';
import { createPlainHost, reviewOrder } from './plainHost.ts';
import { setUpReview } from './reviewLine.ts';

/** The whole line in plain Node on the real App Server; only the model is a stand-in. */

const committed = { 'src/add.ts': 'export function add(a: number, b: number) {\n  return a + b;\n}\n' };
const uncommitted = { 'src/add.ts': 'export function add(a: number, b: number) {\n  return a - b;\n}\n' };
const plan = { committed, uncommitted };

function output(repository: string, changes: Partial<ReviewOutput> = {}): ReviewOutput {
  return {
    findings: [
      {
        title: '[P1] add() subtracts instead of adding',
        body: 'The change replaces `+` by `-`.\n\nEvery caller now gets a wrong result.',
        confidence_score: 0.97,
        priority: 1,
        code_location: { absolute_file_path: `${repository}/src/add.ts`, line_range: { start: 2, end: 2 } },
      },
    ],
    overall_correctness: 'patch is incorrect',
    overall_explanation: 'The add function is broken by this change.',
    overall_confidence_score: 0.9,
    ...changes,
  };
}

/** Looks at the change first, as a reviewer should, then says this. */
function looksThen(reply: ReturnType<typeof answer>): ModelScript {
  return (request) => (request.step === 0 ? runs('git diff HEAD') : reply);
}

for (const version of codexVersions) {
  describe(`review on the real App Server ${version}`, () => {
    const cleanUps: (() => Promise<void>)[] = [];
    after(async () => {
      for (const cleanUp of cleanUps) await cleanUp();
    });
    const line = async (script: (repository: string) => ModelScript) => {
      const parts = await setUpReview(version, plan, script);
      cleanUps.push(parts.dispose);
      return parts;
    };

    test('structured answer: findings with place, priority and confidence; kept on disk', async () => {
      const { host, repository } = await line((path) => looksThen(findings(output(path))));
      const { job, result, markdown } = await host.review(repository.path);
      assert.equal(job.state, 'succeeded');
      assert.equal(job.structure, 'structured');
      assert.equal(job.verdict, 'findings');
      assert.equal(job.model, 'gpt-5.5');
      assert.deepEqual(job.target, { kind: 'working-tree', files: 1, lines: 2 });
      const [finding] = result?.findings ?? [];
      assert.equal(finding?.title, 'add() subtracts instead of adding');
      assert.equal(finding.priority, 'P1');
      assert.equal(finding.confidence, 0.97);
      assert.deepEqual([finding.file, finding.startLine, finding.endLine], ['src/add.ts', 2, 2]);
      assert.equal(finding.place, 'anchored');
      assert.match(markdown, /1 finding \(P1\)/);
      assert.match(markdown, /src\/add\.ts:2/);

      const next = createPlainHost({
        codex: '',
        env: {},
        folders: [repository.path],
        stateHome: host.stateHome,
      });
      await next.app.start();
      const known = next.app.findings.all().map((one) => z.parse(findingSchema, one));
      assert.deepEqual(known, result?.findings);
      await next.dispose();
      assert.deepEqual(host.complaints, []);
    });

    test('where no copy of the reviewed texts can be written, the findings come without them', async () => {
      const { host, repository } = await line((path) => looksThen(findings(output(path))));
      const folder = repositoryFolder(host.stateHome, repository.path);
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, 'texts'), 'a file where the folder would be');
      const { job, result } = await host.review(repository.path);
      assert.equal(job.state, 'succeeded', job.failure?.message);
      assert.deepEqual(
        result?.findings.map(({ startLine, anchor }) => [startLine, anchor?.version]),
        [[2, null]],
      );
      assert.match(host.complaints.join(), /A reviewed text could not be kept/);
    });

    test('JSON in a code fence is read as the reviewer’s own JSON', async () => {
      const { host, repository } = await line((path) =>
        looksThen(answer(`\`\`\`json\n${JSON.stringify(output(path), null, 2)}\n\`\`\``)),
      );
      const { job, result } = await host.review(repository.path);
      assert.equal(job.structure, 'structured');
      assert.equal(result?.findings[0]?.confidence, 0.97);
    });

    test('JSON inside prose is recovered, and marked so', async () => {
      const { host, repository } = await line((path) =>
        looksThen(answer(`I looked at {everything}.\n\n${JSON.stringify(output(path))}\n\nThat {is} all.`)),
      );
      const { job, result } = await host.review(repository.path);
      assert.equal(job.structure, 'parsed');
      assert.equal(result?.findings[0]?.startLine, 2);
    });

    test('a missing priority falls back to the title’s tag', async () => {
      const { host, repository } = await line((path) => {
        const whole = output(path);
        const withoutPriority = whole.findings.map((finding) => ({
          ...finding,
          title: '[P0] Wrong',
          priority: undefined,
        }));
        return looksThen(answer(JSON.stringify({ ...whole, findings: withoutPriority })));
      });
      const { job, result } = await host.review(repository.path);
      assert.equal(job.state, 'succeeded');
      assert.equal(result?.findings[0]?.priority, 'P0');
      assert.equal(result.findings[0].confidence, 0.97);
    });

    test('prose gives no verdict, keeps the text, and keeps the former findings', async () => {
      let answers = 0;
      const { host, repository } = await line((path) => (request) => {
        if (request.step === 0) return runs('git diff HEAD');
        answers += 1;
        return answers === 1 ? findings(output(path)) : answer('Looks mostly fine to me.');
      });
      await host.review(repository.path);
      const { job, result } = await host.review(repository.path);
      assert.equal(job.state, 'inconclusive');
      assert.equal(job.structure, 'raw');
      assert.match(job.failure?.message ?? '', /prose/);
      assert.equal(result?.rawText, 'Looks mostly fine to me.');
      assert.equal(host.app.findings.all().length, 1);
    });

    test('an empty answer is no verdict', async () => {
      const { host, repository } = await line(() => looksThen(answer('')));
      const { job } = await host.review(repository.path);
      assert.equal(job.state, 'inconclusive');
      assert.match(job.failure?.message ?? '', /no answer/);
    });

    test('no findings: clean if the reviewer looked, inconclusive if it did not', async () => {
      const clean = {
        findings: [],
        overall_correctness: 'patch is correct',
        overall_explanation: 'All good.',
      } as const;
      // Under load 0.130 does not tell the end of a command in time if the answer follows at once.
      const slowly = (text: string) => streamed(text.split(/(?<=,)/), { pauseMs: 200 });
      const looked = await line((path) => looksThen(slowly(JSON.stringify(output(path, clean)))));
      assert.equal((await looked.host.review(looked.repository.path)).job.verdict, 'clean');
      const blind = await line((path) => () => findings(output(path, clean)));
      const { job } = await blind.host.review(blind.repository.path);
      assert.equal(job.state, 'inconclusive');
      assert.match(job.failure?.message ?? '', /ran no command/);
    });

    test('a model error fails the job with the provider’s words', async () => {
      const { host, repository } = await line(
        () => () => httpError(401, { error: { message: 'Incorrect API key provided' } }),
      );
      const { job } = await host.review(repository.path);
      assert.equal(job.state, 'failed');
      assert.match(job.failure?.message ?? '', /401/);
      assert.match(job.failure?.advice ?? '', /codex login/);
    });

    test('cancel in mid-review reaches the inner turn, and the next review works', async () => {
      let cancelled = false;
      const { host, repository, model } = await line((path) => (request) => {
        if (request.step === 0) return runs('git diff HEAD');
        return cancelled ? findings(output(path)) : streamed(Array(1_000).fill('x'), { pauseMs: 100 });
      });
      const job = await host.place(repository.path, reviewOrder());
      const hanging = await model.waitFor((request) => request.step === 1);
      const ended = await host.app.jobs.cancel(job.id);
      assert.equal(ended.state, 'cancelled');
      await waitFor('Codex to hang up on the model', () => hanging.signal.aborted, 10_000);
      cancelled = true;
      assert.equal((await host.review(repository.path)).job.state, 'succeeded');
    });

    test('a killed App Server fails the job with the true reason, and the next review starts a new one', async () => {
      let killed = false;
      const { host, repository, model } = await line((path) => (request) => {
        if (request.step === 0) return runs('git diff HEAD');
        return killed ? findings(output(path)) : hang();
      });
      const job = await host.place(repository.path, reviewOrder());
      const ending = host.app.jobs.wait(job.id);
      await model.waitFor((request) => request.step === 1);
      const { state } = host.app.appServer;
      assert.ok(state.kind === 'running' && state.pid !== undefined);
      process.kill(state.pid, 'SIGKILL');
      const ended = await ending;
      assert.equal(ended.state, 'failed');
      assert.match(ended.failure?.message ?? '', /ended by SIGKILL/);
      killed = true;
      assert.equal((await host.review(repository.path)).job.state, 'succeeded');
    });

    test('a branch is compared with its base', async () => {
      const { host, repository, model } = await line((path) => looksThen(findings(output(path))));
      await repository.branch('feature');
      await repository.commit('Subtract', uncommitted);
      const { job } = await host.review(repository.path, { scope: 'branch', base: 'main' });
      assert.equal(job.state, 'succeeded');
      const { target } = job;
      assert.ok(target?.kind === 'branch');
      assert.deepEqual([target.base, target.branch, target.files], ['main', 'feature', 1]);
      assert.match(
        model.requests[0]?.userText ?? '',
        new RegExp(`base branch 'main'.*${target.mergeBase}`, 's'),
      );
      const auto = await host.review(repository.path);
      assert.equal(auto.job.target?.kind, 'branch');
    });

    test('places that a reviewer gets wrong never lead outside or to lines that are not there', async () => {
      const place = (path: string, start: number, end: number) => ({
        absolute_file_path: path,
        line_range: { start, end },
      });
      const { host, repository } = await line((path) => {
        const [finding] = output(path).findings;
        assert.ok(finding);
        const places = [
          place('/etc/passwd', 1, 1),
          place(`${path}/../elsewhere.ts`, 1, 1),
          place('src/add.ts', 0, -4),
          place(`${path}/src/add.ts`, 3, 1),
          place(`${path}/src/add.ts`, 90, 95),
          place(`${path}/src/gone.ts`, 7, 9),
        ];
        return looksThen(
          findings(
            output(path, { findings: places.map((code_location) => ({ ...finding, code_location })) }),
          ),
        );
      });
      const { result } = await host.review(repository.path);
      assert.deepEqual(
        result?.findings.map(({ place: where, file, startLine, endLine }) => [
          where,
          file,
          startLine,
          endLine,
        ]),
        [
          ['outside', '/etc/passwd', 1, 1],
          ['outside', `${repository.path}/../elsewhere.ts`, 1, 1],
          ['anchored', 'src/add.ts', 1, 1],
          ['anchored', 'src/add.ts', 3, 3],
          ['anchored', 'src/add.ts', 3, 3],
          ['missing', 'src/gone.ts', 7, 9],
        ],
      );
    });
  });
}

describe('review on the real App Server, once', () => {
  test('an answer of 5 MB arrives whole', async () => {
    const long = 'x'.repeat(5 * 1024 * 1024);
    const { host, repository, dispose } = await setUpReview('0.169.0', plan, () => looksThen(answer(long)));
    const { job, result } = await host.review(repository.path);
    assert.equal(job.state, 'inconclusive');
    assert.equal(result?.rawText.length, long.length);
    await dispose();
  });

  test('not logged in: said before anything is sent to a model', async () => {
    const repository = await createRepository({ committed, uncommitted });
    const model = await startResponsesModel(() => answer(''));
    const home = createCodexHome({ modelUrl: model.url, account: 'none' });
    const host = createPlainHost({ codex: codexBinary().native, env: home.env });
    const { job } = await host.review(repository.path);
    assert.equal(job.state, 'failed');
    assert.deepEqual(job.failure, {
      message: 'Codex is not logged in.',
      advice: 'Run `codex login` in a terminal, then try again.',
    });
    assert.equal(model.requests.length, 0);
    await host.dispose();
    await model.dispose();
    await home.dispose();
  });

  test('the npm launcher is resolved to the native program', async () => {
    const repository = await createRepository({ committed, uncommitted });
    const model = await startResponsesModel(looksThen(findings(output(repository.path))));
    const home = createCodexHome({ modelUrl: model.url });
    const host = createPlainHost({ codex: codexBinary().launcher, env: home.env });
    assert.equal((await host.review(repository.path)).job.state, 'succeeded');
    const { state } = host.app.appServer;
    assert.equal(state.kind === 'running' && state.file, codexBinary().native);
    assert.ok(existsSync(codexBinary().native));
    await host.dispose();
    await model.dispose();
    await home.dispose();
  });
});
