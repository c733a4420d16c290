import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { splitWords } from '../../../src/protocol/words.ts';

const texts = (text: string) => splitWords(text).map((word) => word.text);

describe('words behind a slash command', () => {
  for (const [text, words] of [
    ['', []],
    ['  --base   main ', ['--base', 'main']],
    [`--base "my branch" 'it is'`, ['--base', 'my branch', 'it is']],
    [`--base="a b"`, ['--base=a b']],
    [String.raw`"say \"hi\" \\ \n"`, [String.raw`say "hi" \ \n`]],
    ['$(touch x) `id` $HOME *', ['$(touch', 'x)', '`id`', '$HOME', '*']],
    ['a\n\tb', ['a', 'b']],
    ['""', ['']],
    [`it's don't`, [`it's`, `don't`]],
    [`"a"b 'c'd`, [`"a"b`, `'c'd`]],
  ] as const) {
    test(JSON.stringify(text), () => assert.deepEqual(texts(text), words));
  }

  test('each word knows where it stands, and whether it was quoted', () => {
    assert.deepEqual(splitWords(` a "b c"`), [
      { text: 'a', quoted: false, unclosed: false, start: 1, end: 2 },
      { text: 'b c', quoted: true, unclosed: false, start: 3, end: 8 },
    ]);
  });

  test('a quote that begins a word and is not closed is told', () => {
    assert.deepEqual(
      splitWords(`--base "main x`).map(({ unclosed }) => unclosed),
      [false, true, false],
    );
  });
});
