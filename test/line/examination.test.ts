import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { UsageError } from '../../src/base/errors.ts';
import { type Side, standingOf } from '../../src/protocol/examination.ts';
import type { ReviewerId } from '../../src/protocol/finding.ts';
import type { Order, TieBreakOrder } from '../../src/protocol/order.ts';
import { type MessagesScript, startMessagesModel } from '../models/messages.ts';
import { startResponsesModel } from '../models/responses.ts';
import { answer, findings, runs } from '../models/responsesReply.ts';
import { claudeBinary, claudeVersions, codexBinary, codexVersions } from '../support/binaries.ts';
import { createClaudeHome } from '../support/claudeHome.ts';
import { createCodexHome } from '../support/codexHome.ts';
import { createRepository } from '../support/repository.ts';
import { read, structured } from './claudeLine.ts';
import { createPlainHost, reviewOrder } from './plainHost.ts';

/** One agent finds something, the other one is asked about it, on the real programs; only the models are stand-ins. */

const committed = { 'src/a.js': '// Numbers.\n\nexport function one() {\n  return 1;\n}\n' };
const uncommitted = { 'src/a.js': '// Numbers.\n\nexport function one() {\n  return 2;\n}\n' };

const words = {
  title: 'One is two',
  body: 'Every sum is wrong.',
  confidence_score: 0.9,
  priority: 1 as const,
};
const range = { start: 4, end: 4 };
const overall = {
  overall_correctness: 'patch is incorrect',
  overall_explanation: 'No.',
  overall_confidence_score: 0.9,
} as const;

/** A verdict as the schema has it. */
interface Said {
  verdict: string;
  reason: string;
  quotes: { file: string; startLine: number; lines: string[] }[];
}

/** What an agent does when it is not asked for a review. */
interface Examiner {
  looks: boolean;
  says: Said | string;
}

/** Miscounted and without its indentation, as models quote. */
const holding = { file: 'src/a.js', startLine: 9, lines: ['return 2;'] };
const invented = { file: 'src/a.js', startLine: 1, lines: ['return one + 1;'] };

const names = /codex|claude|openai|anthropic|gpt/i;

/** As it is kept with the order. */
function drawnSide(order: Order | null): Side {
  if (order?.kind !== 'tie-break' || order.first === undefined) assert.fail('What was drawn is not kept.');
  return order.first;
}

/** The arguments of a tie-break, in the order in which they are told. */
function argumentsIn(prompt: string): string[] {
  return (/The first argument ([^]*)The second argument ([^]*)/.exec(prompt) ?? []).slice(1);
}

