import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Approvals } from '../../../src/codex/approvals.ts';
import { createRecordingLogger } from '../bridge/samples.ts';

describe('what Codex asks while nobody can be asked', () => {
  for (const [method, answer] of [
    ['item/commandExecution/requestApproval', { decision: 'decline' }],
    ['item/fileChange/requestApproval', { decision: 'decline' }],
    ['item/permissions/requestApproval', { permissions: {} }],
    ['item/tool/requestUserInput', { answers: {} }],
    ['mcpServer/elicitation/request', { action: 'decline' }],
    ['execCommandApproval', { decision: 'denied' }],
    ['applyPatchApproval', { decision: 'denied' }],
  ] as const) {
    test(`${method} is declined`, async () => {
      const approvals = new Approvals(createRecordingLogger());
      const notes: string[] = [];
      approvals.decline('t', (note) => notes.push(note));
      assert.deepEqual(await approvals.answer(method, { threadId: 't', conversationId: 't' }), answer);
      assert.match(notes.join(), /Codex asked for .* declined/);
    });
  }

  test('the note names the command and the reason, in one line, and reaches only its own job', async () => {
    const approvals = new Approvals(createRecordingLogger());
    const notes: string[] = [];
    const others: string[] = [];
    const listening = approvals.decline('t', (note) => notes.push(note));
    approvals.decline('u', (note) => others.push(note));
    const question = { threadId: 't', command: 'rm -rf\n/tmp/x', reason: 'It is in the way' };
    await approvals.answer('item/commandExecution/requestApproval', question);
    listening.dispose();
    await approvals.answer('item/commandExecution/requestApproval', question);
    assert.equal(notes.length, 1);
    assert.match(notes[0] ?? '', /\(rm -rf \/tmp\/x: It is in the way\)/);
    assert.deepEqual(others, []);
  });

  test('an unknown question is refused, and logged', async () => {
    const logger = createRecordingLogger();
    await assert.rejects(new Approvals(logger).answer('attestation/generate', {}), /does not grant/);
    assert.match(logger.at('warn').join(), /attestation/);
  });
});
