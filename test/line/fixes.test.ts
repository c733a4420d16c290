import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { waitFor } from '../engine/wait.ts';
import { type ModelReply, answer, findings, hang, patches, runs } from '../models/responsesReply.ts';
import { startResponsesModel } from '../models/responses.ts';
import type { ModelRequest } from '../models/responsesRequest.ts';
import { type CodeProblems, problemsChange } from '../../src/app/codeProblems.ts';
import { threadOfReview } from '../../src/app/reviewThread.ts';
import type { Settings } from '../../src/app/settings.ts';
import { asPrompt } from '../../src/findings/asPrompt.ts';
import { type Job, isTerminal } from '../../src/protocol/job.ts';
import type { ProofVerdict } from '../../src/protocol/proof.ts';
import { codexBinary, codexVersions } from '../support/binaries.ts';
import { createCodexHome } from '../support/codexHome.ts';
import { createRepository } from '../support/repository.ts';
import { createPlainHost } from './plainHost.ts';

/** From a finding over its fix to the proof, on the real App Server; only the model is a stand-in. */

const committed = { 'a.js': 'export const one = 1;\n' };
const uncommitted = { 'a.js': 'export const one = 2;\n' };
const patch =
  '*** Begin Patch\n*** Update File: a.js\n@@\n-export const one = 2;\n+export const one = 1;\n*** End Patch\n';

const finding = {
  title: '[P1] One is two',
  body: 'Every sum is wrong.',
  confidence_score: 0.9,
  priority: 1 as const,
  code_location: { absolute_file_path: 'a.js', line_range: { start: 1, end: 1 } },
};

const isProof = ({ userText }: ModelRequest) => userText.includes('"cannot tell"');

/** Reviews, fixes, and then says that verdict, after a look at the code or at nothing of it; or never. */
function model(request: ModelRequest, verdict: ProofVerdict | null | 'never', looks: boolean): ModelReply {
  if (isProof(request)) {
    if (request.step === 0) return runs(looks ? 'cat a.js' : 'true');
    if (verdict === 'never') return hang();
    return answer(verdict === null ? 'It looks good.' : JSON.stringify({ verdict, reason: 'a.js, line 1.' }));
  }
  if (request.userText.includes('Deal with this finding'))
    return request.step === 0 ? patches(patch) : answer('One is one again.');
  if (request.step === 0) return runs('git diff');
  const overall = { overall_correctness: 'patch is incorrect', overall_explanation: 'No.' } as const;
  return findings({ findings: [finding], ...overall, overall_confidence_score: 0.9 });
}

interface FixedOptions {
  looks?: boolean;
  settings?: Partial<Settings>;
  problems?: CodeProblems;
}

/** A compiler that did not like what there was before. */
const compiler: CodeProblems = {
  watch: () => ({
    settled: (files) =>
      Promise.resolve(
        problemsChange(
          [{ file: 'a.js', line: 1, severity: 'error', message: 'Two is no one.', source: 'js' }],
          [],
          { files, silent: [] },
        ),
      ),
    dispose: () => undefined,
  }),
};

