import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type WaitQuestion, shouldWait } from '../../../src/app/waiting.ts';
import type { Target } from '../../../src/protocol/target.ts';

const small: Target = { kind: 'working-tree', files: 2, lines: 40 };
const question: WaitQuestion = {
  mode: 'auto',
  job: { kind: 'review', target: small },
  setting: 'auto',
  isTerminal: false,
};
const of = (target: Target | null) => ({ ...question, job: { kind: 'review', target } }) as const;

test('in Claude Code the size of the change decides, if nobody else does', () => {
  assert.equal(shouldWait(question), true);
  assert.equal(shouldWait(of({ ...small, files: 11 })), false);
  assert.equal(shouldWait(of({ ...small, lines: 501 })), false);
  assert.equal(shouldWait(of({ ...small, lines: null })), true);
  assert.equal(shouldWait(of(null)), false);
});

test('the option wins over the setting, the setting over the size', () => {
  assert.equal(shouldWait({ ...question, setting: 'background' }), false);
  assert.equal(shouldWait({ ...question, setting: 'background', mode: 'wait' }), true);
  assert.equal(shouldWait({ ...question, mode: 'background' }), false);
  assert.equal(shouldWait({ ...of({ ...small, files: 999 }), setting: 'wait' }), true);
});

test('a terminal waits unless told otherwise', () => {
  const atTerminal = { ...of({ ...small, files: 999 }), isTerminal: true };
  assert.equal(shouldWait({ ...atTerminal, setting: 'background' }), true);
  assert.equal(shouldWait({ ...atTerminal, mode: 'background' }), false);
});
