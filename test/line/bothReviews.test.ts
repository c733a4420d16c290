import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { threadOfReview } from '../../src/app/reviewThread.ts';
import { deferred } from '../../src/base/async.ts';
import { isAtLimit, isTerminal } from '../../src/protocol/job.ts';
import type { Report } from '../../src/protocol/report.ts';
import { waitFor } from '../engine/wait.ts';
import { type MessagesScript, startMessagesModel } from '../models/messages.ts';
import { apiError, hangs, withReplyHeaders } from '../models/messagesReply.ts';
import { type ModelScript, startResponsesModel } from '../models/responses.ts';
import {
  type StreamReply,
  answer,
  findings,
  hang,
  httpError,
  runs,
  withHeaders,
} from '../models/responsesReply.ts';
import { commandOutput } from '../models/responsesRequest.ts';
import { type ClaudeVersion, type CodexVersion, claudeBinary, codexBinary } from '../support/binaries.ts';
import { type ClaudeHomeOptions, createClaudeHome } from '../support/claudeHome.ts';
import { createCodexHome } from '../support/codexHome.ts';
import { createRepository } from '../support/repository.ts';
import { createTempFolder } from '../support/temp.ts';
import { callsThen, read, structured } from './claudeLine.ts';
import { killHostWhile } from './killHost.ts';
import { createPlainHost, reviewOrder } from './plainHost.ts';

/** Both reviewers at once: the real Codex and the real Claude Code; only their models are stand-ins. */

const plan = {
  committed: { 'src/add.ts': 'export function add(a: number, b: number) {\n  return a + b;\n}\n' },
  uncommitted: {
    'src/add.ts': 'export function add(a: number, b: number) {\n  return a - b;\n}\n',
    'src/new.ts': 'export const limit = 0;\n',
  },
};

const overall = {
  overall_correctness: 'patch is incorrect' as const,
  overall_explanation: 'It is wrong.',
  overall_confidence_score: 0.9,
};

const subtracts = {
  title: '[P1] add() subtracts instead of adding',
  body: 'The change replaces `+` by `-` in add().',
};
const sign = {
  title: '[P2] add() returns the difference',
  body: '`a - b` subtracts: add() has to return the sum.',
};
const zero = { title: '[P2] A limit of zero lets nothing through', body: 'Every request is refused.' };

type Said = typeof subtracts & { file?: string };

/** Looks with git, then reports: with absolute paths, as Codex does. */
function codexReports(
  reported: readonly Said[],
  before: () => Promise<unknown> = () => Promise.resolve(),
): ModelScript {
  return async ({ step, toolOutputs }) => {
    if (step === 0) {
      await before();
      return runs('git rev-parse --show-toplevel; git status --porcelain; git diff HEAD; cat src/new.ts');
    }
    const [root = ''] = commandOutput(toolOutputs[0] ?? '').text.split('\n');
    const found = reported.map(({ title, body, file = 'src/add.ts' }) => ({
      title,
      body,
      confidence_score: 0.9,
      priority: 1 as const,
      code_location: { absolute_file_path: `${root}/${file}`, line_range: lineOf(file) },
    }));
    return findings({ findings: found, ...overall });
  };
}

function lineOf(file: string) {
  return file === 'src/add.ts' ? { start: 2, end: 2 } : { start: 1, end: 1 };
}

/** Reads both files, then reports. */
function claudeReports(
  reported: readonly Said[],
  before: () => Promise<unknown> = () => Promise.resolve(),
): MessagesScript {
  const found = reported.map(({ title, body, file = 'src/add.ts' }) => ({
    title,
    body,
    confidence_score: 0.8,
    priority: Number(title.slice(2, 3)),
    code_location: { file_path: file, line_range: lineOf(file) },
  }));
  const script = callsThen(
    [read('src/add.ts'), read('src/new.ts')],
    structured({ findings: found, ...overall }),
  );
  return async (request) => {
    if (request.step === 0) await before();
    return script(request);
  };
}

interface Both {
  codex: ModelScript;
  claude: MessagesScript;
  claudeHome?: Omit<ClaudeHomeOptions, 'modelUrl' | 'home'>;
}

