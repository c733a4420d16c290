import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Approvals } from '../../../src/codex/approvals.ts';
import type { Decision } from '../../../src/protocol/approval.ts';
import { waitFor } from '../../engine/wait.ts';
import { createRecordingLogger } from '../bridge/samples.ts';

const never = new AbortController().signal;

function create(canAsk = true) {
  const logger = createRecordingLogger();
  const notes: string[] = [];
  const said: string[] = [];
  const cancelled: string[] = [];
  const approvals = new Approvals({
    logger,
    whyUnasked: () => (canAsk ? null : 'nobody can be asked here'),
    timeout: () => 0,
    cancelJob: (job) => Promise.resolve(cancelled.push(job)),
  });
  const listening = approvals.listen('t', {
    job: 'task-1',
    note: (note) => notes.push(note),
    changesOf: () => [{ path: '/r/a.ts', kind: 'update', movedTo: null, diff: '@@\n-a\n+b' }],
    asksToLeave: true,
    steer: (text) => Promise.resolve(void said.push(text)),
  });
  const ask = (method: string, params: object, signal = never) =>
    approvals.answer(method, { threadId: 't', conversationId: 't', ...params }, signal);
  return { approvals, ask, listening, logger, notes, said, cancelled };
}

const command = 'item/commandExecution/requestApproval';
const allow: Decision = { kind: 'allow', session: false };
const session: Decision = { kind: 'allow', session: true };
const decline: Decision = { kind: 'decline', reason: '' };
const permissions = { network: { enabled: true }, fileSystem: null };
const questions = [{ id: 'q', header: 'Q', question: 'Which?', options: null }];
const form = { properties: { n: { type: 'integer' }, ok: { type: 'boolean' } } };
const elicitation = { serverName: 's', mode: 'form', message: 'm', requestedSchema: form };
const legacyPatch = { fileChanges: { '/r/a': { type: 'update', unified_diff: '@@', move_path: null } } };

describe('each kind of question, in the words of the protocol', () => {
  for (const [method, params, decision, answer] of [
    [command, { command: 'ls' }, allow, { decision: 'accept' }],
    [command, { command: 'ls' }, session, { decision: 'acceptForSession' }],
    [command, { command: 'ls' }, decline, { decision: 'decline' }],
    [command, { command: 'ls' }, { kind: 'cancel' }, { decision: 'cancel' }],
    ['item/fileChange/requestApproval', { itemId: 'i' }, allow, { decision: 'accept' }],
    [
      'item/permissions/requestApproval',
      { permissions },
      session,
      { permissions: { network: { enabled: true } }, scope: 'session' },
    ],
    ['item/permissions/requestApproval', { permissions }, decline, { permissions: {}, scope: 'turn' }],
    [
      'item/tool/requestUserInput',
      { questions },
      { kind: 'answer', values: { q: 'Red' } },
      { answers: { q: { answers: ['Red'] } } },
    ],
    ['item/tool/requestUserInput', { questions }, decline, { answers: {} }],
    [
      'mcpServer/elicitation/request',
      elicitation,
      { kind: 'answer', values: { n: 2, ok: true } },
      { action: 'accept', content: { n: 2, ok: true }, _meta: null },
    ],
    [
      'mcpServer/elicitation/request',
      elicitation,
      decline,
      { action: 'decline', content: null, _meta: null },
    ],
    ['execCommandApproval', { command: ['ls', '-l'], cwd: '/r' }, allow, { decision: 'approved' }],
    ['execCommandApproval', { command: ['ls'], cwd: '/r' }, decline, { decision: 'denied' }],
    ['applyPatchApproval', legacyPatch, session, { decision: 'approved_for_session' }],
    ['applyPatchApproval', legacyPatch, { kind: 'cancel' }, { decision: 'abort' }],
  ] as const) {
    test(`${method}: ${decision.kind}`, async () => {
      const { approvals, ask, cancelled } = create();
      const answered = ask(method, params);
      const [pending] = approvals.pending;
      await approvals.decide(pending?.id ?? assert.fail('Nothing was asked.'), decision);
      assert.deepEqual(await answered, answer);
      assert.deepEqual(approvals.pending, []);
      assert.deepEqual(cancelled, decision.kind === 'cancel' ? ['task-1'] : []);
    });
  }
});

describe('what is asked', () => {
  test('the files stand in the item that came before', () => {
    const { approvals, ask } = create();
    void ask('item/fileChange/requestApproval', { itemId: 'i', reason: 'To fix it' });
    const [pending] = approvals.pending;
    assert.ok(pending?.subject.kind === 'files');
    assert.deepEqual(
      pending.subject.files.map(({ path }) => path),
      ['/r/a.ts'],
    );
    assert.equal(pending.reason, 'To fix it');
  });

  test('a command that wants more says what', () => {
    const { approvals, ask } = create();
    const additionalPermissions = { network: null, fileSystem: { read: null, write: ['/out'] } };
    const networkApprovalContext = { host: 'example.org', protocol: 'https' };
    void ask(command, { command: 'curl', additionalPermissions, networkApprovalContext });
    const [pending] = approvals.pending;
    assert.ok(pending?.subject.kind === 'command');
    assert.deepEqual(pending.subject.wants, ['the network: example.org', 'to write below /out']);
  });
});

