import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { KnownFinding } from '../../src/protocol/knownFinding.ts';
import { comparison } from '../../src/vscode/comparison.ts';
import { settle } from '../../src/vscode/settle.ts';
import { type MessagesScript, startMessagesModel } from '../models/messages.ts';
import { type ModelScript, startResponsesModel } from '../models/responses.ts';
import { findings, runs } from '../models/responsesReply.ts';
import { claudeBinary, claudeVersions, codexBinary, codexVersions } from '../support/binaries.ts';
import { createClaudeHome } from '../support/claudeHome.ts';
import { createCodexHome } from '../support/codexHome.ts';
import { createRepository } from '../support/repository.ts';
import { callHost } from './caller.ts';
import { callsThen, read, structured } from './claudeLine.ts';
import { createPlainHost, reviewOrder } from './plainHost.ts';

/** Both reviewers look at the same lines and disagree, in ordinary words, on the real programs; only the models are stand-ins. */

const plan = {
  committed: { 'src/fetch.ts': 'export const timeout = 30_000;\n' },
  uncommitted: {
    'src/fetch.ts': 'export const timeout = 5_000;\n',
    'src/sum.ts':
      'export function sum(items: number[], n: number) {\n  let all = 0;\n  for (let i = 0; i <= n; i += 1) all += items[i] ?? 0;\n  return all;\n}\n',
  },
};

const overall = {
  overall_correctness: 'patch is incorrect',
  overall_explanation: 'It is wrong.',
  overall_confidence_score: 0.9,
} as const;

const tooShort = {
  title: 'Request timeout of 5 s is too short',
  body: 'The timeout went from 30 s to 5 s, but reports of large accounts need 20 s, so that users see an error.',
  file: 'src/fetch.ts',
  line: 1,
};
const tooLong = {
  title: 'Request timeout of 5 s is too long',
  body: 'The page is blocked for up to 5 s by a request whose timeout should be a second; large accounts see it frozen.',
  file: 'src/fetch.ts',
  line: 1,
};
const tooOften = {
  title: 'Loop runs one time too often',
  body: 'The loop condition `i <= n` reads one element behind the end of items.',
  file: 'src/sum.ts',
  line: 3,
};
const tooEarly = {
  title: 'Loop stops one element too early',
  body: 'The loop condition `i <= n` leaves out the last element of items.',
  file: 'src/sum.ts',
  line: 3,
};

const codexReports: ModelScript = ({ step }) =>
  step === 0
    ? runs('git diff HEAD; cat src/sum.ts')
    : findings({
        findings: [tooShort, tooOften].map(({ title, body, file, line }) => ({
          title,
          body,
          confidence_score: 0.9,
          priority: 2 as const,
          code_location: { absolute_file_path: file, line_range: { start: line, end: line } },
        })),
        ...overall,
      });

const claudeReports: MessagesScript = callsThen(
  [read('src/fetch.ts'), read('src/sum.ts')],
  structured({
    findings: [tooLong, tooEarly].map(({ title, body, file, line }) => ({
      title,
      body,
      confidence_score: 0.8,
      priority: 1,
      code_location: { file_path: file, line_range: { start: line, end: line } },
    })),
    ...overall,
  }),
);

function idOf(title: string, known: readonly KnownFinding[]): string {
  return known.find((one) => one.title === title)?.id ?? assert.fail(title);
}

for (const [index, codexVersion] of codexVersions.entries()) {
  const claudeVersion = claudeVersions[index] ?? claudeVersions[0];
  describe(`Codex ${codexVersion} and Claude Code ${claudeVersion} contradict each other`, () => {
    const ends: (() => Promise<unknown>)[] = [];
    after(async () => {
      for (const end of ends.reverse()) await end();
    });

    test('clear opposites are two findings and one dispute that the user decides; about likely ones an agent is asked', async () => {
      const repository = await createRepository(plan);
      const responses = await startResponsesModel(codexReports);
      const asked: string[] = [];
      const messages = await startMessagesModel((request) => {
        if (!request.userText.includes('whether both found the same defect')) return claudeReports(request);
        asked.push(request.userText);
        return structured({
          pairs: [{ pair: 1, verdict: 'different', reason: 'One is the other way round.' }],
        });
      });
      const codexHome = createCodexHome({ modelUrl: responses.url });
      const claudeHome = createClaudeHome({ modelUrl: messages.url, home: codexHome.home });
      const host = createPlainHost({
        codex: codexBinary(codexVersion).native,
        env: { ...codexHome.env, ...claudeHome.env },
        folders: [repository.path],
        settings: {
          claudePath: claudeBinary(claudeVersion).native,
          reviewers: 'both',
          secondOpinion: 'claude',
        },
      });
      await host.app.start();
      for (const part of [repository, codexHome, claudeHome, responses, messages, host])
        ends.push(() => part.dispose());
      /** Reviews with both. */
      const review = async () => {
        const { id } = await host.place(repository.path, reviewOrder());
        const { markdown } = await callHost(host, { door: 'cli' }, (caller) =>
          caller.wait(id, () => undefined),
        );
        return { id, markdown };
      };
      const known = () => host.app.findings.of(repository.path);
      /** Both reviews of a run side by side, as things are now. */
      const compared = async (id: string) => {
        const job = (await host.app.jobs.find(id)) ?? assert.fail('no review');
        const jobs = [job, ...(await host.app.jobs.partnersOf(job))];
        const parts = await Promise.all(
          jobs.map(async (one) => ({ job: one, result: await host.app.jobs.result(one) })),
        );
        return comparison(job.run?.id ?? '', parts, await known())?.rows ?? [];
      };
      const titles = (rows: Awaited<ReturnType<typeof compared>>) =>
        rows.map(({ codex, claude, decision }) => [codex?.title, claude?.title, decision]);

      const { id, markdown } = await review();
      assert.equal((await known()).length, 4);
      for (const { reviewers, title } of await known()) assert.equal(reviewers.length, 1, title);
      assert.doesNotMatch(markdown, /## Both report/);
      const rows = await compared(id);
      assert.deepEqual(titles(rows), [
        [tooShort.title, tooLong.title, 'open'],
        [tooOften.title, undefined, null],
        [undefined, tooEarly.title, null],
      ]);
      // A dispute is no question to an agent.
      assert.equal(asked.length, 1);
      assert.match(asked[0] ?? '', /one time too often/);
      assert.doesNotMatch(asked[0] ?? '', /timeout/);

      const [codex, claude] = [idOf(tooShort.title, await known()), idOf(tooLong.title, await known())];
      await settle(host.app.findings, { codex, claude, right: 'codex' });
      const loser = host.app.findings.find(claude);
      assert.deepEqual([loser?.state, host.app.findings.find(codex)?.state], ['dismissed', 'open']);
      assert.match(loser?.reason ?? '', /Codex is right \(“Request timeout of 5 s is too short”\)/);

      assert.deepEqual(titles(await compared(id))[0], [tooShort.title, tooLong.title, 'codex']);

      // They say it again: it is decided.
      const again = await review();
      assert.deepEqual(titles(await compared(again.id)), [
        [tooShort.title, undefined, null],
        [tooOften.title, undefined, null],
        [undefined, tooEarly.title, null],
      ]);
      assert.equal(host.app.findings.find(claude)?.state, 'dismissed');
      assert.equal((await known()).length, 4);
      assert.deepEqual(host.complaints, []);
    });
  });
}
