import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Emitter } from 'vscode-jsonrpc/node';
import { SecondOpinions, boundedPairs } from '../../../src/app/secondOpinions.ts';
import type { Job } from '../../../src/protocol/job.ts';
import { type KnownFinding } from '../../../src/protocol/knownFinding.ts';
import { type SecondOpinionOrder, maxPairs } from '../../../src/protocol/order.ts';
import { sampleJob } from '../bridge/samples.ts';
import { known } from '../findings/known.ts';
import { job, jobResult } from '../webview/fixtures.ts';

const run = { id: 'run-1', frozen: null };
const codex = job({ id: 'review-1', reviewer: 'codex', run });
const claude = job({ id: 'review-2', reviewer: 'claude', run });

/** Alike, but not enough. */
const ofCodex = known('x', {
  title: 'Dates of expenses',
  body: 'A day is lost in the local time zone.',
});
const ofClaude = known('c', {
  title: 'Wrong month',
  body: 'Expenses of the first are a day early in local time.',
  reviewers: ['claude'],
});

interface Stage {
  reviews?: readonly Job[];
  findings?: readonly KnownFinding[];
  /** Of earlier second opinions. */
  earlier?: readonly { job: Job; order: SecondOpinionOrder }[];
  agent?: 'off' | 'codex' | 'claude';
}

/** What is ordered once the last of these reviews has ended. */
async function ordered({ reviews = [codex, claude], findings = [ofCodex, ofClaude], ...stage }: Stage) {
  const changed = new Emitter<Job>();
  const orders: SecondOpinionOrder[] = [];
  const placed = sampleJob({ kind: 'second-opinion' });
  const { earlier = [], agent = 'claude' } = stage;
  const quiet = () => undefined;
  const complaints: string[] = [];
  const complain = (text: string) => void complaints.push(text);
  const opinions = new SecondOpinions({
    jobs: {
      onDidChange: changed.event,
      list: () => Promise.resolve([...reviews, ...earlier.map((one) => one.job)]),
      partnersOf: ({ id }) => Promise.resolve(reviews.filter((one) => one.id !== id)),
      opinionOn: () =>
        Promise.resolve(
          orders.length > 0 ? placed : (earlier.find((one) => one.job.opinionOn === run.id)?.job ?? null),
        ),
      order: ({ id }) => Promise.resolve(earlier.find((one) => one.job.id === id)?.order ?? null),
      result: ({ reviewer }) =>
        Promise.resolve(
          jobResult({ findings: findings.filter(({ reviewers }) => reviewers.includes(reviewer)) }),
        ),
    },
    findings: { of: () => Promise.resolve([...findings]) },
    place: (order) => {
      orders.push(order);
      return Promise.resolve();
    },
    agent: () => agent,
    logger: { trace: quiet, debug: quiet, info: quiet, warn: complain, error: complain },
  });
  const following = opinions.follow();
  for (const review of reviews) changed.fire(review);
  await opinions.settled();
  following.dispose();
  assert.deepEqual(complaints, []);
  return orders;
}

const question: SecondOpinionOrder = {
  kind: 'second-opinion',
  run: 'run-1',
  agent: 'claude',
  pairs: [['c', 'x']],
};

describe('after a review by both', () => {
  test('who was chosen is asked once about what may be the same; in the order of the ids', async () => {
    assert.deepEqual(await ordered({}), [question]);
    assert.equal((await ordered({ agent: 'codex' }))[0]?.agent, 'codex');
  });

  test('nobody is asked where nobody is to be, where one of both has no result, or where nothing is doubtful', async () => {
    assert.deepEqual(await ordered({ agent: 'off' }), []);
    for (const state of ['failed', 'cancelled', 'inconclusive', 'running'] as const)
      assert.deepEqual(await ordered({ reviews: [codex, { ...claude, state }] }), [], state);
    assert.deepEqual(await ordered({ reviews: [codex] }), []);
    assert.deepEqual(await ordered({ findings: [ofCodex] }), []);
    assert.deepEqual(await ordered({ findings: [ofCodex, { ...ofClaude, state: 'dismissed' }] }), []);
  });

  test('what the user has parted, and what was answered before, is no question; what failed is', async () => {
    assert.deepEqual(await ordered({ findings: [{ ...ofCodex, apart: ['c'] }, ofClaude] }), []);
    const before = (state: Job['state'], opinionOn = 'run-0') => ({
      job: { ...sampleJob({ id: 'opinion-1', kind: 'second-opinion', state }), opinionOn },
      order: { ...question, run: opinionOn },
    });
    assert.deepEqual(await ordered({ earlier: [before('succeeded')] }), []);
    assert.equal((await ordered({ earlier: [before('failed')] })).length, 1);
    assert.deepEqual(await ordered({ earlier: [before('running', 'run-1')] }), [], 'of this run it is asked');
  });
});

test('a question is bounded in pairs and in bytes, and never empty', () => {
  const pair = (body: string) => [known('a', { body }), known('b', { body })] as const;
  const many = Array.from({ length: 30 }, () => pair('Short.'));
  assert.equal(boundedPairs(many).length, maxPairs);
  const long = Array.from({ length: 30 }, () => pair('é'.repeat(4_000)));
  assert.equal(boundedPairs(long).length, 3);
  assert.equal(boundedPairs([pair('é'.repeat(100_000))]).length, 1);
  assert.deepEqual(boundedPairs([]), []);
});
