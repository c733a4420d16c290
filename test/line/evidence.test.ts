import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { answer, callsScript, findings, hang, httpError, runs } from '../models/responsesReply.ts';
import type { ModelReply } from '../models/responsesReply.ts';
import type { ModelScript } from '../models/responses.ts';
import type { ModelRequest } from '../models/responsesRequest.ts';
import { codexVersions } from '../support/binaries.ts';
import { reviewOrder } from './plainHost.ts';
import { setUpReview } from './reviewLine.ts';

/** What a review is worth by what its reviewer was seen doing, on the real App Server; only the model is a stand-in. */

const lines = (name: string) =>
  Array.from({ length: 40 }, (_, index) => `export const ${name}${index + 1} = ${index};`);
const text = (all: readonly string[]) => `${all.join('\n')}\n`;
const changed = (name: string, at: readonly number[]) =>
  lines(name).map((line, index) =>
    at.includes(index + 1) ? `export const ${name}${index + 1} = 'changed';` : line,
  );

/** Three places: a.ts:3, a.ts:30 and new.ts:1-2. */
const plan = {
  committed: { 'a.ts': text(lines('a')), 'other.ts': text(lines('other')) },
  uncommitted: {
    'a.ts': text(changed('a', [3, 30])),
    'new.ts': 'export function fresh() {\n  return 1;\n}\n',
  },
};

const clean = {
  findings: [],
  overall_correctness: 'patch is correct',
  overall_explanation: 'All good.',
  overall_confidence_score: 0.9,
} as const;

const isReformat = ({ userText }: ModelRequest) => userText.startsWith('Your review is complete');

/** Runs these, one after the other, and says this; asked to put it into form, says that. */
function reviewer(commands: readonly string[], reply: ModelReply, form?: ModelReply): ModelScript {
  return (request) => {
    if (isReformat(request)) return form ?? answer('I have said it already.');
    const command = commands[request.step];
    return command === undefined ? reply : runs(command);
  };
}

const prose = `I read the change. There is one serious problem.

[P1] The constant a3 is no number any more, see a.ts line 3. Every caller that adds to it now joins text.`;
const found = {
  title: '[P1] The constant a3 is no number any more',
  body: 'Every caller that adds to it now joins text.',
  confidence_score: 0.9,
  priority: 1,
  code_location: { absolute_file_path: 'a.ts', line_range: { start: 3, end: 3 } },
} as const;
const invented = {
  ...found,
  title: '[P0] Secrets are printed to the log',
  body: 'Everybody can read them.',
  code_location: { absolute_file_path: 'log.ts', line_range: { start: 9, end: 9 } },
} as const;
const incorrect = { ...clean, overall_correctness: 'patch is incorrect' } as const;

