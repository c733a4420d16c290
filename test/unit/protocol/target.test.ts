import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod/mini';
import { UsageError } from '../../../src/base/errors.ts';
import {
  type Target,
  type TargetRequest,
  scopeOf,
  targetLabel,
  targetSchema,
} from '../../../src/protocol/target.ts';

const lines = null;

test('labels are short and say what is reviewed', () => {
  const sha = '0e7ad61'.padEnd(40, '0');
  const cases: [Target, string][] = [
    [{ kind: 'working-tree', files: 3, lines }, 'uncommitted changes (3 files)'],
    [{ kind: 'staged', files: 1, lines }, 'staged changes (1 file)'],
    [
      { kind: 'branch', base: 'main', mergeBase: sha, branch: null, files: 2, lines },
      'changes against main (2 files)',
    ],
    [{ kind: 'commit', sha, title: 'Fix retries', files: 2, lines }, 'commit 0e7ad61: Fix retries'],
    [{ kind: 'commit', sha, title: '', files: 2, lines }, 'commit 0e7ad61'],
    [
      { kind: 'range', range: 'v1...HEAD', from: sha, to: sha, files: 4, lines },
      'changes in v1...HEAD (4 files)',
    ],
    [{ kind: 'files', paths: ['src/a.ts'], files: 1, lines }, 'file src/a.ts'],
    [{ kind: 'files', paths: ['src/'], files: 12, lines }, 'folder src (12 files)'],
    [{ kind: 'files', paths: ['./'], files: 12, lines }, 'folder . (12 files)'],
    [
      { kind: 'files', paths: ['src/a.ts', 'lib/', 'b.ts'], files: 14, lines },
      'src/a.ts and 2 more (14 files)',
    ],
    [{ kind: 'selection', file: 'src/a.ts', startLine: 3, endLine: 9, lines: 7 }, 'lines 3-9 of src/a.ts'],
    [{ kind: 'selection', file: 'src/a.ts', startLine: 3, endLine: 3, lines: 1 }, 'line 3 of src/a.ts'],
    [{ kind: 'plan', file: 'docs/plan.md', lines }, 'plan docs/plan.md'],
    [{ kind: 'plan', file: '/home/me/.claude/plans/brave-otter.md', lines }, 'plan brave-otter.md'],
    [{ kind: 'plan', file: 'C:\\Users\\me\\plan.md', lines }, 'plan plan.md'],
    [{ kind: 'turn', from: sha, to: sha, files: 1, lines }, 'what Claude changed in this turn (1 file)'],
  ];
  for (const [target, label] of cases) assert.equal(targetLabel(target), label);
  const long = targetLabel({ kind: 'commit', sha, title: 'x'.repeat(200), files: 1, lines });
  assert.equal(long, `commit 0e7ad61: ${'x'.repeat(59)}…`);
});

test('a target that was recorded without lines is read', () => {
  assert.deepEqual(z.parse(targetSchema, { kind: 'working-tree', files: 1 }), {
    kind: 'working-tree',
    files: 1,
    lines: null,
  });
});

test('a word means its scope, also where the scope is left to us', () => {
  const cases: [TargetRequest, string][] = [
    [{ scope: 'auto' }, 'auto'],
    [{ scope: 'staged' }, 'staged'],
    [{ scope: 'branch' }, 'branch'],
    [{ scope: 'auto', base: 'main' }, 'branch'],
    [{ scope: 'branch', base: 'main' }, 'branch'],
    [{ scope: 'auto', commit: 'HEAD' }, 'commit'],
    [{ scope: 'auto', range: 'A..B' }, 'range'],
    [{ scope: 'auto', files: ['a.ts', 'b/'] }, 'files'],
    [{ scope: 'auto', files: ['a.ts'], lines: '1-2' }, 'selection'],
    [{ scope: 'selection', files: ['a.ts'], lines: '7' }, 'selection'],
    [{ scope: 'plan', plan: 'x.md' }, 'plan'],
  ];
  for (const [request, scope] of cases) assert.equal(scopeOf(request), scope);
});

test('words that contradict each other or the scope, are missing or empty', () => {
  const cases: [TargetRequest, RegExp][] = [
    [{ scope: 'auto', base: 'main', commit: 'HEAD' }, /--base and --commit exclude each other/],
    [{ scope: 'staged', base: 'main' }, /--base goes with the scope branch, not staged/],
    [{ scope: 'working-tree', range: 'A..B' }, /--range goes with the scope range, not working-tree/],
    [{ scope: 'commit' }, /scope commit needs --commit/],
    [{ scope: 'range' }, /scope range needs --range/],
    [{ scope: 'files' }, /scope files needs --file/],
    [{ scope: 'files', files: [] }, /--file is empty/],
    [{ scope: 'selection' }, /scope selection needs --file and --lines/],
    [{ scope: 'selection', files: ['a.ts'] }, /scope selection needs --lines/],
    [{ scope: 'files', files: ['a.ts'], lines: '1-2' }, /--lines goes with the scope selection, not files/],
    [{ scope: 'plan' }, /scope plan needs --plan/],
    [{ scope: 'auto', plan: ' ' }, /--plan is empty/],
  ];
  for (const [request, message] of cases)
    assert.throws(
      () => scopeOf(request),
      (error) => error instanceof UsageError && message.test(error.message),
    );
});
