import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { buildPlugin } from '../../esbuild.mjs';
import type { Settings } from '../../src/app/settings.ts';
import type { ReviewerId } from '../../src/protocol/finding.ts';
import { isTerminal } from '../../src/protocol/job.ts';
import type { Report } from '../../src/protocol/report.ts';
import { waitFor } from '../engine/wait.ts';
import { type MessagesScript, startMessagesModel } from '../models/messages.ts';
import { hangs } from '../models/messagesReply.ts';
import { type ModelScript, startResponsesModel } from '../models/responses.ts';
import { answer, findings, hang, runs } from '../models/responsesReply.ts';
import { claudeBinary, claudeVersions, codexBinary, codexVersions } from '../support/binaries.ts';
import { createClaudeHome } from '../support/claudeHome.ts';
import { createCodexHome } from '../support/codexHome.ts';
import { objectOf } from '../support/json.ts';
import { createRepository } from '../support/repository.ts';
import { createTempFolder } from '../support/temp.ts';
import { callHost } from './caller.ts';
import { callsThen, read, structured } from './claudeLine.ts';
import { createPlainHost, reviewOrder } from './plainHost.ts';

/**
 * Both reviewers raise what the words do not show to be the same, and one of them is asked, on the real programs; only the models
 * are stand-ins.
 */

const plan = {
  committed: { 'src/add.ts': 'export function add(a: number, b: number) {\n  return a + b;\n}\n' },
  uncommitted: {
    'src/add.ts': 'export function add(a: number, b: number) {\n  return a - b;\n}\n',
    'src/new.ts': 'export const limit = 0;\n',
  },
};

const overall = {
  overall_correctness: 'patch is incorrect',
  overall_explanation: 'It is wrong.',
  overall_confidence_score: 0.9,
} as const;

const subtracts = {
  title: 'add() subtracts instead of adding',
  body: 'The change replaces `+` by `-` in add(), so every total of the shop is too small.',
  file: 'src/add.ts',
  line: 2,
};
const zero = {
  title: 'A limit of zero refuses every request',
  body: 'Requests are compared with the limit; with zero none of them passes.',
  file: 'src/new.ts',
  line: 1,
};
const totals = {
  title: 'Totals come out wrong after this change',
  body: 'The operator was flipped: totals are too small for every caller.',
  file: 'src/add.ts',
  line: 2,
};
const silently = {
  title: 'The default changed silently',
  body: 'Before, no limit was set; deployments without configuration now refuse requests.',
  file: 'src/new.ts',
  line: 1,
};

const codexReports: ModelScript = ({ step }) =>
  step === 0
    ? runs('git diff HEAD; cat src/new.ts')
    : findings({
        findings: [subtracts, zero].map(({ title, body, file, line }) => ({
          title,
          body,
          confidence_score: 0.9,
          priority: 2 as const,
          code_location: { absolute_file_path: file, line_range: { start: line, end: line } },
        })),
        ...overall,
      });

const claudeReports: MessagesScript = callsThen(
  [read('src/add.ts'), read('src/new.ts')],
  structured({
    findings: [totals, silently].map(({ title, body, file, line }) => ({
      title,
      body,
      confidence_score: 0.8,
      priority: 1,
      code_location: { file_path: file, line_range: { start: line, end: line } },
    })),
    ...overall,
  }),
);

const question = 'Find out for each pair below whether both found the same defect';
const names = /codex|claude|openai|anthropic|gpt/i;

/** What the agent that is asked says of the pair with that text; `hangs` for nothing at all. */
type Opinion = 'hangs' | 'nonsense' | 'addition is the same';

/** The pair about add() has whatever number it has. */
function verdictsOn(prompt: string) {
  const second = prompt.indexOf('Pair 2:');
  const isFirst = prompt.indexOf(subtracts.title) < second;
  return {
    pairs: [1, 2].map((pair) =>
      (pair === 1) === isFirst
        ? { pair, verdict: 'same', reason: 'The flipped operator is behind both.' }
        : { pair, verdict: 'different', reason: 'One is about the value, one about telling it.' },
    ),
  };
}