for (const version of codexVersions) {
  describe(`evidence on the real App Server ${version}`, () => {
    const tells = version !== '0.130.0';
    const cleanUps: (() => Promise<void>)[] = [];
    after(async () => {
      for (const cleanUp of cleanUps) await cleanUp();
    });
    const line = async (script: ModelScript) => {
      const parts = await setUpReview(version, plan, () => script);
      cleanUps.push(parts.dispose);
      return parts;
    };
    const review = async (script: ModelScript) => {
      const { host, repository, model } = await line(script);
      return { ...(await host.review(repository.path)), model };
    };

    test('all was looked at: clean, with what showed it and what it cost', async () => {
      const { job, result, markdown } = await review(
        reviewer(['git diff HEAD', 'cat new.ts', 'cat other.ts'], findings(clean)),
      );
      assert.equal(job.verdict, 'clean');
      assert.deepEqual(job.notes, []);
      assert.deepEqual(result?.evidence, {
        looks: [
          { command: 'git diff HEAD', succeeded: true, files: ['a.ts'] },
          { command: 'cat new.ts', succeeded: true, files: ['new.ts'] },
          { command: 'cat other.ts', succeeded: true, files: ['other.ts'] },
        ],
        files: ['a.ts', 'new.ts', 'other.ts'],
        hunks: 3,
        notLookedAt: [],
        notLookedAtCount: 0,
      });
      // Four answers of the model at 120 tokens each; 0.130 does not tell of native reviews.
      assert.equal(job.tokens, tells ? 480 : null);
      assert.equal(markdown.includes(', 480 tokens'), tells);
    });

    test('a part was looked at: the job says what was not; findings know whether they lie in the change', async () => {
      const at = (file: string, start: number) => ({
        ...found,
        title: `[P1] Something at ${file} ${start}`,
        code_location: { absolute_file_path: file, line_range: { start, end: start } },
      });
      const places = [at('a.ts', 3), at('a.ts', 33), at('a.ts', 20), at('other.ts', 3), at('/etc/hosts', 1)];
      const { job, result } = await review(
        reviewer(["sed -n '1,12p' a.ts"], findings({ ...incorrect, findings: places })),
      );
      assert.equal(job.verdict, 'findings');
      assert.deepEqual(job.notes, ['2 of 3 changed places were not looked at: a.ts:30, new.ts:1-3']);
      assert.deepEqual(
        result?.findings.map(({ inChange }) => inChange),
        [true, true, false, false, false],
      );
    });

    test('what showed nothing of the change is no ground for a clean verdict', async () => {
      const { job, result } = await review(
        reviewer(['git status --short', 'cat other.ts', 'git diff HEAD --stat'], findings(clean)),
      );
      assert.equal(job.state, 'inconclusive');
      assert.match(job.failure?.message ?? '', /ran commands, but none of them showed the change/);
      assert.equal(result?.evidence?.notLookedAtCount, 3);
      assert.deepEqual(result.evidence.files, ['other.ts']);
    });

    test('prose is put into form once: parsed, with the prose as it came', async () => {
      const { job, result, markdown, model } = await review(
        reviewer(
          ['git diff HEAD', 'cat new.ts'],
          answer(prose),
          findings({ ...incorrect, findings: [found] }),
        ),
      );
      assert.deepEqual([job.verdict, job.structure], ['findings', 'parsed']);
      assert.deepEqual(
        result?.findings.map(({ title, file, startLine, priority, confidence, inChange }) => [
          title,
          file,
          startLine,
          priority,
          confidence,
          inChange,
        ]),
        [['The constant a3 is no number any more', 'a.ts', 3, 'P1', null, true]],
      );
      assert.equal(result.rawText, prose);
      assert.match(markdown, /answered in prose, and was asked to put it into form/);
      const asked = model.requests.filter(isReformat);
      assert.equal(asked.length, 1);
      assert.match(JSON.stringify(asked[0]?.body['text']), /json_schema/);
      assert.equal(job.tokens, tells ? 4 * 120 : null);
    });

    test('what is invented in doing so is dropped, and a clean verdict is not made of prose', async () => {
      const both = findings({ ...incorrect, findings: [found, invented] });
      const { job, result } = await review(reviewer(['git diff HEAD'], answer(prose), both));
      assert.deepEqual(
        result?.findings.map(({ title }) => title),
        ['The constant a3 is no number any more'],
      );
      assert.match(job.notes.join('\n'), /1 finding was left out, because the prose does not hold it/);

      const made = await review(
        reviewer(['git diff HEAD'], answer(prose), findings({ ...incorrect, findings: [invented] })),
      );
      assert.deepEqual([made.job.state, made.job.structure], ['inconclusive', 'raw']);
      const whitewashed = await review(reviewer(['git diff HEAD'], answer(prose), findings(clean)));
      assert.deepEqual([whitewashed.job.state, whitewashed.job.structure], ['inconclusive', 'raw']);
      assert.equal(whitewashed.result?.rawText, prose);

      const said = await review(
        reviewer(['git diff HEAD'], answer('I read the diff. The patch is correct.'), findings(clean)),
      );
      assert.deepEqual([said.job.verdict, said.job.structure], ['clean', 'parsed']);
    });

    test('a failure to put it into form is none of the review; a cancel is obeyed', async () => {
      const failed = await review(
        reviewer(['git diff HEAD'], answer(prose), httpError(500, { error: { message: 'no' } })),
      );
      assert.deepEqual([failed.job.state, failed.job.structure], ['inconclusive', 'raw']);
      assert.match(failed.job.failure?.message ?? '', /prose/);

      const { host, repository, model } = await line(reviewer(['git diff HEAD'], answer(prose), hang()));
      const job = await host.place(repository.path, reviewOrder());
      await model.waitFor(isReformat);
      assert.equal((await host.app.jobs.cancel(job.id)).state, 'cancelled');
    });

    test('an adversarial review that was handed the change has seen it; its prose is put into form too', async () => {
      const form = {
        verdict: 'needs-attention',
        summary: '',
        findings: [
          {
            severity: 'high',
            title: 'The constant a3 is no number any more',
            body: '',
            file: 'a.ts',
            line_start: 3,
            line_end: 3,
            confidence: 1,
            recommendation: '',
          },
        ],
        next_steps: [],
      };
      const { host, repository } = await line(reviewer([], answer(prose), answer(JSON.stringify(form))));
      const { job, result } = await host.run(repository.path, {
        ...reviewOrder(),
        kind: 'adversarial-review',
      });
      assert.deepEqual([job.verdict, job.structure], ['findings', 'parsed']);
      assert.deepEqual(result?.evidence?.looks, []);
      assert.equal(result.evidence.hunks, 3);
      assert.equal(result.evidence.notLookedAtCount, 0);
      assert.equal(job.tokens, 2 * 120);
    });
  });
}

test('models that write JavaScript leave the same traces', async () => {
  const script =
    'const result = await tools.exec_command({ cmd: "git diff HEAD; cat new.ts", login: false }); text(result.output);';
  const { host, repository, dispose } = await setUpReview(
    '0.169.0',
    plan,
    () => (request) => (request.step === 0 ? callsScript(script) : findings(clean)),
  );
  const { job, result } = await host.run(repository.path, { ...reviewOrder(), model: 'gpt-6-sol' });
  assert.equal(job.verdict, 'clean');
  assert.equal(result?.evidence?.notLookedAtCount, 0);
  assert.deepEqual(result.evidence.files, ['a.ts', 'new.ts']);
  await dispose();
});
