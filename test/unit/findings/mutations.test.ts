import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ReadOutput } from '../../../src/findings/finding.ts';
import { parseStructuredOutput } from '../../../src/findings/parseStructured.ts';
import { readOutput } from '../../../src/findings/readOutput.ts';
import { judge } from '../../../src/findings/verdict.ts';

/*
 * The shapes of answers that were measured (facts: app-server.md, 2.3), and what a model, a network or Codex may make of
 * them. Whatever comes: nothing is thrown, and `clean` stands only on a statement that is there.
 */

const ground = {
  commands: { succeeded: 1, failed: 0, lastFailure: null },
  complete: false,
  nothingToSee: false,
  showedNothing: false,
  blocked: null,
};

const finding = {
  title: '[P1] add() subtracts instead of adding',
  body: 'The change replaces `+` by `-`.\n\nEvery caller {all of them} now gets a "wrong" result.',
  confidence_score: 0.97,
  priority: 1,
  code_location: { absolute_file_path: '/repo/src/add.ts', line_range: { start: 2, end: 2 } },
};
const native = {
  findings: [finding, { ...finding, title: 'Unused', priority: null }],
  overall_correctness: 'patch is incorrect',
  overall_explanation: 'The add function is broken.',
  overall_confidence_score: 0.9,
};
const nativeClean = { ...native, findings: [], overall_correctness: 'patch is correct' };
const own = {
  verdict: 'needs-attention',
  summary: 'Not yet.',
  findings: [
    {
      severity: 'high',
      title: 'Wrong',
      body: 'So wrong.',
      file: 'src/add.ts',
      line_start: 2,
      line_end: 2,
      confidence: 0.5,
      recommendation: 'Mend it.',
    },
  ],
  next_steps: ['Mend it'],
};
const ownClean = { ...own, verdict: 'approve', findings: [], next_steps: [] };
const rendered =
  'The add function is broken.\n\nFull review comments:\n\n- [P1] add() — subtracts — /repo/src/add.ts:2-2\n  Body.\n  \n  More.\n\n- [P3] Unused — /repo/untracked file.txt:1-1\n  `x` is never read.';

const json = (value: unknown) => JSON.stringify(value);
const shapes: readonly string[] = [
  ...[native, nativeClean, own, ownClean].flatMap((value) => [
    json(value),
    JSON.stringify(value, null, 2),
    `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``,
    `I looked at {everything}.\n\n${json(value)}\n\nThat {is} all.`,
  ]),
  rendered,
  'The change is fine.',
  'Reviewer failed to output a response.',
  '',
];

/** Reads it in both ways, judges it, and checks what must hold of any answer. */
function check(answer: string): void {
  for (const read of [readOutput(answer), parseStructuredOutput(answer)]) {
    const { verdict } = judge(read, answer, ground);
    if (verdict === 'clean') {
      assert.equal(read?.output.findings.length, 0, answer);
      assert.match(
        answer,
        /"overall_correctness"\s*:\s*"\s*(the )?patch is correct\.?\s*"|"verdict"\s*:\s*"approve"/i,
      );
    }
    if (read) wellFormed(read);
  }
}

function wellFormed({ output }: ReadOutput): void {
  for (const { title, priority, confidence, startLine, endLine, path, body } of output.findings) {
    assert.ok(title !== '' && !title.includes('\n'));
    assert.match(priority, /^P[0-3]$/);
    assert.ok(confidence === null || (confidence >= 0 && confidence <= 1));
    for (const line of [startLine, endLine]) assert.ok(line === null || Number.isFinite(line));
    assert.equal(typeof path + typeof body, 'stringstring');
  }
}

/** A sequence that is the same in every run (mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const oddValues: readonly unknown[] = [
  null,
  7,
  -1,
  1e308,
  '',
  '3',
  'P1',
  [],
  {},
  [[]],
  true,
  '\u0000',
  'x'.repeat(5_000),
];

/** Replaces, removes or repeats something somewhere in the value. */
function mutated(value: unknown, random: (below: number) => number): unknown {
  if (typeof value !== 'object' || value === null || random(6) === 0)
    return oddValues[random(oddValues.length)];
  if (Array.isArray(value)) {
    const list: unknown[] = value;
    if (list.length === 0) return [oddValues[random(oddValues.length)]];
    const at = random(list.length);
    return list.flatMap((item, index) => {
      if (index !== at) return [item];
      return [[], [item, item], [mutated(item, random)]][random(3)] ?? [];
    });
  }
  const entries = Object.entries(value);
  const at = random(entries.length + 1);
  return Object.fromEntries(
    entries.flatMap(([key, item], index) => {
      if (index !== at) return [[key, item]];
      return random(4) === 0 ? [] : [[key, mutated(item, random)]];
    }),
  );
}

describe('answers, whole and broken', () => {
  test('the whole ones are read', () => {
    const verdicts = [native, nativeClean].map((value) => judge(readOutput(json(value)), '', ground).verdict);
    assert.deepEqual(verdicts, ['findings', 'clean']);
    const owns = [own, ownClean].map(
      (value) => judge(parseStructuredOutput(json(value)), '', ground).verdict,
    );
    assert.deepEqual(owns, ['findings', 'clean']);
    for (const shape of shapes) check(shape);
  });

  test('cut off at every character, at the end and at the beginning', () => {
    for (const shape of shapes)
      for (let at = 0; at <= shape.length; at += 1) {
        check(shape.slice(0, at));
        check(shape.slice(at));
      }
  });

  test('JSON inside prose: the last object that is one, whatever braces are around it', () => {
    for (const [value, read] of [
      [native, readOutput],
      [own, parseStructuredOutput],
    ] as const) {
      for (const answer of [
        `{ {"findings": ${json(value)} }`,
        `In {a} I saw "findings": {b}. ${json(value)} } } {`,
        `${json({ ...value, findings: [] })}\nBetter:\n${json(value)}`,
        `Before \`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\` after "}`,
      ]) {
        const found = read(answer);
        assert.equal(found?.structure, 'parsed', answer);
        assert.equal(found.output.findings.length, value.findings.length, answer);
      }
    }
  });

  test('10,000 seeded mutations of values and of their text', () => {
    const random = randomOf(4);
    const values = [native, nativeClean, own, ownClean];
    for (let round = 0; round < 10_000; round += 1) {
      let value: unknown = values[random(values.length)];
      for (let times = 1 + random(3); times > 0; times -= 1) value = mutated(value, random);
      let text = json(value);
      const at = random(text.length + 1);
      const noise = [
        '',
        '{',
        '}',
        '{{',
        '}}',
        '"',
        '\\',
        '[',
        ',',
        '```',
        '\n',
        '"findings"',
        '{"findings":[]}',
      ];
      text = text.slice(0, at) + (noise[random(noise.length)] ?? '') + text.slice(at + random(3));
      check(random(3) === 0 ? `Prose {with} "braces". ${text} And more }.` : text);
    }
  });

  test('huge answers of braces and quotes take no longer than their size', () => {
    for (const part of ['{', '}', '{"findings":', '"findings"{', '[', '\\"', '- x — y:1-1\n\n'])
      check(part.repeat(100_000));
    check(`However.\n${`${json(nativeClean)}\n`.repeat(10_000)}`);
  });
});