for (const [index, codexVersion] of codexVersions.entries()) {
  const claudeVersion = claudeVersions[index] ?? claudeVersions[0];
  describe(`a second opinion after a review by Codex ${codexVersion} and Claude Code ${claudeVersion}`, () => {
    const ends: (() => Promise<unknown>)[] = [];
    after(async () => {
      for (const end of ends.reverse()) await end();
    });

    async function setUp(secondOpinion: Settings['secondOpinion'], says: Opinion) {
      const opinion = { says };
      const asked: { by: ReviewerId; prompt: string; effort: unknown }[] = [];
      const repository = await createRepository(plan);
      const responses = await startResponsesModel((request) => {
        if (!request.userText.includes(question)) return codexReports(request);
        const { effort } = objectOf(request.body['reasoning']);
        asked.push({ by: 'codex', prompt: request.userText, effort });
        if (opinion.says === 'hangs') return hang();
        return answer(
          opinion.says === 'nonsense' ? 'They look alike.' : JSON.stringify(verdictsOn(request.userText)),
        );
      });
      const messages = await startMessagesModel((request) => {
        if (!request.userText.includes(question)) return claudeReports(request);
        const { effort } = objectOf(request.body['output_config']);
        asked.push({ by: 'claude', prompt: request.userText, effort });
        if (opinion.says === 'hangs') return hangs();
        return structured(opinion.says === 'nonsense' ? { pairs: [] } : verdictsOn(request.userText));
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
          secondOpinion,
          reviewEffort: 'high',
          claudeEffort: 'high',
        },
      });
      await host.app.start();
      for (const part of [repository, codexHome, claudeHome, responses, messages, host])
        ends.push(() => part.dispose());
      /** Reviews with both as a terminal does, which waits for all of it. */
      const run = async (): Promise<Report> => {
        const { id } = await host.place(repository.path, reviewOrder());
        return callHost(host, { door: 'cli' }, (caller) => caller.wait(id, () => undefined));
      };
      const opinions = async () =>
        (await host.app.jobs.list(repository.path)).filter(({ kind }) => kind === 'second-opinion');
      const known = () => host.app.findings.of(repository.path);
      const env = { ...codexHome.env, ...claudeHome.env };
      return { host, repository, env, opinion, asked, run, opinions, known };
    }

    for (const agent of ['claude', 'codex'] as const)
      test(`${agent} holds one pair for the same: it is one finding, which says so, and nobody is asked again`, async () => {
        const { host, asked, run, opinions, known } = await setUp(agent, 'addition is the same');
        const { markdown } = await run();
        const [opinion, ...more] = await opinions();
        assert.ok(opinion);
        assert.deepEqual(
          [more, opinion.state, opinion.failure, opinion.reviewer],
          [[], 'succeeded', null, agent],
        );
        assert.deepEqual(
          asked.map(({ effort }) => effort),
          ['low'],
        );
        assert.equal(opinion.summary, '1 of 2 pairs is the same finding');
        assert.deepEqual(
          asked.map(({ by }) => by),
          [agent],
        );
        for (const { title } of [subtracts, zero, totals, silently])
          assert.ok(asked[0]?.prompt.includes(title), title);
        assert.doesNotMatch(asked[0]?.prompt ?? '', names);

        const all = await known();
        assert.equal(all.length, 3);
        const both = all.find(({ reviewers }) => reviewers.length === 2) ?? assert.fail('nothing is joined');
        assert.deepEqual(both.statements.map(({ title }) => title).sort(), [totals.title, subtracts.title]);
        const name = agent === 'claude' ? 'Claude' : 'Codex';
        const [join] = both.joins ?? [];
        assert.deepEqual(
          [join?.by, join?.reason, join?.job],
          [agent, 'The flipped operator is behind both.', opinion.id],
        );
        const last = both.history.at(-1);
        assert.deepEqual(
          [last?.what, last?.by, last?.text],
          ['joined', agent, 'The flipped operator is behind both.'],
        );
        assert.match(
          markdown,
          new RegExp(`\\n\\nSecond opinion by ${name}: 1 of 2 pairs is the same finding\\.\\n`),
        );
        assert.match(markdown, /## Both report\n\n- \[P1\] Totals come out wrong/);
        assert.match(markdown, /## Only Codex reports\n\n- \[P2\] A limit of zero/);
        assert.match(markdown, /## Only Claude reports\n\n- \[P1\] The default changed silently/);

        // The next run finds the same again: ids stay, and what was answered is no question.
        const ids = all.map(({ id }) => id).sort();
        await run();
        assert.deepEqual((await known()).map(({ id }) => id).sort(), ids);
        assert.equal((await opinions()).length, 1);
        assert.equal(asked.length, 1);
        assert.deepEqual(host.complaints, []);
      });

    test('whose answer cannot be read has said nothing: the findings stay apart, and the report says so', async () => {
      const { run, opinions, known, opinion } = await setUp('codex', 'nonsense');
      const { job, other, markdown } = await run();
      assert.deepEqual([job.state, other?.job.state], ['succeeded', 'succeeded']);
      const [failed] = await opinions();
      assert.equal(failed?.state, 'failed');
      assert.equal((await known()).length, 4);
      const told =
        /Second opinion by Codex: Failed: The answer could not be read as verdicts\. .*stay apart\./g;
      assert.equal(markdown.match(told)?.length, 1, markdown);
      // Nobody has answered: the next run asks again.
      opinion.says = 'addition is the same';
      await run();
      assert.equal((await opinions()).length, 2);
      assert.equal((await known()).length, 3);
    });

    if (index > 0) return;

    test('without a window: the host of a review in the background does not end before who is asked has answered', async () => {
      const { repository, env, asked } = await setUp('off', 'addition is the same');
      const folder = path.join(createTempFolder('built').path, 'claude-plugin');
      await buildPlugin(folder, { ownVersion: '0.0.0' });
      const stateHome = createTempFolder('state').path;
      const program = path.join(folder, 'tandem.mjs');
      await promisify(execFile)(
        process.execPath,
        [program, 'review', '--background', '--reviewers', 'both'],
        {
          cwd: repository.path,
          env: {
            ...env,
            TANDEM_HOME: stateHome,
            TANDEM_CODEX_PATH: codexBinary(codexVersion).native,
            TANDEM_CLAUDE_PATH: claudeBinary(claudeVersion).native,
            TANDEM_REVIEW_SECOND_OPINION: 'claude',
          },
        },
      );
      // Only looks at the files: a question to the host would keep it alive.
      const reader = createPlainHost({ codex: '/no/codex', env, stateHome });
      ends.push(() => reader.dispose());
      const opinion = await waitFor(
        'the second opinion',
        async () => {
          const jobs = await reader.app.jobs.list(repository.path);
          return jobs.find(({ kind, state }) => kind === 'second-opinion' && isTerminal(state)) ?? false;
        },
        60_000,
      );
      assert.deepEqual(
        [opinion.state, opinion.failure, opinion.summary],
        ['succeeded', null, '1 of 2 pairs is the same finding'],
      );
      assert.equal(asked.length, 1);
    });

    test('who has not been told to ask asks nobody', async () => {
      const { run, opinions, known, asked } = await setUp('off', 'addition is the same');
      const { markdown } = await run();
      assert.deepEqual([await opinions(), asked], [[], []]);
      assert.equal((await known()).length, 4);
      assert.doesNotMatch(markdown, /Second opinion/);
    });

    test(
      'who waits for the run waits for it too, and who stops the run stops it',
      { timeout: 120_000 },
      async () => {
        const { host, repository, opinions, known, asked } = await setUp('claude', 'hangs');
        const cwd = repository.path;
        const client = { door: 'cli' } as const;
        const { markdown, job } = await callHost(host, client, async (waiting) => {
          const { report } = await waiting.startJob({ cwd, order: reviewOrder(), mode: 'wait' });
          const ended = waiting.wait(report.job.id, () => undefined);
          await waitFor('the second opinion to be asked for', () => asked.length > 0, 60_000);
          await callHost(host, client, (other) => other.cancel({ cwd, id: report.job.id }));
          return ended;
        });
        assert.equal(job.state, 'succeeded');
        assert.deepEqual(
          (await opinions()).map(({ state }) => state),
          ['cancelled'],
        );
        assert.match(
          markdown,
          /Second opinion by Claude: Cancelled\. The findings that may be the same stay apart\./,
        );
        assert.equal((await known()).length, 4);
      },
    );
  });
}
