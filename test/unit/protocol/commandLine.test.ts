import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UsageError } from '../../../src/base/errors.ts';
import { parseReview, parseSetup, parseStatus, splitWords } from '../../../src/protocol/commandLine.ts';

describe('options of review', () => {
  test('defaults', () => {
    assert.deepEqual(parseReview([]), { target: { scope: 'auto' }, background: false, json: false });
  });

  test('all of them', () => {
    assert.deepEqual(
      parseReview(['--base=main', '--model', 'gpt-5.5', '--effort', 'high', '--background', '--json']),
      {
        target: { scope: 'branch', base: 'main' },
        model: 'gpt-5.5',
        effort: 'high',
        background: true,
        json: true,
      },
    );
    assert.deepEqual(parseReview(['--scope', 'working-tree', '--wait']).target, { scope: 'working-tree' });
  });

  for (const [args, problem] of [
    [['--bsae', 'main'], /--bsae/],
    [['main'], /“main” is not an option/],
    [['--base'], /--base/],
    [['--base', ''], /needs a branch/],
    [['--scope', 'everything'], /not one of auto, working-tree, branch/],
    [['--scope', 'working-tree', '--base', 'main'], /not working-tree/],
    [['--wait', '--background'], /exclude each other/],
  ] as const) {
    test(`${args.join(' ')} is refused with the known options`, () => {
      assert.throws(
        () => parseReview(args),
        (error: unknown) => {
          assert.ok(error instanceof UsageError);
          assert.match(error.message, problem);
          assert.match(error.advice ?? '', /Usage: review .*--base REF/);
          return true;
        },
      );
    });
  }
});

test('options of status and setup', () => {
  assert.deepEqual(parseStatus(['review-1', '--json']), { id: 'review-1', json: true });
  assert.throws(() => parseStatus(['a', 'b']), UsageError);
  assert.deepEqual(parseSetup([]), { json: false });
  assert.throws(() => parseSetup(['now']), UsageError);
});

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
  ] as const) {
    test(JSON.stringify(text), () => assert.deepEqual(splitWords(text), words));
  }

  test('a quote that is not closed is an error, not a guess', () => {
    assert.throws(() => splitWords(`--base "main`), /A quote is not closed/);
    assert.throws(() => splitWords(`it's`), UsageError);
  });
});