describe('a question that is open no more', () => {
  test('was answered elsewhere: it goes, and a late decision is refused', async () => {
    const { approvals, ask } = create();
    const elsewhere = new AbortController();
    const answered = ask(command, { command: 'ls' }, elsewhere.signal);
    const [pending] = approvals.pending;
    elsewhere.abort();
    assert.deepEqual(approvals.pending, []);
    assert.deepEqual(await answered, { decision: 'decline' });
    await assert.rejects(approvals.decide(pending?.id ?? '', allow), /no longer asks/);
  });

  test('its turn is over', async () => {
    const { approvals, ask, listening } = create();
    const answered = ask(command, { command: 'ls' });
    listening.dispose();
    assert.deepEqual(approvals.pending, []);
    assert.deepEqual(await answered, { decision: 'decline' });
  });
});

describe('a refusal', () => {
  test('reaches Codex with its reason, and the job keeps both', async () => {
    const { approvals, ask, notes, said } = create();
    void ask(command, { command: 'rm -rf\n/tmp/x', reason: 'It is in the way' });
    await approvals.decide(approvals.pending[0]?.id ?? '', { kind: 'decline', reason: 'Keep it.' });
    assert.match(said.join(), /I declined this: Run rm -rf \/tmp\/x\nMy reason: Keep it\./);
    assert.match(
      notes.join(),
      /Run rm -rf \/tmp\/x \(“It is in the way”\); it was declined by you: Keep it\./,
    );
  });

  test('without a reason interrupts nobody', async () => {
    const { approvals, ask, said } = create();
    void ask(command, { command: 'ls' });
    await approvals.decide(approvals.pending[0]?.id ?? '', decline);
    assert.deepEqual(said, []);
  });
});

describe('what nobody is asked', () => {
  test('where nobody is there: declined, with a note', async () => {
    const { approvals, ask, notes } = create(false);
    assert.deepEqual(await ask(command, { command: 'ls' }), { decision: 'decline' });
    assert.deepEqual(approvals.pending, []);
    assert.match(notes.join(), /Run ls; it was declined because nobody can be asked here/);
  });

  test('on a thread that is not ours: declined', async () => {
    const { approvals, notes } = create();
    const answer = await approvals.answer(command, { threadId: 'other', command: 'ls' }, never);
    assert.deepEqual([answer, notes], [{ decision: 'decline' }, []]);
  });

  test('an unknown kind, and a form that cannot be shown, are refused', async () => {
    const { ask } = create();
    await assert.rejects(ask('attestation/generate', {}), /does not grant/);
    const nested = { properties: { deep: { type: 'object' } } };
    await assert.rejects(ask('mcpServer/elicitation/request', { ...elicitation, requestedSchema: nested }));
  });

  test('the time is told', async () => {
    const { currentTimeAt } = (await create().ask('currentTime/read', {})) as { currentTimeAt: number };
    assert.ok(Math.abs(currentTimeAt - Date.now() / 1000) < 5);
  });
});

describe('a thread that nothing was known of when it asked', () => {
  const asksOn = (approvals: Approvals, threadId: string) =>
    approvals.answer(command, { threadId, command: 'ls' }, never);

  test('is told of in a moment, as a sub-agent’s: its question is put to the user', async () => {
    const { approvals } = create();
    const answered = asksOn(approvals, 'part');
    approvals.listen('part', {
      ...{ job: 'task-1', asksToLeave: true, note: () => undefined, changesOf: () => [] },
      steer: () => Promise.resolve(),
    });
    const { id, job } = await waitFor('the question', () => approvals.pending[0]);
    assert.equal(job, 'task-1');
    await approvals.decide(id, allow);
    assert.deepEqual(await answered, { decision: 'accept' });
  });

  test('is nobody’s: it is declined', async () => {
    const { approvals } = create();
    assert.deepEqual(await asksOn(approvals, 'strange'), { decision: 'decline' });
    assert.deepEqual(approvals.pending, []);
  });

  test('was given up while it was waited for: nobody is asked', async () => {
    const { approvals } = create();
    const gone = new AbortController();
    const answered = approvals.answer(command, { threadId: 'part', command: 'ls' }, gone.signal);
    gone.abort();
    approvals.listen('part', {
      ...{ job: 'task-1', asksToLeave: true, note: () => undefined, changesOf: () => [] },
      steer: () => Promise.resolve(),
    });
    assert.deepEqual(await answered, { decision: 'decline' });
    assert.deepEqual(approvals.pending, []);
  });
});