const versions: readonly (readonly [CodexVersion, ClaudeVersion])[] = [
  ['0.169.0', '2.1.330'],
  ['0.130.0', '2.1.197'],
];

for (const [codexVersion, claudeVersion] of versions) {
  describe(`a review by Codex ${codexVersion} and Claude Code ${claudeVersion}`, () => {
    const ends: (() => Promise<unknown>)[] = [];
    after(async () => {
      for (const end of ends.reverse()) await end();
    });

    async function models({ codex, claude, claudeHome }: Both) {
      const repository = await createRepository(plan);
      const responses = await startResponsesModel(codex);
      const messages = await startMessagesModel(claude);
      const home = createCodexHome({ modelUrl: responses.url });
      const { env } = createClaudeHome({ modelUrl: messages.url, home: home.home, ...claudeHome });
      ends.push(
        () => repository.dispose(),
        () => home.dispose(),
        () => responses.dispose(),
        () => messages.dispose(),
      );
      const options = {
        codex: codexBinary(codexVersion).native,
        folders: [repository.path],
        stateHome: createTempFolder('state').path,
        settings: { claudePath: claudeBinary(claudeVersion).native, reviewers: 'both' as const },
      };
      return { repository, responses, messages, options, env: { ...env, ...home.env } };
    }

    async function setUp(both: Both) {
      const { options, env, ...line } = await models(both);
      const { repository } = line;
      const host = createPlainHost({ ...options, env });
      await host.app.start();
      ends.push(() => host.dispose());
      const start = () => host.place(repository.path, reviewOrder());
      /** The report of the whole run. */
      const ended = async (id: string): Promise<Report> => {
        const job = await host.app.jobs.wait(id);
        for (const partner of await host.app.jobs.partnersOf(job)) await host.app.jobs.wait(partner.id);
        return host.app.report(job);
      };
      const worktrees = () => {
        const folder = path.join(host.stateHome, 'worktrees');
        return readdirSync(folder);
      };
      return { ...line, host, start, ended, worktrees };
    }

    test('they agree: one finding with both voices, in one report, of the moment when both were asked', async () => {
      const edited = deferred<null>();
      const line = await setUp({
        codex: codexReports([subtracts], () => edited.promise),
        claude: claudeReports([sign, { ...zero, file: 'src/new.ts' }], () => edited.promise),
      });
      const { repository, host } = line;
      const job = await line.start();
      assert.equal(job.reviewer, 'codex');
      await waitFor(
        'both to be asked',
        () => line.responses.requests.length > 0 && line.messages.requests.length > 0,
      );
      // The user goes on: nothing of this is what either was asked about.
      repository.write({
        'src/add.ts': '// A sum.\n\nexport function add(a: number, b: number) {\n  return a - b;\n}\n',
      });
      repository.write({ 'src/new.ts': null, 'src/later.ts': 'later\n' });
      edited.resolve(null);
      const { markdown, other, result } = await line.ended(job.id);
      assert.equal(other?.job.reviewer, 'claude');
      assert.deepEqual([other.job.state, other.job.failure], ['succeeded', null]);
      // Codex saw it through git, Claude in the files.
      const seenByCodex = line.responses.requests.flatMap(({ toolOutputs }) => toolOutputs).join('\n');
      assert.match(seenByCodex, /\?\? src\/new\.ts/);
      assert.match(seenByCodex, /^\+ {2}return a - b;$/m);
      assert.doesNotMatch(seenByCodex, /later|A sum/);
      const seenByClaude = line.messages.requests.flatMap(({ toolResults }) => toolResults).join('\n');
      assert.match(seenByClaude, /export const limit = 0;/);
      assert.doesNotMatch(seenByClaude, /A sum/);
      const known = await host.app.findings.of(repository.path);
      assert.deepEqual(
        known.map(({ file, startLine, reviewers, priority }) => [
          file,
          startLine,
          [...reviewers].sort(),
          priority,
        ]),
        [
          ['src/add.ts', 4, ['claude', 'codex'], 'P1'],
          ['src/new.ts', 1, ['claude'], 'P2'],
        ],
      );
      const [both] = known;
      const words = (both?.statements ?? []).map(({ by, title, body }) => [by, title, body]);
      assert.deepEqual(words.sort(), [
        ['claude', sign.title.slice(5), sign.body],
        ['codex', subtracts.title.slice(5), subtracts.body],
      ]);
      assert.match(markdown, /^# Review by Codex and Claude of uncommitted changes \(2 files\)/);
      assert.match(
        markdown,
        /## Both report\n\n- \[P1\] add\(\) subtracts instead of adding: src\/add\.ts:\d/,
      );
      assert.match(markdown, /## Only Claude reports\n\n- \[P2\] A limit of zero/);
      assert.doesNotMatch(markdown, /## Only Codex/);
      assert.doesNotMatch(
        JSON.stringify([result, other.result]),
        /worktrees/,
        'nothing names the folder of the reviewer',
      );
      assert.deepEqual(line.worktrees(), []);
      assert.deepEqual(host.complaints, []);
    });

    test('what both raise belongs to the review of each, whoever ended last', async () => {
      const { start, ended, host, repository } = await setUp({
        codex: codexReports([subtracts]),
        claude: claudeReports([sign]),
      });
      const { job } = await ended((await start()).id);
      assert.equal(job.reviewer, 'codex');
      const { job: last } = await host.run(repository.path, { ...reviewOrder(), reviewer: 'claude' });
      const [both = assert.fail('no finding')] = host.app.findings.open();
      assert.deepEqual([both.reviewers.toSorted(), both.job], [['claude', 'codex'], last.id]);
      assert.equal(await threadOfReview(host.app.jobs, [both]), job.threadId);
      const handed = await host.app.continuation(job);
      // In the words that fit the conversation.
      assert.match(handed, /still open:[^]*add\(\) subtracts instead of adding/);
    });

    for (const [what, codexSays, claudeSays, state, proof, comment] of [
      ['both say so: it is', 'fixed', 'fixed', 'fixed', 'confirmed', null],
      ['one does not: it is not', 'fixed', 'still there', 'open', null, /^Still there: Claude looked/],
      [
        'one cannot tell: it is claimed',
        'cannot tell',
        'fixed',
        'fixed',
        'claimed',
        /^Cannot tell.*Codex looked/,
      ],
      [
        'one is at its limit: it is claimed',
        'limit',
        'fixed',
        'fixed',
        'claimed',
        /^Cannot tell.*usage limit/,
      ],
    ] as const)
      test(`whether what both raised is fixed, each of them is asked. ${what}`, async () => {
        const isProof = (text: string) => text.includes('"cannot tell"');
        const verdict = (name: string, said: string) => ({ verdict: said, reason: `${name} looked.` });
        const [codexReview, claudeReview] = [codexReports([subtracts]), claudeReports([sign])];
        const { start, ended, host, repository, responses, messages } = await setUp({
          codex: (request) => {
            if (!isProof(request.userText)) return codexReview(request);
            if (codexSays === 'limit')
              return httpError(429, {
                error: {
                  type: 'usage_limit_reached',
                  message: 'The usage limit has been reached',
                  plan_type: 'plus',
                },
              });
            if (request.step === 0) return runs('cat src/add.ts');
            return answer(JSON.stringify(verdict('Codex', codexSays)));
          },
          claude: (request) =>
            isProof(request.turnText)
              ? callsThen([read('src/add.ts')], structured(verdict('Claude', claudeSays)))(request)
              : claudeReview(request),
        });
        await ended((await start()).id);
        const found = host.app.findings.open()[0] ?? assert.fail('no finding');
        const now = () => host.app.findings.find(found.id) ?? assert.fail();
        // A task was to fix it.
        await host.app.findings.resolve([found.id], {
          by: 'codex',
          proof: 'claimed',
          reason: '',
          job: 'task-1',
        });
        await host.place(repository.path, { kind: 'proof', finding: found.id });
        const proofs = await waitFor('both proofs', async () => {
          const jobs = (await host.app.jobs.list(repository.path)).filter(({ kind }) => kind === 'proof');
          return jobs.length === 2 && jobs.every((job) => isTerminal(job.state)) && jobs;
        });
        assert.deepEqual(proofs.map(({ reviewer }) => reviewer).sort(), ['claude', 'codex']);
        assert.deepEqual([now().state, now().proof], [state, proof]);
        const { comments } = now();
        if (comment === null) assert.deepEqual(comments, []);
        else assert.match(comments.map(({ text }) => text).join('\n'), comment);
        // Each in its own words.
        assert.match(
          responses.requests.find(({ userText }) => isProof(userText))?.userText ?? '',
          /subtracts instead/,
        );
        const asked = messages.requests.find(({ turnText }) => isProof(turnText));
        assert.match(asked?.turnText ?? '', /returns the difference/);
      });

    test('one fails: what the other found stands, and the report says so', async () => {
      const line = await setUp({
        codex: () => httpError(400, { error: { message: 'no such model', type: 'invalid_request_error' } }),
        claude: claudeReports([subtracts]),
      });
      const report = await line.ended((await line.start()).id);
      assert.deepEqual([report.job.state, report.other?.job.state], ['failed', 'succeeded']);
      assert.match(report.markdown, /\n\nCodex: Failed: .*no such model/);
      assert.match(report.markdown, /\n\nClaude: 1 finding \(P1\)\./);
      assert.match(report.markdown, /## Claude reports\n\n- \[P1\] add\(\) subtracts/);
      assert.equal((await line.host.app.findings.of(line.repository.path)).length, 1);
    });

    test('one is at its limit: that is said with the time when it is over', async () => {
      const reset = Math.floor(Date.now() / 1000) + 3600;
      const limited = withReplyHeaders(apiError(429, 'rate_limit_error', 'limit'), {
        'anthropic-ratelimit-unified-status': 'rejected',
        'anthropic-ratelimit-unified-reset': String(reset),
        'anthropic-ratelimit-unified-representative-claim': 'five_hour',
      });
      const line = await setUp({
        codex: codexReports([subtracts]),
        claude: () => limited,
        claudeHome: { account: 'subscription' },
      });
      const report = await line.ended((await line.start()).id);
      assert.deepEqual([report.job.state, report.other?.job.state], ['succeeded', 'failed']);
      assert.equal(report.other?.job.failure?.limitResetsAt, new Date(reset * 1000).toISOString());
      assert.match(report.markdown, /## Codex reports\n\n- \[P1\] add\(\) subtracts/);
    });

    test('Codex is at its limit: no failure of the review, and what Claude found stands', async () => {
      const reset = Math.floor(Date.now() / 1000) + 3600;
      const reached = httpError(429, { error: { type: 'usage_limit_reached', message: 'The usage limit' } });
      const full = {
        'x-codex-primary-used-percent': '100',
        'x-codex-primary-window-minutes': '300',
        'x-codex-primary-reset-at': String(reset),
      };
      const line = await setUp({
        codex: () => withHeaders(reached, full),
        claude: claudeReports([subtracts]),
      });
      const report = await line.ended((await line.start()).id);
      assert.deepEqual([report.job.state, report.other?.job.state], ['failed', 'succeeded']);
      assert.match(report.job.failure?.message ?? '', /^Codex’s (5-hour|usage) limit is reached/);
      assert.equal(isAtLimit(report.job.failure), true);
      assert.match(report.markdown, /## Claude reports\n\n- \[P1\] add\(\) subtracts/);
    });

    test('one is cancelled: the other goes on; the folder of neither is left', async () => {
      const line = await setUp({ codex: () => hang(), claude: claudeReports([subtracts]) });
      const job = await line.start();
      await waitFor('the model to be asked', () => line.responses.requests.length > 0);
      await line.host.app.jobs.cancel(job.id);
      const report = await line.ended(job.id);
      assert.deepEqual([report.job.state, report.other?.job.state], ['cancelled', 'succeeded']);
      assert.match(report.markdown, /\n\nCodex: Cancelled\./);
      assert.deepEqual(line.worktrees(), []);
    });

    test('nothing is left of a run whose host ends in the middle', async () => {
      const line = await setUp({ codex: () => hang(), claude: () => hangs() });
      const job = await line.start();
      await waitFor(
        'both to be asked',
        () => line.responses.requests.length > 0 && line.messages.requests.length > 0,
      );
      assert.equal(line.worktrees().length, 2);
      await line.host.dispose();
      assert.equal((await line.host.app.jobs.find(job.id))?.state, 'interrupted');
      assert.deepEqual(line.worktrees(), []);
    });

    test('a killed host: the next one takes up both, and they see what they were asked about', async () => {
      let isKilled = false;
      const { repository, responses, messages, options, env } = await models({
        codex: (request) => (isKilled ? codexReports([subtracts])(request) : hang()),
        claude: (request) => (isKilled ? claudeReports([sign])(request) : hangs()),
      });
      await killHostWhile({ ...options, order: reviewOrder() }, env, () =>
        waitFor(
          'both to be asked',
          () => responses.requests.length > 0 && messages.requests.length > 0,
          60_000,
        ),
      );
      isKilled = true;
      repository.write({ 'src/add.ts': 'export const nothing = 0;\n' });
      const host = createPlainHost({ ...options, env });
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
      assert.deepEqual(
        jobs.map(({ state, resumed, failure }) => [state, resumed, failure]),
        [
          ['succeeded', 1, null],
          ['succeeded', 1, null],
        ],
      );
      const [known] = await host.app.findings.of(repository.path);
      assert.deepEqual([[...(known?.reviewers ?? [])].sort(), known?.place], [['claude', 'codex'], 'stale']);
      assert.deepEqual(readdirSync(path.join(host.stateHome, 'worktrees')), []);
    });

    test('a question and a further look go on on the thread of the review, whose folder is gone, in the repository', async () => {
      let shown = '';
      const looks: (reply: StreamReply) => ModelScript = (reply) => (request) => {
        if (request.step === 0) return runs('pwd; cat src/new.ts');
        shown = commandOutput(request.toolOutputs[0] ?? '').text;
        return reply;
      };
      const more = { verdict: 'approve', summary: 'No more.', findings: [], earlier: [], next_steps: [] };
      let asked: ModelScript = codexReports([subtracts]);
      const line = await setUp({ codex: (request) => asked(request), claude: claudeReports([]) });
      const { job } = await line.ended((await line.start()).id);
      const [known] = await line.host.app.findings.of(line.repository.path);
      asked = looks(answer('Because of the sign.'));
      const question = await line.host.app.conversations.ask(known?.id ?? '', 'Why is that?');
      const { failure, threadId } = await line.host.app.jobs.wait(question.id);
      assert.deepEqual([failure, threadId], [null, job.threadId]);
      assert.equal(shown.trim(), `${line.repository.path}\nexport const limit = 0;`);
      const told = JSON.stringify(line.responses.requests.at(-1)?.body);
      assert.ok(told.includes(overall.overall_explanation), 'the thread knows what was said on it');
      assert.doesNotMatch(line.responses.requests.at(-1)?.userText ?? '', /worktrees/);
      shown = '';
      asked = looks(answer(JSON.stringify(more)));
      const further = await line.host.run(line.repository.path, { kind: 'more', job: job.id });
      assert.deepEqual([further.job.failure, further.job.threadId], [null, job.threadId]);
      assert.equal(shown.trim(), `${line.repository.path}\nexport const limit = 0;`);
    });

    test('a plan that git ignores is read by both, and is named as the user named it', async () => {
      const approves = { verdict: 'approve', summary: 'Do it.', findings: [], earlier: [], next_steps: [] };
      const line = await setUp({
        codex: () => answer(JSON.stringify(approves)),
        claude: () => structured(approves),
      });
      line.repository.write({ '.gitignore': 'plans/\n', 'plans/p.md': '# Sell the shop\n' });
      const order = {
        ...reviewOrder({ scope: 'plan', plan: 'plans/p.md' }),
        kind: 'adversarial-review',
      } as const;
      const { job } = await line.ended((await line.host.place(line.repository.path, order)).id);
      const jobs = [job, ...(await line.host.app.jobs.partnersOf(job))];
      assert.deepEqual(
        jobs.map(({ state, failure, verdict }) => [state, failure, verdict]),
        [
          ['succeeded', null, 'clean'],
          ['succeeded', null, 'clean'],
        ],
      );
      for (const text of [line.responses.requests.at(-1)?.userText, line.messages.requests.at(-1)?.turnText])
        assert.match(text ?? '', /Sell the shop/);
    });
  });
}
