import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { waitFor } from '../engine/wait.ts';
import { answer, findings, hang, runs } from '../models/responsesReply.ts';
import { type ModelScript, startResponsesModel } from '../models/responses.ts';
import type { ModelRequest } from '../models/responsesRequest.ts';
import type { Finding } from '../../src/protocol/finding.ts';
import type { MoreOrder, QuestionOrder } from '../../src/protocol/order.ts';
import { codexBinary, codexVersions } from '../support/binaries.ts';
import { createCodexHome } from '../support/codexHome.ts';
import { createRepository } from '../support/repository.ts';
import { createPlainHost } from './plainHost.ts';

/** Questions about findings and reviews that go on, on the real App Server; only the model is a stand-in. */

const committed = { 'a.js': 'export const one = 1;\n' };
const uncommitted = { 'a.js': 'export const one = 2;\n' };

/** A review with one finding. */
function review(request: ModelRequest) {
  if (request.step === 0) return runs('git diff');
  return findings({
    findings: [
      {
        title: '[P1] One is two',
        body: 'Every sum is wrong.',
        confidence_score: 0.9,
        priority: 1,
        code_location: { absolute_file_path: 'a.js', line_range: { start: 1, end: 1 } },
      },
    ],
    overall_correctness: 'patch is incorrect',
    overall_explanation: 'One is two.',
    overall_confidence_score: 0.9,
  });
}

function question({ id, job }: Finding, text: string): QuestionOrder {
  return { kind: 'question', finding: id, job, text };
}

function further(list: readonly unknown[]) {
  const verdict = list.length === 0 ? 'approve' : 'needs-attention';
  return answer(JSON.stringify({ verdict, summary: 'Looked again.', findings: list, next_steps: [] }));
}

const another = {
  severity: 'high',
  title: 'Nobody tests it',
  body: 'There is no test.',
  file: 'a.js',
  line_start: 1,
  line_end: 1,
  confidence: 0.7,
  recommendation: 'Add one.',
};

