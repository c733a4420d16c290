import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LimitReached, UserError } from '../../../src/base/errors.ts';
import type { AppServerConnection } from '../../../src/codex/connection.ts';
import { assertCompleted } from '../../../src/codex/failures.ts';

const reset = Math.floor(Date.now() / 1000) + 7 * 86_400;
const window = (usedPercent: number, windowDurationMins: number) => ({
  ...{ usedPercent, windowDurationMins },
  resetsAt: reset,
});

/** A turn that was ended by a limit. @param answer to the question for the account's limits */
function ended(answer: () => Promise<unknown>): Promise<void> {
  const connection = { limits: null, request: answer } as unknown as AppServerConnection;
  const end = { kind: 'failed', message: 'You’ve hit your usage limit.', isLimit: true } as const;
  return assertCompleted(end, new AbortController().signal, connection);
}

test('a limit of which nothing was told, as in a review: the account is asked when it is over', async () => {
  const rateLimits = { limitId: 'codex', primary: window(7, 300), secondary: window(100, 10_080) };
  await assert.rejects(
    ended(() => Promise.resolve({ rateLimits })),
    (error) => {
      assert.ok(error instanceof LimitReached);
      assert.match(error.message, /^Codex’s weekly limit is reached; it resets on /);
      assert.equal(error.resetsAt, new Date(reset * 1000).toISOString());
      return true;
    },
  );
});

test('an account that does not answer hides nothing: it is a limit all the same, in the words of Codex', async () => {
  await assert.rejects(
    ended(() => Promise.reject(new UserError('gone'))),
    (error) => {
      assert.ok(error instanceof LimitReached);
      assert.equal(error.message, 'Codex’s usage limit is reached: You’ve hit your usage limit.');
      assert.equal(error.resetsAt, null);
      return true;
    },
  );
});
