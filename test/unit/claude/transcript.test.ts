import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { omissionNote, readConversation, saidAfter } from '../../../src/claude/transcript.ts';
import { createTempFolder } from '../../support/temp.ts';

const folder = createTempFolder('transcripts').path;

/** Writes lines, objects as JSON; gives the file. */
function transcript(...lines: (object | string)[]): string {
  const file = path.join(folder, 'session.jsonl');
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  writeFileSync(file, text.map((line) => `${line}\n`).join(''));
  return file;
}

const user = (content: unknown, more: object = {}) => ({
  ...{ parentUuid: null, isSidechain: false, type: 'user', cwd: '/work/shop', version: '2.1.197' },
  ...{ message: { role: 'user', content }, ...more },
});
const assistant = (content: unknown, more: object = {}) => ({
  ...{ isSidechain: false, type: 'assistant', requestId: 'req_1' },
  ...{ message: { id: 'msg_1', role: 'assistant', model: 'claude', content }, ...more },
});
const text = (words: string) => ({ type: 'text', text: words });
const command = (name: string, input = '') =>
  `<command-name>${name}</command-name>\n            <command-message>x</command-message>\n            <command-args>${input}</command-args>`;

/** As 2.1.330 writes around what is said. */
const noise = [
  { type: 'queue-operation', operation: 'enqueue', content: 'Fix it' },
  { type: 'attachment', isSidechain: false, attachment: { type: 'skill_listing', content: 'many' } },
  { type: 'api-request-blob', hash: 'x', message: { content: [text('<system-reminder>')] } },
  { type: 'system', subtype: 'turn_duration', content: 'user' },
  { type: 'last-prompt', lastPrompt: 'Fix it' },
  '{"type":"user","message":{"role":"us',
  '',
];

describe('the conversation of a transcript', () => {
  test('both sides, in their order, with tools as hints and without what nobody said', async () => {
    const file = transcript(
      ...noise,
      user('Fix the add function'),
      assistant([{ type: 'thinking', thinking: 'Hm.', signature: 's' }]),
      assistant([text('I look first.')]),
      assistant([{ type: 'tool_use', id: 'toolu_1', name: 'Read', input: { file_path: 'a.ts' } }]),
      user([{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'the file' }], { toolUseResult: {} }),
      ...noise,
      user('A subagent’s task', { isSidechain: true }),
      assistant([text('A subagent')], { isSidechain: true }),
      user([text('Expanded command')], { isMeta: true }),
      assistant([text('Fixed.')]),
      user([text('Look at this'), { type: 'image', source: {} }]),
    );
    assert.deepEqual(await readConversation(file), [
      { role: 'user', text: 'Fix the add function' },
      { role: 'assistant', text: 'I look first.\n\n[used Read: {"file_path":"a.ts"}]\n\nFixed.' },
      { role: 'user', text: 'Look at this\n\n[image]' },
    ]);
  });

  test('commands as they were typed, without what they printed', async () => {
    const file = transcript(
      user(command('/review', 'the last commit')),
      user('<local-command-stdout>No matches</local-command-stdout>'),
      user(command('/clear')),
    );
    assert.deepEqual(await readConversation(file), [
      { role: 'user', text: '/review the last commit\n\n/clear' },
    ]);
  });

  test('no more than the limit: the newest, with a word that there was more', async () => {
    const said = Array.from({ length: 50 }, (_, index) => [
      user(`Question ${index}`),
      assistant(`Answer ${index}`),
    ]);
    const messages = await readConversation(transcript(...said.flat()), { maxCharacters: 40 });
    assert.deepEqual(messages[0], { role: 'user', text: `${omissionNote}\n\nQuestion 48` });
    assert.deepEqual(messages.at(-1), { role: 'assistant', text: 'Answer 49' });
  });

  test('one message that is endless is cut, and a line that is endless is skipped', async () => {
    const file = transcript(
      user(`start${'x'.repeat(100_000)}end`),
      assistant('y'.repeat(5 * 1024 * 1024)),
      assistant('z'),
    );
    const [first, second, ...rest] = await readConversation(file);
    assert.match(first?.text ?? '', /^startx+\n\[…\]\nx+end$/);
    assert.ok((first?.text.length ?? 0) < 21_000);
    assert.deepEqual([second, rest], [{ role: 'assistant', text: 'z' }, []]);
  });

  test('nothing where nothing is', async () => {
    assert.deepEqual(await readConversation(transcript()), []);
    assert.deepEqual(await readConversation(transcript('garbage', '[]', 'null', '{"type":"user"}')), []);
  });
});

describe('whether something was said since', () => {
  const first = user('Hello');
  const place = Buffer.byteLength(`${JSON.stringify(first)}\n`);

  test('not by noise, nor by commands that Claude Code answers itself', async () => {
    assert.equal(await saidAfter(transcript(first), place), false);
    const quiet = transcript(
      ...[first, ...noise, user('<local-command-caveat>Caveat', { isMeta: true })],
      ...[user(command('/codex:transfer')), user(command('/model', 'opus'))],
    );
    assert.equal(await saidAfter(quiet, place), false);
  });

  test('by either side', async () => {
    assert.equal(await saidAfter(transcript(first, ...noise, user('More')), place), true);
    assert.equal(await saidAfter(transcript(first, assistant([text('Hi')])), place), true);
    assert.equal(await saidAfter(transcript(first), 0), true);
    assert.equal(await saidAfter(transcript(first, user('/home/ada is my folder')), place), true);
  });
});