for (const version of codexVersions) {
  describe(`conversations on the real App Server ${version}`, () => {
    const ends: (() => Promise<unknown>)[] = [];
    after(async () => {
      for (const end of ends.reverse()) await end();
    });

    /** A host in which a review has ended with one finding; the script is for what comes after it. */
    async function reviewed(script: ModelScript) {
      const repository = await createRepository({ committed, uncommitted });
      const model = await startResponsesModel((request) =>
        request.isReview ? review(request) : script(request),
      );
      const home = createCodexHome({ modelUrl: model.url });
      const codex = codexBinary(version).native;
      const host = createPlainHost({ codex, env: home.env, folders: [repository.path] });
      ends.push(
        () => repository.dispose(),
        () => home.dispose(),
        () => model.dispose(),
        () => host.dispose(),
      );
      const { job, result } = await host.review(repository.path);
      const [finding] = result?.findings ?? [];
      assert.ok(finding, job.failure?.message);
      const said = () =>
        host.app.findings.find(finding.id)?.comments.map(({ by, text }) => `${by}: ${text}`) ?? [];
      return { host, repository, model, home, review: job, finding, said };
    }

    test('the answer comes from the thread of the review, and is a comment and the result', async () => {
      const { host, repository, model, review, finding, said } = await reviewed((request) =>
        request.step === 0 ? runs('cat a.js') : answer('Because **two** is not one.'),
      );
      const { job, result } = await host.run(repository.path, question(finding, 'Why is that?'));
      assert.equal(job.state, 'succeeded', job.failure?.message);
      assert.equal(job.threadId, review.threadId);
      assert.equal(job.summary, 'Answered after 1 command');
      assert.equal(result?.summary, 'Because **two** is not one.');
      assert.deepEqual(said(), ['user: Why is that?', 'codex: Because **two** is not one.']);
      assert.deepEqual(job.notes, []);
      const { userText, body } = model.requests.at(-1) ?? {};
      assert.match(userText ?? '', /Title: One is two[\s\S]*Why is that\?$/);
      // The model has the review before it, and is not held to the form of a review's answer.
      const sent = JSON.stringify(body);
      assert.ok(sent.split('Every sum is wrong.').length > 2, sent);
      assert.doesNotMatch(sent, /codex_output_schema/);
    });

    test('a thread that is gone is replaced by a new one, which is told what was said; the job says so', async () => {
      const { host, repository, model, home, review, finding, said } = await reviewed(() => answer('Yes.'));
      await host.run(repository.path, question(finding, 'Is it real?'));
      await host.app.appServer.restart('For the test.');
      for (const name of readdirSync(home.codexHome, { recursive: true, encoding: 'utf8' }))
        if (name.includes(review.threadId ?? '?')) rmSync(path.join(home.codexHome, name));
      const { job } = await host.run(repository.path, question(finding, 'And now?'));
      assert.equal(job.state, 'succeeded', job.failure?.message);
      assert.notEqual(job.threadId, review.threadId);
      assert.match(job.notes.join(), /no longer has the thread/);
      assert.match(model.requests.at(-1)?.userText ?? '', /User: Is it real\?\s+Reviewer: Yes\./);
      assert.equal(said().length, 4);
    });

    test('a cancelled question leaves the words, and says why there is no answer', async () => {
      const { host, repository, model, finding, said } = await reviewed(() => hang());
      const { id } = await host.place(repository.path, question(finding, 'Wait?'));
      await model.waitFor(({ userText, signal }) => userText.includes('Wait?') && !signal.aborted);
      assert.deepEqual(said(), ['user: Wait?']);
      assert.equal((await host.app.jobs.cancel(id)).state, 'cancelled');
      await waitFor('the note', () => said().length === 2);
      assert.match(said()[1] ?? '', /^tandem: There is no answer: the question was cancelled/);
    });

    test('questions on one thread take turns; other hosts leave a busy thread alone', async () => {
      let open: () => void = () => undefined;
      const opened = new Promise<void>((resolve) => (open = resolve));
      const { host, repository, home, model, finding, said } = await reviewed(async ({ userText }) => {
        if (userText.endsWith('First?')) await opened;
        return answer(`To ${userText.slice(-7)}`);
      });
      const first = await host.place(repository.path, question(finding, 'First?'));
      await model.waitFor(({ userText }) => userText.endsWith('First?'));
      const second = await host.place(repository.path, question(finding, 'Second?'));
      assert.equal(host.app.jobs.activeJobs().find(({ id }) => id === second.id)?.state, 'queued');
      const other = createPlainHost({
        codex: codexBinary(version).native,
        env: home.env,
        folders: [repository.path],
        stateHome: host.stateHome,
      });
      ends.push(() => other.dispose());
      await other.app.findings.show([repository.path]);
      await assert.rejects(
        other.app.conversations.ask(finding.id, 'Me too?'),
        /another window or terminal works on that thread/,
      );
      open();
      assert.equal((await host.app.jobs.wait(first.id)).state, 'succeeded');
      assert.equal((await host.app.jobs.wait(second.id)).state, 'succeeded');
      await waitFor('the words of the other host', () => said().length === 6);
      assert.ok(said().includes('user: Me too?'));
      assert.ok(said().indexOf('codex: To First?') < said().indexOf('codex: To Second?'));
    });

    test('a further look adds to the findings, and is told what is known', async () => {
      const { host, repository, model, review, finding } = await reviewed((request) =>
        request.step === 0 ? runs('cat a.js') : further([another]),
      );
      const order: MoreOrder = { kind: 'more', job: review.id };
      const { job, result } = await host.run(repository.path, order);
      assert.equal(job.verdict, 'findings', job.failure?.message);
      assert.equal(job.kind, 'review');
      assert.deepEqual(job.target, review.target);
      assert.equal(job.threadId, review.threadId);
      assert.deepEqual(
        result?.findings.map(({ title }) => title),
        ['Nobody tests it'],
      );
      const open = host.app.findings.open().map(({ title, mark }) => [title, mark]);
      assert.deepEqual(open, [
        ['One is two', 'new'],
        ['Nobody tests it', 'new'],
      ]);
      const { userText, body } = model.requests.at(-1) ?? {};
      assert.match(userText ?? '', /\[P1\] One is two \(a\.js, line 1; open\)/);
      assert.match(JSON.stringify(body), /codex_output_schema/);
      assert.notEqual(result.findings[0]?.id, finding.id);
    });

    test('a further look that finds nothing does not make clean what has findings', async () => {
      const { host, repository, review } = await reviewed((request) =>
        request.step === 0 ? runs('cat a.js') : further([]),
      );
      const { job } = await host.run(repository.path, { kind: 'more', job: review.id });
      assert.equal(job.verdict, 'findings', job.failure?.message);
      assert.equal(job.summary, 'No further findings');
      assert.equal(host.app.findings.open().length, 1);
    });

    test('a further look that looked at nothing is inconclusive', async () => {
      const { host, repository, review } = await reviewed(() => further([]));
      const { job } = await host.run(repository.path, { kind: 'more', job: review.id });
      assert.equal(job.state, 'inconclusive');
    });
  });
}
