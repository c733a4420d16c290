import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Emitter } from 'vscode-jsonrpc/node';
import { Conversations } from '../../../src/app/conversations.ts';
import type { Job } from '../../../src/protocol/job.ts';
import type { Comment } from '../../../src/protocol/knownFinding.ts';
import type { QuestionOrder } from '../../../src/protocol/order.ts';
import { sampleJob } from '../bridge/samples.ts';
import { sampleKnown } from '../findings/sample.ts';

const order: QuestionOrder = { kind: 'question', finding: 'f', job: 'review-1', text: 'Why?' };
const queued = sampleJob({ id: 'question-1', kind: 'question', finding: 'f', state: 'queued' });

function create(said: Comment[] = []) {
  const complaints: string[] = [];
  const keep = (text: string) => void complaints.push(text);
  const logger = { trace: keep, debug: keep, info: keep, warn: keep, error: keep };
  const changes = new Emitter<Job>();
  const findings = {
    find: () => sampleKnown({ id: 'f', comments: said }),
    comment: (_id: string, comment: Omit<Comment, 'at'>) => {
      said.push({ at: '', ...comment });
      return Promise.resolve();
    },
  };
  const conversations = new Conversations({
    findings,
    place: () => Promise.reject(new Error('none is placed here')),
    logger,
  });
  conversations.follow({ onDidChange: changes.event, order: () => Promise.resolve(order) });
  const words = async () => {
    await conversations.settled();
    return said.map(({ by, text }) => `${by}: ${text}`);
  };
  return { conversations, changes, words, complaints };
}

describe('what is said about a finding', () => {
  test('the user’s words are there once, and before the answer', async () => {
    const { conversations, changes, words } = create();
    changes.fire(queued);
    changes.fire({ ...queued, state: 'running' });
    await conversations.answered(queued, 'f', 'Because.');
    changes.fire({ ...queued, state: 'succeeded' });
    assert.deepEqual(await words(), ['user: Why?', 'codex: Because.']);
  });

  test('a question that comes to nothing keeps the words, and says once why there is no answer', async () => {
    const { changes, words } = create();
    const failure = { message: 'The server ended.', advice: 'Ask again.' };
    changes.fire(queued);
    changes.fire({ ...queued, state: 'failed', failure });
    changes.fire({ ...queued, state: 'failed', failure });
    assert.deepEqual(await words(), [
      'user: Why?',
      'tandem: There is no answer. The server ended. Ask again.',
    ]);
  });

  test('a cancelled one', async () => {
    const { changes, words } = create();
    changes.fire(queued);
    changes.fire({ ...queued, state: 'cancelled' });
    assert.match((await words())[1] ?? '', /cancelled/);
  });

  test('a question that was taken up from another host is not said twice', async () => {
    const { changes, words } = create([{ at: '', by: 'user', text: 'Why?', job: 'question-1' }]);
    changes.fire({ ...queued, resumed: 1 });
    assert.deepEqual(await words(), ['user: Why?']);
  });

  test('other jobs say nothing here', async () => {
    const { changes, words } = create();
    changes.fire(sampleJob({ state: 'failed' }));
    assert.deepEqual(await words(), []);
  });
});
