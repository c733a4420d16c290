import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyDemoRules, demoRules } from './demoRules.ts';
import { addedLines, untrackedFiles } from './unifiedDiff.ts';

describe('the demo rules', () => {
  const flawed: readonly (readonly [title: string, code: string])[] = [
    ['Say which time zone', "const start = new Date('2026-01-31');"],
    ['Say which time zone', 'const start = new Date(request.query.since);'],
    ['Check the value', 'const kind = body.kind as TransactionKind;'],
    ['Check the value', "create({ type: fields.type, category: input['category'] as Category });"],
    ['Keep money', 'const total = parseFloat(body.amount);'],
    ['Keep money', 'price = Number(input.price) * 1.19;'],
    ['Wait for the write', '    store.add(transaction);'],
    ['Do not swallow', '} catch (error) {}'],
    ['Take the debug output out', "console.log('here');"],
  ];
  for (const [title, code] of flawed) {
    it(`${title}: ${code}`, () => {
      const found = applyDemoRules([{ file: 'a.ts', line: 1, text: code }], '/r').map(
        (finding) => finding.title,
      );
      assert.deepEqual(
        found.map((entry) => entry.replace(/^\[P\d\] /, '').startsWith(title)),
        [true],
      );
    });
  }

  const fine = [
    'const now = new Date();',
    'const later = new Date(clock.milliseconds);',
    "export const categories = ['a', 'b'] as const;",
    'const text = value as string;',
    'const count = Number(input.count);',
    'await store.add(transaction);',
    'return store.add(transaction);',
    'catch (error) { throw error; }',
    "console.error('failed');",
  ];
  for (const code of fine) {
    it(`nothing: ${code}`, () => {
      assert.deepEqual(applyDemoRules([{ file: 'a.ts', line: 1, text: code }], '/r'), []);
    });
  }

  it('are few, short in their titles, and only for code', () => {
    for (const { codex, claude } of demoRules)
      for (const words of [codex, claude]) assert.ok(`[P1] ${words?.title ?? ''}`.length <= 80);
    assert.deepEqual(applyDemoRules([{ file: 'README.md', line: 1, text: 'console.log(1)' }], '/r'), []);
  });
});

describe('reading what git prints', () => {
  it('counts lines of the new file through several hunks, and is not fooled by lines that look like headers', () => {
    const diff = [
      'diff --git a/x.ts b/x.ts',
      '--- a/x.ts',
      '+++ b/x.ts',
      '@@ -1,2 +1,3 @@',
      ' one',
      '-two',
      '+++ b/not-a-header.ts',
      '+three',
      '@@ -10 +11 @@ function f() {',
      '-old',
      '+new',
      '\\ No newline at end of file',
      'diff --git a/gone.ts b/gone.ts',
      '--- a/gone.ts',
      '+++ /dev/null',
      '@@ -1 +0,0 @@',
      '-bye',
    ];
    assert.deepEqual(addedLines(diff.join('\n')), [
      { file: 'x.ts', line: 2, text: '++ b/not-a-header.ts' },
      { file: 'x.ts', line: 3, text: 'three' },
      { file: 'x.ts', line: 11, text: 'new' },
    ]);
  });

  it('goes on with the next file after a cut', () => {
    const diff = [
      '+++ b/x.ts',
      '@@ -0,0 +1,9 @@',
      '+a',
      '+b…120 tokens truncated…zz',
      '+c',
      '+++ b/y.ts',
      '@@ -0,0 +1 @@',
      '+d',
    ];
    assert.deepEqual(
      addedLines(diff.join('\n')).map((line) => [line.file, line.line, line.text]),
      [
        ['x.ts', 1, 'a'],
        ['y.ts', 1, 'd'],
      ],
    );
  });

  it('undoes the quoting of names', () => {
    assert.deepEqual(untrackedFiles('?? plain.ts\n M changed.ts\n?? "gr\\303\\274n \\"x\\"\\t.ts"\n'), [
      'plain.ts',
      'grün "x"\t.ts',
    ]);
  });
});