for (const [index, codexVersion] of codexVersions.entries()) {
  const claudeVersion = claudeVersions[index] ?? claudeVersions[0];
  describe(`cross-examination between Codex ${codexVersion} and Claude Code ${claudeVersion}`, () => {
    const ends: (() => Promise<unknown>)[] = [];
    after(async () => {
      for (const end of ends.reverse()) await end();
    });

    /** A host in which that reviewer has found something; from then on both agents do what `examiner` says. */
    async function found(by: ReviewerId) {
      const repository = await createRepository({ committed, uncommitted });
      const file = `${repository.path}/src/a.js`;
      const examiner: Examiner = { looks: true, says: 'nothing' };
      let isReviewed = false;
      const responses = await startResponsesModel(({ step }) => {
        if (isReviewed) {
          if (examiner.looks && step === 0) return runs('cat src/a.js');
          return answer(typeof examiner.says === 'string' ? examiner.says : JSON.stringify(examiner.says));
        }
        if (step === 0) return runs('git diff');
        const place = { absolute_file_path: file, line_range: range };
        return findings({ findings: [{ ...words, code_location: place }], ...overall });
      });
      const messages = await startMessagesModel((({ step }) => {
        if (isReviewed) {
          if (examiner.looks && step === 0) return read(file);
          return structured(
            typeof examiner.says === 'string' ? { said: examiner.says } : { ...examiner.says },
          );
        }
        const place = { file_path: 'src/a.js', line_range: range };
        return structured({ findings: [{ ...words, code_location: place }], ...overall });
      }) satisfies MessagesScript);
      const codexHome = createCodexHome({ modelUrl: responses.url });
      const claudeHome = createClaudeHome({ modelUrl: messages.url, home: codexHome.home });
      const host = createPlainHost({
        codex: codexBinary(codexVersion).native,
        env: { ...codexHome.env, ...claudeHome.env },
        folders: [repository.path],
        settings: { claudePath: claudeBinary(claudeVersion).native },
      });
      for (const part of [repository, codexHome, claudeHome, responses, messages, host])
        ends.push(() => part.dispose());
      const { result, job } = await host.run(repository.path, { ...reviewOrder(), reviewer: by });
      const finding = result?.findings[0] ?? assert.fail(job.failure?.message ?? 'no finding');
      isReviewed = true;
      const now = () => host.app.findings.find(finding.id) ?? assert.fail();
      /** What was said to either model last. */
      const told = {
        codex: () => responses.requests.at(-1)?.userText ?? '',
        claude: () => messages.requests.at(-1)?.userText ?? '',
      };
      const examine = () => host.run(repository.path, { kind: 'cross-examination', finding: finding.id });
      return { host, repository, examiner, finding, now, told, examine };
    }

    test('what Codex found Claude refutes; Codex, as blind, breaks the tie', async () => {
      const { host, repository, examiner, finding, now, told, examine } = await found('codex');
      examiner.says = { verdict: 'refute', reason: 'Two is meant.', quotes: [holding, invented] };
      const { job, markdown } = await examine();
      assert.deepEqual([job.state, job.failure, job.reviewer], ['succeeded', null, 'claude']);
      assert.match(job.id, /^examination-/);
      assert.equal(job.summary, 'The finding is wrong');
      const prompt = told.claude();
      assert.match(prompt, /One is two[^]*Every sum is wrong\.[^]*4\| {3}return 2;/);
      assert.doesNotMatch(prompt, names);
      assert.match(markdown, /^# Cross-examination by Claude of the finding One is two/);
      assert.match(
        markdown,
        /Two is meant\.[^]*`src\/a\.js:4`:[^]*Said to be `src\/a\.js:1`, but not in that file/,
      );

      const { state, examinations, history } = now();
      assert.equal(state, 'open');
      assert.deepEqual(
        examinations.map(({ by, verdict, reason, quotes }) => ({ by, verdict, reason, quotes })),
        [
          {
            by: 'claude',
            verdict: 'refute',
            reason: 'Two is meant.',
            quotes: [
              { file: 'src/a.js', startLine: 4, lines: ['  return 2;'], verified: true },
              { ...invented, verified: false },
            ],
          },
        ],
      );
      assert.match(examinations[0]?.looks[0]?.command ?? '', /a\.js/);
      assert.deepEqual([history.at(-1)?.what, history.at(-1)?.by], ['refuted', 'claude']);
      assert.deepEqual(standingOf(now()), { kind: 'disputed', by: 'claude', tieBreak: false });

      examiner.says = { verdict: 'first', reason: 'I have seen it.', quotes: [holding] };
      const order: TieBreakOrder = { kind: 'tie-break', finding: finding.id, agent: 'codex' };
      const judged = await host.run(repository.path, order);
      assert.deepEqual(
        [judged.job.state, judged.job.failure, judged.job.reviewer],
        ['succeeded', null, 'codex'],
      );
      const first = drawnSide(await host.app.jobs.order(judged.job));
      const right = /^holds that the finding is right[^]*Every sum is wrong\./;
      const wrong = /^holds that the finding is wrong[^]*Two is meant\.[^]*src\/a\.js:4/;
      const question = told.codex();
      const [one = '', other = ''] = argumentsIn(question);
      assert.match(one, first === 'for' ? right : wrong);
      assert.match(other, first === 'for' ? wrong : right);
      assert.doesNotMatch(question, names);
      // What was invented is no argument.
      assert.doesNotMatch(question, /one \+ 1/);
      const last = now().examinations.at(-1);
      assert.deepEqual([last?.by, last?.tieBreak], ['codex', first]);
      const kind = first === 'for' ? 'confirmed' : 'refuted';
      assert.deepEqual(standingOf(now()), { kind, by: 'codex', tieBreak: true });
      assert.equal(now().state, 'open');
    });

    test('what Claude found Codex confirms', async () => {
      const { examiner, now, told, examine } = await found('claude');
      examiner.says = { verdict: 'confirm', reason: 'It is.', quotes: [holding] };
      const { job } = await examine();
      assert.deepEqual([job.state, job.failure, job.reviewer], ['succeeded', null, 'codex']);
      assert.match(told.codex(), /One is two[^]*Every sum is wrong\./);
      assert.doesNotMatch(told.codex(), names);
      assert.match(now().examinations[0]?.looks[0]?.command ?? '', /cat src\/a\.js/);
      assert.deepEqual(standingOf(now()), { kind: 'confirmed', by: 'codex', tieBreak: false });
    });

    if (index > 0) return;

    test('who has read nothing and quotes nothing that is there cannot tell', async () => {
      const { host, repository, examiner, finding, now, examine } = await found('claude');
      examiner.looks = false;
      examiner.says = { verdict: 'refute', reason: 'I am sure.', quotes: [invented] };
      const { job } = await examine();
      assert.equal(job.summary, 'Cannot tell whether the finding is right');
      assert.match(
        now().examinations[0]?.reason ?? '',
        /said “refute” without having read the code.*I am sure\./,
      );
      assert.equal(standingOf(now()), null);
      // Nobody refutes it, so that there is no tie.
      const order = { kind: 'tie-break', finding: finding.id, agent: 'claude' } as const;
      await assert.rejects(host.place(repository.path, order), UsageError);
      examiner.says = {
        verdict: 'refute',
        reason: 'It was shown.',
        quotes: [{ ...holding, lines: ['export function one() {'] }],
      };
      await examine();
      assert.equal(standingOf(now())?.kind, 'disputed');
    });

    test('an answer that is no verdict decides nothing, and who raised a finding is not asked', async () => {
      const { host, repository, examiner, finding, now, examine } = await found('claude');
      examiner.says = 'It looks right.';
      assert.equal((await examine()).job.summary, 'Cannot tell whether the finding is right');
      assert.match(now().examinations[0]?.reason ?? '', /could not be read/);
      const own = { kind: 'cross-examination', finding: finding.id, agent: 'claude' } as const;
      await assert.rejects(host.place(repository.path, own), /Claude raised this finding itself/);
    });
  });
}
