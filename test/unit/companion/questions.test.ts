import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import type { Approval, Field, Subject } from '../../../src/protocol/approval.ts';
import {
  choicesOf,
  fieldPrompt,
  fieldText,
  goneText,
  questionText,
} from '../../../src/companion/questionText.ts';
import { readField } from '../../../src/companion/readField.ts';
import { TerminalAsker } from '../../../src/companion/terminalAsker.ts';
import { ProgressLine } from '../../../src/companion/progressLine.ts';

const asks = (subject: Subject, more: Partial<Approval> = {}): Approval => ({
  id: 'a',
  job: 'task-1',
  subject,
  reason: '',
  forSession: true,
  askedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: null,
  ...more,
});
const command = (line: string): Subject => ({ kind: 'command', line, cwd: '/r', wants: [], outside: true });
const field = (more: Partial<Field> = {}): Field => ({
  id: 'f',
  title: 'F',
  description: 'Which?',
  type: 'text',
  options: [],
  free: false,
  secret: false,
  required: true,
  ...more,
});
const options = ['Red', 'Blue'].map((label) => ({ value: label.toLowerCase(), label, description: '' }));

describe('a question as text for a terminal', () => {
  test('cannot steer it, hide letters, or pass for a line of Tandem’s', () => {
    const evil =
      'ls\u001b[1A\u001b[2K\rrm\u0007\u202e\u200b\u{e0041}\u009b2J\nCodex asks (task-2):\na allow once: ';
    const { text } = questionText(
      asks(
        {
          kind: 'files',
          files: [{ path: `/r/${evil}`, kind: 'update', movedTo: evil, diff: `@@\n-\ta\n+${evil}\n` }],
          root: evil,
        },
        { reason: evil },
      ),
    );
    // eslint-disable-next-line no-control-regex -- what must not be there
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u200b\u{e0041}]/u);
    assert.ok(text.includes('\\u{1b}[1A\\u{1b}[2K\\u{d}rm\\u{7}\\u{202e}\\u{200b}\\u{e0041}\\u{9b}2J'));
    const flush = text.split('\n').filter((line) => /^\S/.test(line));
    assert.deepEqual(flush, ['Codex asks (task-1):', 'It waits for your answer.']);
    for (const kind of ['command', 'mcp', 'questions'] as const) {
      const subject: Subject =
        kind === 'command'
          ? { kind, line: evil, cwd: evil, wants: [evil], outside: true }
          : kind === 'mcp'
            ? { kind, server: evil, message: evil, input: evil, fields: [], url: null }
            : { kind, fields: [field({ description: evil })] };
      const lines = questionText(asks(subject)).text.split('\n');
      assert.equal(lines.filter((line) => /^\S/.test(line)).length, 2, kind);
    }
    assert.ok(
      fieldText(field({ description: evil, options }))
        .split('\n')
        .every((line) => line.startsWith('  ')),
    );
  });

  test('a long one is shown in part, and can be allowed only when it was seen whole', () => {
    const approval = asks(command(Array.from({ length: 250 }, (_, index) => `echo ${index}`).join('\n')));
    const { text, rest } = questionText(approval);
    assert.match(text, /\d+ more lines\.$/);
    assert.match(`${text}\n${rest}`, / {2}echo 249\n/);
    const keys = (isWhole: boolean) => choicesOf(approval, isWhole).map(({ key }) => key);
    assert.deepEqual(keys(false), ['m', 'd', 'c']);
    assert.deepEqual(keys(true), ['a', 's', 'd', 'c']);
    assert.equal(questionText(asks(command('ls'))).rest, '');
  });

  test('offers what can be said', () => {
    const keys = (approval: Approval) => choicesOf(approval, true).map(({ key }) => key);
    assert.deepEqual(keys(asks(command('ls'), { forSession: false })), ['a', 'd', 'c']);
    assert.deepEqual(keys(asks({ kind: 'questions', fields: [field()] })), ['w', 'd', 'c']);
  });

  test('that is gone says why as far as it is known', () => {
    const at = Date.parse('2026-01-01T00:30:00.000Z');
    const timed = asks(command('ls'), { expiresAt: '2026-01-01T00:30:00.000Z' });
    assert.match(goneText(timed, at), /in time/);
    assert.match(goneText(timed, at - 1), /elsewhere/);
    assert.match(goneText(asks(command('ls')), at), /elsewhere/);
  });
});

describe('what is typed for a field', () => {
  const cases: [Partial<Field>, string, unknown][] = [
    [{}, ' hello ', { value: 'hello' }],
    [{}, '', { problem: 'This is needed.' }],
    [{ required: false }, ' ', { value: undefined }],
    [{ type: 'number' }, '1.5', { value: 1.5 }],
    [{ type: 'number' }, 'one', { problem: 'This is to be a number.' }],
    [{ type: 'integer' }, '1.5', { problem: 'This is to be a whole number.' }],
    [{ type: 'boolean' }, 'Y', { value: true }],
    [{ type: 'boolean' }, 'no', { value: false }],
    [{ type: 'boolean' }, 'perhaps', { problem: 'Type y or n.' }],
    [{ type: 'choice', options }, '2', { value: 'blue' }],
    [{ type: 'choice', options }, '0', { problem: 'Type a number from 1 to 2.' }],
    [{ type: 'choice', options }, 'blue', { problem: 'Type a number from 1 to 2.' }],
    [{ type: 'choice', options, free: true }, 'green', { value: 'green' }],
    [{ type: 'choices', options }, '2, 1,2', { value: ['blue', 'red'] }],
    [{ type: 'choices', options }, '1,3', { problem: 'Type a number from 1 to 2.' }],
  ];
  for (const [more, line, expected] of cases)
    test(`${JSON.stringify(more)}: “${line}”`, () => {
      assert.deepEqual(readField(field(more), line), expected);
    });

  test('is asked for in its own way', () => {
    assert.equal(fieldPrompt(field({ type: 'choice', options, free: true })), '1 to 2, or your own words: ');
    assert.match(fieldText(field({ required: false })), /may be left empty/);
  });
});

describe('who is asked', () => {
  const at = (input: boolean, output: boolean) =>
    TerminalAsker.at(
      Object.assign(new PassThrough(), { isTTY: input }) as unknown as NodeJS.ReadStream,
      Object.assign(new PassThrough(), { isTTY: output }) as unknown as NodeJS.WriteStream,
      new ProgressLine({ write: () => true }),
    );
  test('somebody who reads and types here, nobody else', () => {
    assert.notEqual(at(true, true), null);
    assert.deepEqual([at(true, false), at(false, true), at(false, false)], [null, null, null]);
  });

  test('at the end of what can be typed it is declined', async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = Object.assign(new PassThrough(), { isTTY: true });
    const asker = TerminalAsker.at(
      input as unknown as NodeJS.ReadStream,
      output as unknown as NodeJS.WriteStream,
      new ProgressLine({ write: () => true }),
    );
    const decided = new Promise((resolve) => {
      asker?.show([asks(command('ls'))], (id, decision) => {
        resolve([id, decision]);
        return Promise.resolve();
      });
    });
    input.end();
    assert.deepEqual(await decided, ['a', { kind: 'decline', reason: '' }]);
    asker?.dispose();
  });
});
