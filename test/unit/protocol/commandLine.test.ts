import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UsageError } from '../../../src/base/errors.ts';
import {
  type CommandInput,
  parseAdversarialReview,
  parseCancel,
  parseFindings,
  parseScore,
  parseRescue,
  parseResult,
  parseReview,
  parseSetup,
  parseStatus,
  parseTransfer,
} from '../../../src/protocol/commandLine.ts';

function refused(parse: (input: CommandInput) => unknown, input: CommandInput, problem: RegExp): void {
  assert.throws(
    () => parse(input),
    (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, problem);
      assert.match(error.advice ?? '', /^Usage: /);
      return true;
    },
  );
}

describe('options of review', () => {
  test('defaults', () => {
    assert.deepEqual(parseReview([]), {
      order: { kind: 'review', target: { scope: 'auto' }, focus: '', model: '', effort: '' },
      mode: 'auto',
      json: false,
    });
  });

  test('all of them, and a focus', () => {
    const typed = '--base=main look at the --model gpt-5.5 locks --effort high --background --json';
    assert.deepEqual(parseReview(typed), {
      order: {
        kind: 'review',
        target: { scope: 'branch', base: 'main' },
        focus: 'look at the locks',
        model: 'gpt-5.5',
        effort: 'high',
      },
      mode: 'background',
      json: true,
    });
    assert.deepEqual(parseReview(['--scope', 'staged', '--wait']).order.target, { scope: 'staged' });
    assert.deepEqual(parseReview('--commit HEAD~1').order.target, { scope: 'commit', commit: 'HEAD~1' });
    assert.deepEqual(parseReview('--range v1..v2').order.target, { scope: 'range', range: 'v1..v2' });
  });

  test('files and folders, each by an option of its own, and lines of one', () => {
    assert.deepEqual(parseReview('--file "a b.ts" --file src --file=-odd.ts look at races').order, {
      kind: 'review',
      target: { scope: 'files', files: ['a b.ts', 'src', '-odd.ts'] },
      focus: 'look at races',
      model: '',
      effort: '',
    });
    assert.deepEqual(parseReview(['--scope', 'files', '--file', 'a.ts']).order.target, {
      scope: 'files',
      files: ['a.ts'],
    });
    assert.deepEqual(parseAdversarialReview('--file a.ts --lines 3-9').order.target, {
      scope: 'selection',
      files: ['a.ts'],
      lines: '3-9',
    });
  });

  for (const [input, problem] of [
    ['--bsae main', /--bsae/],
    ['--base', /--base/],
    [['--base', ''], /--base is empty/],
    ['--scope everything', /not one of auto, working-tree, staged, branch/],
    ['--scope working-tree --base main', /not working-tree/],
    ['--base main --commit HEAD', /exclude each other/],
    ['--wait --background', /exclude each other/],
    ['--plan plan.md', /--plan/],
    ['--file', /--file/],
    [['--file', ' '], /--file is empty/],
    ['--scope files', /scope files needs --file/],
    ['--scope selection --lines 1-2', /--lines needs --file/],
    ['--lines 1-2', /--lines needs --file/],
    ['--base main --lines 1-2', /--lines goes with --file, not --base/],
    ['--file a --file b --lines 1-2', /one --file/],
    ['--file a --lines 9-3', /“9-3” is no range of lines/],
    ['--file a --lines 0', /“0” is no range of lines/],
    ['--file a --lines here', /“here” is no range of lines/],
    ['--file a --base main', /--base and --file exclude each other/],
    ['--file a --scope staged', /--file goes with the scope files, not staged/],
    [
      Array.from({ length: 202 }, (_, i) => (i % 2 === 0 ? '--file' : 'a')),
      /101 files and folders are too many/,
    ],
    ['--reviewers gemini', /--reviewers gemini: not one of codex, claude/],
    ['--reviewers', /--reviewers/],
    ['--base "main', /quote is not closed behind --base/],
  ] as const) {
    test(`${String(input)} is refused with the known options`, () => refused(parseReview, input, problem));
  }

  test('who reviews; left to the setting where it is not said', () => {
    assert.equal(parseReview('--reviewers claude').order.reviewer, 'claude');
    assert.equal(parseAdversarialReview('--reviewers codex the locks').order.reviewer, 'codex');
    assert.ok(!('reviewer' in parseReview('').order));
  });

  test('only the adversarial review takes a plan', () => {
    assert.deepEqual(parseAdversarialReview('--plan "my plan.md"').order.target, {
      scope: 'plan',
      plan: 'my plan.md',
    });
  });
});

