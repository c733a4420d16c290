import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UserError } from '../../../src/base/errors.ts';
import { type SamePair, createSecondOpinionRunner } from '../../../src/jobs/secondOpinionRunner.ts';
import type { KnownFinding } from '../../../src/protocol/knownFinding.ts';
import type { Order } from '../../../src/protocol/order.ts';
import { sampleJob } from '../bridge/samples.ts';
import { known } from '../findings/known.ts';

const order: Order = {
  kind: 'second-opinion',
  run: 'run-1',
  agent: 'claude',
  pairs: [
    ['a', 'b'],
    ['c', 'd'],
  ],
};
const all = ['a', 'b', 'c', 'd'].map((id) => known(id));

async function ask(text: unknown, findings: readonly KnownFinding[] = all, wanted: Order = order) {
  const joined: SamePair[] = [];
  const asked: string[] = [];
  const runner = createSecondOpinionRunner({
    answer: (request) => {
      asked.push(request.prompt(false));
      const said = typeof text === 'string' ? text : JSON.stringify(text);
      const commands = { succeeded: 0, failed: 0, lastFailure: null };
      return Promise.resolve({ text: said, rawText: said, commands, observations: [] });
    },
    known: () => Promise.resolve(findings),
    prompt: (pairs) => pairs.map(([one, other]) => `${one.id}${other.id}`).join(' '),
    schema: {},
    join: (_, pairs) => {
      joined.push(...pairs);
      return Promise.resolve(pairs.map(({ one }) => one));
    },
  });
  const context = {
    onProgress: () => undefined,
    signal: new AbortController().signal,
    keep: () => undefined,
  };
  const { outcome, result } = await runner(sampleJob({ kind: 'second-opinion' }), wanted, context);
  return { joined, asked, summary: outcome.summary, said: result.summary };
}

const verdict = (pair: number, said: string, reason = 'So.') => ({ pair, verdict: said, reason });

describe('a second opinion as a job', () => {
  test('joins what is held for the same, and says what was said of each', async () => {
    const pairs = [verdict(1, 'different', 'Two lines.'), verdict(2, 'same', 'One line.')];
    const { joined, asked, summary, said } = await ask({ pairs });
    assert.deepEqual(asked, ['ab cd']);
    assert.deepEqual(joined, [{ one: 'c', other: 'd', reason: 'One line.' }]);
    assert.equal(summary, '1 of 2 pairs is the same finding');
    assert.equal(said, '- “a” and “b”: different. Two lines.\n- “c” and “d”: same. One line.');
  });

  test('what is not clear joins nothing: no certainty, two words on one pair, a pair that there is not', async () => {
    const unclear = [verdict(1, 'cannot tell'), verdict(2, 'same'), verdict(2, 'different')];
    assert.deepEqual((await ask({ pairs: unclear })).joined, []);
    assert.deepEqual((await ask({ pairs: [verdict(0, 'same'), verdict(3, 'same')] })).joined, []);
    assert.equal((await ask({ pairs: [] })).summary, 'None of 2 pairs is the same finding');
  });

  test('an answer of another form is a failure, not a verdict', async () => {
    for (const text of ['They look alike.', '[]', { pairs: [{ pair: 1, verdict: 'surely', reason: '' }] }])
      await assert.rejects(
        ask(text),
        (error) => error instanceof UserError && error.message.includes('verdicts'),
      );
  });

  test('what is no longer open is not asked about; of nothing that is left nobody is asked', async () => {
    const some = all.map((one) => (one.id === 'a' ? { ...one, state: 'dismissed' as const } : one));
    const { asked, joined } = await ask({ pairs: [verdict(1, 'same')] }, some);
    assert.deepEqual(asked, ['cd']);
    assert.deepEqual(
      joined.map(({ one }) => one),
      ['c'],
    );
    await assert.rejects(ask({ pairs: [] }, []), UserError);
  });
});