for (const version of codexVersions) {
  describe(`fixes on the real App Server ${version}`, () => {
    const ends: (() => Promise<unknown>)[] = [];
    after(async () => {
      for (const end of ends.reverse()) await end();
    });

    /** A host in which a review has ended with one finding, which a task was to fix. */
    async function fixed(
      verdict: ProofVerdict | null | 'never',
      { looks = true, settings = {}, problems }: FixedOptions = {},
    ) {
      const repository = await createRepository({ committed, uncommitted });
      const responses = await startResponsesModel((request) => model(request, verdict, looks));
      const home = createCodexHome({ modelUrl: responses.url });
      const codex = codexBinary(version).native;
      const host = createPlainHost({
        ...{ codex, env: home.env, folders: [repository.path], settings },
        ...(problems && { problems }),
      });
      for (const part of [repository, home, responses, host]) ends.push(() => part.dispose());
      const review = await host.review(repository.path);
      const found = host.app.findings.open()[0] ?? assert.fail('no finding');
      const order = {
        ...({ kind: 'task', write: true, model: '', effort: '' } as const),
        prompt: asPrompt([{ finding: found, lines: null }]),
        thread: await threadOfReview(host.app.jobs, [found]),
        findings: [found.id],
        title: `Fix: ${found.title}`,
      };
      const { job } = await host.run(repository.path, order);
      assert.equal(job.state, 'succeeded', job.failure?.message);
      const proof = (): Promise<Job> =>
        waitFor('the proof', async () => {
          const jobs = await host.app.jobs.list(repository.path);
          return jobs.find(({ kind, state }) => kind === 'proof' && isTerminal(state));
        });
      const now = () => host.app.findings.find(found.id) ?? assert.fail();
      const change = async () => (await host.app.changes.read(job)) ?? assert.fail();
      return { host, repository, responses, review, job, found, proof, now, change };
    }

    test('on the thread of the review; once it has landed the reviewer is asked on a thread of its own', async () => {
      const { host, repository, responses, review, job, now, proof, change } = await fixed('fixed', {
        problems: compiler,
      });
      assert.equal(job.threadId, review.job.threadId);
      assert.equal(job.title, 'Fix: One is two');
      // It is in its worktree still.
      assert.deepEqual([now().state, (await change()).state], ['open', 'pending']);
      await host.app.changes.apply(await change());
      const proven = await proof();
      assert.equal(proven.summary, 'Fix confirmed');
      assert.notEqual(proven.threadId, review.job.threadId);
      const { state, proof: how, reason, history } = now();
      assert.deepEqual([state, how, reason], ['fixed', 'confirmed', 'a.js, line 1.']);
      assert.deepEqual(
        history.map(({ what }) => what).filter((what) => what.startsWith('fix')),
        ['fix claimed', 'fix confirmed'],
      );
      assert.equal(readFileSync(path.join(repository.path, 'a.js'), 'utf8'), committed['a.js']);
      const asked = responses.requests.find(isProof)?.userText ?? '';
      assert.match(asked, /One is two[^]*Every sum is wrong/);
      // What the compiler says since stands beside the reviewer's word, and in the task's result.
      const said = await waitFor('the compiler', () => now().comments.find(({ by }) => by === 'tandem'));
      assert.match(said.text, /^Compilers and linters, since the change was applied.*Two is no one/);
      assert.match((await host.app.report(job)).markdown, /Gone: a\.js:1 \(js error\) Two is no one\./);
      assert.doesNotMatch(asked, /Two is no one/);
    });

    if (version !== codexVersions[0]) return;

    test('still there: the finding is open again, with the reason', async () => {
      const { host, now, proof, change } = await fixed('still there');
      await host.app.changes.apply(await change());
      assert.equal((await proof()).summary, 'Still there');
      assert.equal(now().state, 'open');
      assert.match(now().comments.at(-1)?.text ?? '', /Still there: a\.js, line 1\./);
      assert.equal(now().history.at(-1)?.by, 'codex');
    });

    for (const [what, verdict, looks] of [
      ['cannot tell', 'cannot tell', true],
      ['“fixed” of somebody who has read nothing', 'fixed', false],
      ['an answer that is no verdict', null, true],
    ] as const)
      test(`${what}: the fix stays a claim`, async () => {
        const { host, now, proof, change } = await fixed(verdict, { looks });
        await host.app.changes.apply(await change());
        assert.equal((await proof()).summary, 'Cannot tell whether it is fixed');
        assert.deepEqual([now().state, now().proof], ['fixed', 'claimed']);
        assert.match(now().comments.at(-1)?.text ?? '', /^Cannot tell whether it is fixed: /);
      });

    test('in place it lands at once; taken back, the finding is open again', async () => {
      const { host, now, proof, change } = await fixed('fixed', { settings: { taskPlace: 'in-place' } });
      await proof();
      assert.deepEqual([now().state, now().proof], ['fixed', 'confirmed']);
      await host.app.changes.undo(await change());
      await waitFor('the finding to be open', () => now().state === 'open');
    });

    test('taken back while the reviewer looks: the finding is open, and the look at an end', async () => {
      const { host, responses, now, proof, change } = await fixed('never');
      await host.app.changes.apply(await change());
      await responses.waitFor((request) => isProof(request) && request.step === 1);
      await host.app.changes.undo(await change());
      assert.equal((await proof()).state, 'cancelled');
      assert.deepEqual([now().state, now().comments], ['open', []]);
    });

    test('nobody is asked where the user does not want it', async () => {
      const settings = { taskPlace: 'in-place', proveFixes: false } as const;
      const { host, repository, now } = await fixed('fixed', { settings });
      await waitFor('the claim', () => now().state === 'fixed');
      const jobs = await host.app.jobs.list(repository.path);
      assert.ok(!jobs.some(({ kind }) => kind === 'proof'));
    });
  });
}
