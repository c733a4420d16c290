import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type PromptTarget, handOver, turnEnded } from '../../../src/claude/handOver.ts';
import { pasteOf } from '../../../src/claude/pastedPrompt.ts';
import type { RunningSession } from '../../../src/protocol/claudeSession.ts';

const times = { look: 2, settle: 2, enter: 10, rate: 1_000 };

/** A session that takes the prompt at an Enter, as a test says. */
class FakeSession implements PromptTarget {
  readonly typed: string[] = [];
  private at = 1;
  private status: string | null = 'idle';
  foreground = true;
  gone = false;

  constructor(
    readonly takesAt = 1,
    readonly statuses: readonly string[] = ['busy'],
  ) {}

  become(status: string | null): void {
    this.status = status;
    this.at += 1;
  }

  look(): Promise<RunningSession | null> {
    const { status, at: statusUpdatedAt } = this;
    const session = { pid: 1, sessionId: 's', cwd: '/', version: '2.1.330', status, statusUpdatedAt };
    return Promise.resolve(this.gone ? null : session);
  }

  isTypedTo(): boolean {
    return this.foreground;
  }

  type(text: string): void {
    this.typed.push(text);
    if (this.typed.filter((one) => one === '\r').length !== this.takesAt || text !== '\r') return;
    for (const status of this.statuses) this.become(status);
  }
}

describe('a prompt for a session that runs', () => {
  test('is pasted and sent', async () => {
    const session = new FakeSession();
    assert.equal(await handOver(session, 'Fix it', times), 2);
    assert.deepEqual(session.typed, [pasteOf('Fix it'), '\r']);
  });

  test('is sent again where the Enter was passed over, and not once more than that', async () => {
    const session = new FakeSession(3);
    await handOver(session, 'Fix it', times);
    assert.deepEqual(session.typed, [pasteOf('Fix it'), '\r', '\r', '\r']);
  });

  test('counts as taken where the turn was so short that it is over', async () => {
    assert.equal(await handOver(new FakeSession(1, ['busy', 'idle']), 'Fix it', times), 3);
  });

  for (const [status, words] of [
    ['busy', /is busy now\./],
    ['waiting', /has a question or a dialog open\./],
    ['something new', /is busy now\./],
  ] as const)
    test(`is not typed where the session says “${status}”`, async () => {
      const session = new FakeSession();
      session.become(status);
      await assert.rejects(handOver(session, 'Fix it', times), words);
      assert.deepEqual(session.typed, []);
    });

  test('is not typed where a shell would get it, or nobody', async () => {
    const suspended = new FakeSession();
    suspended.foreground = false;
    await assert.rejects(handOver(suspended, 'Fix it', times));
    const ended = new FakeSession();
    ended.gone = true;
    await assert.rejects(handOver(ended, 'Fix it', times), /has ended/);
    assert.deepEqual([...suspended.typed, ...ended.typed], []);
  });

  test('that is not taken is said not to be', async () => {
    const session = new FakeSession(99);
    await assert.rejects(handOver(session, 'Fix it', times), /did not take the prompt\./);
  });

  test('no Enter comes once the session was suspended meanwhile', async () => {
    const session = new FakeSession(99);
    const typing = session.type.bind(session);
    session.type = (text) => {
      typing(text);
      session.foreground = false;
    };
    await assert.rejects(handOver(session, 'Fix it', times), /did not take the prompt\./);
    assert.deepEqual(session.typed, [pasteOf('Fix it')]);
  });
});

test('a turn is over once the session is free again, or gone', async () => {
  const session = new FakeSession();
  const since = await handOver(session, 'Fix it', times);
  let isOver = false;
  const ended = turnEnded(session, since, 1).then(() => (isOver = true));
  session.become('waiting');
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(isOver, false);
  session.become('idle');
  await ended;
  session.become('busy');
  session.gone = true;
  await turnEnded(session, since, 1);
});