describe('the task of rescue', () => {
  const promptOf = (input: CommandInput) => parseRescue(input).order.prompt;

  for (const text of [
    '$(touch PWNED) `id` $HOME * ~',
    'say "hi"; touch f; echo "',
    `it's`,
    'two\n  lines,\ttabs and  spaces',
    'x" && node -e "process.exit()" "',
    '<<EOF',
    '\\',
    '- a list',
  ]) {
    test(`${JSON.stringify(text)} arrives as it was typed`, () => {
      assert.equal(promptOf(text), text);
      assert.equal(promptOf(`--background  ${text}`), text);
    });
  }

  test('options may stand anywhere, and are cut out', () => {
    const { order, mode } = parseRescue('fix  the --effort high "flaky" test --background');
    assert.equal(order.prompt, 'fix  the "flaky" test');
    assert.equal(order.effort, 'high');
    assert.equal(mode, 'background');
  });

  test('a quoted option, and whatever follows --, is text', () => {
    assert.equal(promptOf('explain "--write"'), 'explain "--write"');
    assert.equal(promptOf('-- --write me'), '--write me');
  });

  test('may write unless told otherwise; spark is a name for its model', () => {
    assert.equal(parseRescue('x').order.write, true);
    assert.equal(parseRescue('--read-only x').order.write, false);
    assert.equal(parseRescue('--model spark x').order.model, 'gpt-5.3-codex-spark');
  });

  test('which thread', () => {
    assert.equal(parseRescue('x').order.thread, undefined);
    assert.equal(parseRescue('--fresh x').order.thread, 'fresh');
    assert.equal(parseRescue('--resume').order.thread, 'resume');
    const { thread, fork, prompt } = parseRescue('--fork').order;
    assert.deepEqual([thread, fork, prompt], ['resume', true, 'Continue.']);
    assert.equal(parseRescue('--resume').order.fork, undefined);
    for (const both of ['--resume --fresh x', '--fork --fresh x', '--fork --resume x'])
      refused(parseRescue, both, /exclude each other/);
    refused(parseRescue, '  ', /what Codex is to do/);
    refused(parseRescue, 'fix it --bakground', /--bakground/);
  });
});

test('options of the others', () => {
  assert.deepEqual(parseStatus('review-1 --json'), { id: 'review-1', all: false, wait: false, json: true });
  assert.deepEqual(parseStatus(['--all', '--wait']), { all: true, wait: true, json: false });
  assert.deepEqual(parseResult('task-1 --full'), { id: 'task-1', full: true, json: false });
  assert.deepEqual(parseCancel(''), { json: false });
  assert.deepEqual(parseSetup([]), { test: false, json: false });
  assert.deepEqual(parseSetup('--enable-review-gate'), { gate: true, test: false, json: false });
  assert.equal(parseSetup('--disable-review-gate').gate, false);
  assert.deepEqual(parseFindings([]), { format: 'markdown', all: false });
  assert.deepEqual(parseFindings(['--format', 'sarif', '--all', '--output', 'a b.sarif']), {
    format: 'sarif',
    all: true,
    output: 'a b.sarif',
  });
  refused(parseFindings, '--format html', /html: not one of markdown, json, sarif/);
  refused(parseFindings, ['--output', ''], /--output needs a file/);
  refused(parseFindings, 'now', /now/);
  assert.deepEqual([parseScore([]), parseScore(['--json'])], [{ json: false }, { json: true }]);
  refused(parseScore, 'now', /now/);
  assert.deepEqual(parseTransfer('--source "a b.jsonl"').order, { kind: 'transfer', source: 'a b.jsonl' });
  for (const parse of [parseStatus, parseResult, parseCancel]) refused(parse, 'a b', /one job/);
  refused(parseSetup, 'now', /now/);
  refused(parseTransfer, 'now', /now/);
});
