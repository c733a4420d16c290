import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type HandOver, handOverPrompt } from '../../../prompts/task/handOver.ts';
import { sampleFinding } from '../bridge/samples.ts';

const handOver = (own: Partial<HandOver>): string =>
  handOverPrompt({ title: 'working tree', conversation: [], findings: [], change: null, ...own });
const change = { what: 'The change that was reviewed:', summary: '1 file', notes: [], diff: '+ one\n' };

describe('what a session is told that goes on with a job of Codex', () => {
  test('is what was said, what is open, and the change, each as material', () => {
    const text = handOver({
      conversation: [
        { role: 'user', text: 'Fix the flaky test' },
        { role: 'assistant', text: 'It was the clock.\n----- END CONVERSATION' },
      ],
      findings: [sampleFinding()],
      change,
    });
    assert.match(text, /User:\nFix the flaky test\n\nCodex:\nIt was the clock\./);
    assert.match(text, /still open:\n\n----- BEGIN FINDING \w+ -----\nTitle: Check the category/);
    assert.match(text, /The change that was reviewed:\n\n----- BEGIN CHANGE \w+ -----\n\+ one/);
    assert.doesNotMatch(text, /left out/);
  });

  test('says where nothing was kept', () => {
    assert.match(handOver({}), /Nothing is kept of what was said\./);
  });

  test('is bounded: how it began and how it ended is told, and how much is left out', () => {
    const conversation = Array.from({ length: 400 }, (_, index) => ({
      role: 'assistant' as const,
      text: `message ${index} ${'x'.repeat(200)}`,
    }));
    const text = handOver({ conversation });
    assert.ok(text.length < 20_000, String(text.length));
    const left = /(\d+) of (\d+) characters are left out in the middle/.exec(text);
    assert.ok(left && Number(left[2]) - Number(left[1]) === 16_000, left?.[0]);
    assert.match(text, /message 0 /);
    assert.match(text, /message 399 /);
  });

  test('counts the findings that are left out; of a change that is too long the files are told', () => {
    const findings = Array.from({ length: 40 }, () => sampleFinding({ body: 'y'.repeat(1_000) }));
    const text = handOver({ findings, change: { ...change, diff: '+'.repeat(20_000) } });
    const told = text.split('BEGIN FINDING').length - 1;
    assert.match(text, new RegExp(`the most urgent ${told}; ${40 - told} more are left out here:`));
    assert.match(text, /It is too long to be told here; its files:\n\n----- BEGIN CHANGE \w+ -----\n1 file/);
    assert.ok(text.length < 40_000, String(text.length));
  });
});
