import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ReadOutput, ReviewOutput } from '../../../src/findings/finding.ts';
import { type Ground, groundOf, judge } from '../../../src/findings/verdict.ts';

const invented = {
  title: 'Invented',
  body: '',
  recommendation: '',
  priority: 'P1',
  confidence: null,
  path: 'a.ts',
  startLine: 1,
  endLine: 1,
} as const;

function read(output: Partial<ReviewOutput> = {}): ReadOutput {
  return {
    output: {
      findings: [],
      correctness: 'patch is correct',
      explanation: 'Fine.',
      confidence: null,
      nextSteps: [],
      earlier: [],
      ...output,
    },
    structure: 'structured',
  };
}

const clean = read();
const found = read({ findings: [invented], correctness: 'patch is incorrect' });

const ran = (succeeded: number, failed = 0, lastFailure: string | null = null) => ({
  commands: { succeeded, failed, lastFailure },
});
const bwrap = 'bwrap: Creating new namespace failed: Operation not permitted';
const plain: Ground = {
  ...ran(2),
  complete: false,
  nothingToSee: false,
  showedNothing: false,
  blocked: null,
};
const ground = (...parts: Partial<Ground>[]): Ground =>
  parts.reduce<Ground>((whole, part) => ({ ...whole, ...part }), plain);
const handed = { complete: true };
const nothing = { showedNothing: true };
const blocked = { blocked: bwrap };

const cases: [what: string, ReadOutput | null, Ground, verdict: string, reason?: RegExp, advice?: RegExp][] =
  [
    ['looked, says correct', clean, ground(), 'clean'],
    ['looked, findings', found, ground(), 'findings'],
    ['ran nothing', clean, ground(ran(0)), 'inconclusive', /ran no command/],
    [
      'there was nothing that could be shown',
      clean,
      ground(nothing, { nothingToSee: true }),
      'inconclusive',
      /nothing of what it was to review could be shown/,
      /held back/,
    ],
    ['no statement', read({ correctness: '' }), ground(), 'inconclusive', /did not say/],
    [
      'undecided',
      read({ correctness: 'cannot be determined' }),
      ground(),
      'inconclusive',
      /cannot be determined/,
    ],
    ['denied', read({ correctness: 'patch is not correct' }), ground(), 'inconclusive', /not correct/],
    [
      'no findings, but incorrect',
      read({ correctness: 'patch is incorrect' }),
      ground(),
      'inconclusive',
      /incorrect/,
    ],
    [
      'no findings, but not approved',
      read({ correctness: 'needs-attention' }),
      ground(),
      'inconclusive',
      /needs-attention/,
    ],
    ['approved', read({ correctness: 'approve' }), ground(), 'clean'],
    [
      'ran what did not show the change',
      clean,
      ground(nothing),
      'inconclusive',
      /none of them showed the change/,
    ],
    ['findings without a look at the change stay findings', found, ground(nothing), 'findings'],
    [
      'all failed',
      found,
      ground(ran(0, 3, 'no such file')),
      'inconclusive',
      /all 3 commands .* failed \(no such/,
    ],
    ['the only one failed', clean, ground(ran(0, 1)), 'inconclusive', /the one command that it ran failed\./],
    [
      'sandbox',
      clean,
      ground(ran(0, 3, bwrap), blocked),
      'inconclusive',
      /failed \(bwrap/,
      /user namespaces/,
    ],
    [
      'sandbox, findings',
      found,
      ground(ran(0, 3, bwrap), blocked),
      'inconclusive',
      /failed \(bwrap/,
      /user namespaces/,
    ],
    [
      'sandbox stopped what would have read',
      found,
      ground(ran(1, 2, 'x'), nothing, blocked),
      'inconclusive',
      /2 of the 3 commands .* failed \(bwrap/,
      /user namespaces/,
    ],
    ['sandbox stopped one, the others showed the change', clean, ground(ran(2, 1), blocked), 'clean'],
    [
      'sandbox, and no answer that can be read',
      null,
      ground(ran(0, 1, bwrap), blocked),
      'inconclusive',
      /could not read/,
    ],
    ['prose', null, ground(), 'inconclusive', /prose/],
    ['handed all, ran nothing', clean, ground(handed, ran(0)), 'clean'],
    ['handed all, sandbox', clean, ground(handed, ran(0, 1, bwrap), blocked), 'clean'],
    [
      'handed all, says incorrect',
      read({ correctness: 'patch is incorrect' }),
      ground(handed),
      'inconclusive',
    ],
  ];

describe('verdict', () => {
  for (const [what, output, seen, verdict, reason, advice] of cases)
    test(`${what}: ${verdict}`, () => {
      const judged = judge(output, 'Nice change!', seen);
      assert.equal(judged.verdict, verdict);
      assert.match(judged.reason?.message ?? '', reason ?? /^/);
      assert.match(judged.reason?.advice ?? '', advice ?? /^/);
      assert.equal(judged.reason === null, verdict !== 'inconclusive');
    });

  test('findings without a look at the change would not make it clean if none of them counted', () => {
    const unseen = (seen: Ground) => judge(found, '', seen).unseen?.message ?? null;
    assert.equal(unseen(ground()), null);
    assert.equal(unseen(ground(handed, ran(0))), null);
    assert.match(unseen(ground(ran(0))) ?? '', /dismissed: it ran no command/);
    assert.match(unseen(ground(nothing)) ?? '', /dismissed: it ran commands, but none/);
  });

  test('silence is no prose', () => {
    assert.match(judge(null, ' \n', ground()).reason?.message ?? '', /no answer/);
  });

  test('what the sandbox says is told from what commands say', () => {
    const evidence = { looks: [], files: [], hunks: 2, notLookedAt: [], notLookedAtCount: 2 };
    const blockedBy = (output: string, succeeded = false) =>
      groundOf(
        {
          ...ran(1, 1),
          complete: false,
          observations: [
            { command: 'ls', succeeded: true, folder: '', reads: [], output: bwrap },
            { command: 'git diff', succeeded, folder: '', reads: [], output },
          ],
        },
        evidence,
        null,
      ).blocked;
    assert.equal(blockedBy(`${bwrap}\n`), bwrap);
    assert.equal(blockedBy('x\nFailed to write file /r/a.ts\n'), 'Failed to write file /r/a.ts');
    assert.equal(
      blockedBy('sandbox-exec: sandbox_apply: Operation not permitted'),
      'sandbox-exec: sandbox_apply: Operation not permitted',
    );
    assert.equal(blockedBy('fatal: not a git repository'), null);
    assert.equal(blockedBy(bwrap, true), null);
  });
});
