import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UserError } from '../../../src/base/errors.ts';
import type { AgentProgress, QuestionAnswer, QuestionRequest } from '../../../src/jobs/agent.ts';
import { createQuestionRunner } from '../../../src/jobs/questionRunner.ts';
import type { Job } from '../../../src/protocol/job.ts';
import type { QuestionOrder } from '../../../src/protocol/order.ts';
import { sampleJob } from '../bridge/samples.ts';
import { sampleKnown } from '../findings/sample.ts';

const order: QuestionOrder = { kind: 'question', finding: 'f00000000001', job: 'review-1', text: 'Why?' };

interface Stage {
  known?: boolean;
  /** Thread that the agent opens. */
  opens?: string;
  answer?: Partial<QuestionAnswer>;
}

async function ask(job: Partial<Job>, { known = true, opens = 'thread', answer = {} }: Stage = {}) {
  const requests: QuestionRequest[] = [];
  const answers: string[] = [];
  const progress: AgentProgress[] = [];
  const runner = createQuestionRunner({
    find: (id, repository) => {
      assert.deepEqual([id, repository], [order.finding, sampleJob({}).repository]);
      return Promise.resolve(known ? sampleKnown() : undefined);
    },
    prompt: (finding, { text }, _job, goesOn) => `${finding.title} ${text} ${goesOn ? 'on' : 'anew'}`,
    answered: (_job, _order, text) => {
      answers.push(text);
      return Promise.resolve();
    },
    answer: (request, { onProgress }) => {
      requests.push(request);
      onProgress({ threadId: opens });
      const commands = { succeeded: 2, failed: 1, lastFailure: null };
      const said = { text: 'Because.', rawText: 'Let me look.\n\nBecause.', commands, observations: [] };
      return Promise.resolve({ ...said, ...answer });
    },
  });
  const context = {
    onProgress: (step: AgentProgress) => void progress.push(step),
    signal: new AbortController().signal,
    keep: () => undefined,
  };
  const finished = await runner(sampleJob({ kind: 'question', threadId: 'thread', ...job }), order, context);
  const notes = progress.flatMap(({ note }) => (note === undefined ? [] : [note]));
  return { finished, requests, answers, notes };
}

describe('a question as a job', () => {
  test('the answer is on record, and is the result', async () => {
    const { finished, requests, answers, notes } = await ask({});
    assert.deepEqual(answers, ['Because.']);
    assert.equal(finished.result.summary, 'Because.');
    assert.equal(finished.result.rawText, 'Let me look.\n\nBecause.');
    assert.equal(finished.outcome.state, 'succeeded');
    assert.equal(finished.outcome.summary, 'Answered after 3 commands');
    assert.equal(requests[0]?.threadId, 'thread');
    assert.equal(requests[0].prompt(true), 'One is two Why? on');
    assert.deepEqual(notes, []);
  });

  test('a review’s thread that is gone is replaced, and the job says so', async () => {
    assert.match((await ask({}, { opens: 'another' })).notes.join(), /no longer has the thread/);
    assert.match(
      (await ask({ threadId: null }, { opens: 'another' })).notes.join(),
      /no longer has the thread/,
    );
  });

  test('an empty answer is none, and nothing is put on record', async () => {
    await assert.rejects(ask({}, { answer: { text: ' ' } }), UserError);
  });

  test('a finding that is gone cannot be asked about', async () => {
    await assert.rejects(ask({}, { known: false }), /no longer there/);
  });
});
