import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { coverageNote, evidenceOf } from '../../../src/findings/evidence.ts';
import { changedHunks } from '../../../src/git/hunks.ts';
import type { ChangedHunk } from '../../../src/protocol/evidence.ts';
import { type TestRepository, createRepository } from '../../support/repository.ts';
import { options, resolved } from '../git/fixture.ts';

const run = promisify(execFile);

const body = (name: string) =>
  Array.from({ length: 40 }, (_, index) => `  const ${name}${index} = compute(${index}, '${name}');`);
const changed = (name: string, at: number[]) =>
  body(name).map((line, index) =>
    at.includes(index + 1) ? `  const ${name}Changed${index + 1} = 'now';` : line,
  );
const file = (lines: string[]) => `${lines.join('\n')}\n`;

/** Five places: two in a.ts, one each in src/b.ts (the same line as one of a.ts, moved), gone.ts (deleted), new.ts. */
const committed = {
  'a.ts': file(body('a')),
  'src/b.ts': file(body('b')),
  'gone.ts': file(['export const gone = true;', '}']),
  'other.ts': file(['import a;', "  const aChanged3 = 'now';"]),
};
const uncommitted = {
  'a.ts': file(changed('a', [3, 30])),
  'src/b.ts': file([...body('b').slice(0, 19), "  const bNew = 'added';", ...body('b').slice(19)]),
  'gone.ts': null,
  'new.ts': file(['export function fresh() {', '  return 1;', '}']),
};
const all = ['a.ts:3', 'a.ts:30', 'gone.ts:1', 'new.ts:1', 'src/b.ts:20'];

describe('what a reviewer looked at', () => {
  let repository: TestRepository;
  let hunks: ChangedHunk[];
  before(async () => {
    repository = await createRepository({ committed, uncommitted });
    const target = await resolved(repository.path, 'working-tree');
    hunks = (await changedHunks(repository.path, target, options)) ?? [];
    assert.deepEqual(hunks.map(placeOf).sort(), all);
  });
  after(() => repository.dispose());
  const placeOf = (hunk: { file: string; startLine: number }) => `${hunk.file}:${hunk.startLine}`;

  /** Runs it for real, as a reviewer's command. */
  async function observed(command: string, reads: string[] = []) {
    const { stdout } = await run('bash', ['-c', command], { cwd: repository.path });
    return { command, succeeded: true, folder: repository.path, reads, output: stdout };
  }
  async function unseen(...commands: (string | [string, string[]])[]) {
    const observations = [];
    for (const one of commands)
      observations.push(await (typeof one === 'string' ? observed(one) : observed(...one)));
    const evidence = await evidenceOf({ repository: repository.path, hunks, observations, handed: '' });
    return { missed: evidence.notLookedAt.map(placeOf).sort(), evidence };
  }
  const except = (...seen: string[]) => all.filter((place) => !seen.includes(place));

  for (const [command, seen] of [
    ['git diff HEAD', ['a.ts:3', 'a.ts:30', 'gone.ts:1', 'src/b.ts:20']],
    ['git diff HEAD --color=always', ['a.ts:3', 'a.ts:30', 'gone.ts:1', 'src/b.ts:20']],
    ['git --no-pager diff -U0 HEAD | cat -n', ['a.ts:3', 'a.ts:30', 'gone.ts:1', 'src/b.ts:20']],
    ['git diff HEAD | tail -n +6 | head -60', ['a.ts:3', 'a.ts:30', 'gone.ts:1', 'src/b.ts:20']],
    ['git diff HEAD -- src', ['src/b.ts:20']],
    ['cat a.ts', ['a.ts:3', 'a.ts:30']],
    ["sed -n '1,10p' a.ts", ['a.ts:3']],
    ["nl -ba a.ts | sed -n '25,40p'", ['a.ts:30']],
    ['cat -n src/b.ts', ['src/b.ts:20']],
    ['cd src && cat b.ts', ['src/b.ts:20']],
    ["grep -rn 'now' --include=*.ts a.ts src", ['a.ts:3', 'a.ts:30']],
    ["grep -n -C2 'bNew' src/b.ts", ['src/b.ts:20']],
    ["git grep -n --no-index 'fresh'", []],
    ['head -n 5 new.ts a.ts', ['a.ts:3', 'new.ts:1']],
    ['git show HEAD:gone.ts', ['gone.ts:1']],
    ['git diff HEAD --stat', []],
    ['git status --short', []],
    ['ls -R', []],
    ['git log -p -1 -- other.ts', []],
    ['cat *.ts src/*.ts; git show HEAD:gone.ts', all],
  ] as const) {
    // new.ts has two telling lines: one of them alone is half.
    const expected = command.startsWith('git grep') ? ['new.ts:1'] : seen;
    test(command, async () => {
      const { missed } = await unseen(command);
      assert.deepEqual(missed, except(...expected));
    });
  }

  test('a file that is known to be another one shows nothing of the change', async () => {
    const { missed } = await unseen(['cat other.ts', ['other.ts']]);
    assert.deepEqual(missed, all);
  });

  test('several commands add up; what failed may have shown something too', async () => {
    const { evidence } = await unseen('git diff HEAD', 'cat new.ts');
    assert.equal(evidence.notLookedAtCount, 0);
    const failed = { ...(await observed('cat a.ts')), succeeded: false };
    const partly = await evidenceOf({
      repository: repository.path,
      hunks,
      observations: [failed],
      handed: '',
    });
    assert.deepEqual(partly.notLookedAt.map(placeOf).sort(), except('a.ts:3', 'a.ts:30'));
  });

  test('what was handed over was shown', async () => {
    const handed = `Review this.\n${await repository.git('diff', 'HEAD')}\nEnd.`;
    const evidence = await evidenceOf({ repository: repository.path, hunks, observations: [], handed });
    assert.deepEqual(evidence.notLookedAt.map(placeOf), ['new.ts:1']);
    assert.deepEqual(evidence.files.sort(), ['a.ts', 'gone.ts', 'src/b.ts']);
  });

  test('each command with its files; names that are no files of the repository are not among them', async () => {
    const { evidence } = await unseen(
      'git diff HEAD -- a.ts',
      ['cat other.ts', ['other.ts']],
      "grep -n 'a' other.ts /etc/hostname ../nothing -s; true",
      'echo "made/up.ts:12:export const x = 1"; echo "../../etc/passwd:1:root"',
    );
    assert.deepEqual(
      evidence.looks.map(({ files }) => files),
      [['a.ts'], ['other.ts'], ['other.ts'], []],
    );
    assert.deepEqual(evidence.files, ['a.ts', 'other.ts']);
  });

  test('the note names the places, a few of many', async () => {
    const { evidence } = await unseen('cat a.ts', 'cat new.ts', 'git show HEAD:gone.ts');
    assert.equal(coverageNote(evidence), '1 of 5 changed places was not looked at: src/b.ts:20');
    const many = Array.from({ length: 9 }, (_, index) => ({
      file: 'x.ts',
      startLine: index + 1,
      endLine: index + 2,
    }));
    assert.equal(
      coverageNote({ ...evidence, hunks: 20, notLookedAt: many, notLookedAtCount: 9 }),
      '9 of 20 changed places were not looked at: x.ts:1-2, x.ts:2-3, x.ts:3-4, x.ts:4-5, x.ts:5-6, … and 4 more',
    );
    assert.equal(coverageNote({ ...evidence, hunks: null }), null);
  });
});

describe('measure of coverage', () => {
  const hunk = (name: string, added: string[], deleted: string[] = []): ChangedHunk => ({
    file: name,
    startLine: 1,
    endLine: Math.max(1, added.length),
    added,
    deleted,
  });
  const missed = async (hunks: ChangedHunk[], output: string, command = 'x', reads: string[] = []) => {
    const observations = [{ command, succeeded: true, folder: '/r', reads, output }];
    const evidence = await evidenceOf({ repository: '/r', hunks, observations, handed: '' });
    return evidence.notLookedAt.map(({ file: name }) => name);
  };

  test('the same change in two files counts for the one that was shown', async () => {
    const same = ['// Copyright of nobody'];
    const both = [hunk('a.ts', same), hunk('b.ts', same)];
    assert.deepEqual(await missed(both, '// Copyright of nobody\n', 'cat a.ts'), ['b.ts']);
    assert.deepEqual(await missed(both, '--- a/b.ts\n+++ b/b.ts\n@@ -1 +1 @@\n+// Copyright of nobody\n'), [
      'a.ts',
    ]);
    assert.deepEqual(await missed(both, 'b.ts:1:// Copyright of nobody\n'), ['a.ts']);
    assert.deepEqual(await missed(both, '// Copyright of nobody\n', 'cat $FILES'), ['a.ts', 'b.ts']);
  });

  test('code that was moved was not shown by the place that it left', async () => {
    const moved = ['export function move() {', '  return moved;'];
    const hunks = [hunk('from.ts', [], moved), hunk('to.ts', moved)];
    const diff = `--- a/from.ts\n+++ b/from.ts\n@@ -1,2 +0,0 @@\n-${moved.join('\n-')}\n`;
    assert.deepEqual(await missed(hunks, diff), ['to.ts']);
  });

  test('half of a hunk is enough, less is not', async () => {
    const lines = ['alpha();', 'beta();', 'gamma();', 'delta();'];
    assert.deepEqual(await missed([hunk('a.ts', lines)], 'alpha();\nbeta();\n'), []);
    assert.deepEqual(await missed([hunk('a.ts', lines)], 'alpha();\n'), ['a.ts']);
  });

  test('a hunk of braces was shown where its file was', async () => {
    const braces = [hunk('a.ts', ['}', '', '});'])];
    assert.deepEqual(await missed(braces, 'x\n', 'cat a.ts', ['a.ts']), []);
    assert.deepEqual(await missed(braces, '}\n', 'cat b.ts', ['b.ts']), ['a.ts']);
  });

  test('headers inside of files name no file', async () => {
    const hunks = [
      hunk('a.ts', ['const stolen = 1;']),
      hunk('b.ts', ['const other = 2;', 'const stolen = 1;']),
    ];
    const output =
      '--- a/b.ts\n+++ b/b.ts\n@@ -0,0 +1,3 @@\n+const other = 2;\n+++ b/a.ts\n+const stolen = 1;\n';
    assert.deepEqual(await missed(hunks, output), ['a.ts']);
  });

  test('outputs made to be slow are read like any other', async () => {
    const hunks = Array.from({ length: 150 }, (_, index) =>
      hunk(`f${index % 50}.ts`, ['same line', `line ${index}`]),
    );
    const parts = [
      '-1-',
      '\n1:1:1:',
      '@@ -1,9 +1,9 @@\n+++ b/x\n',
      ' \t',
      'same line\n',
      'f1.ts:1:same line\n',
      '\u001b[',
    ];
    const missing = await missed(hunks, parts.map((part) => part.repeat(100_000)).join('\nline 7\n'));
    assert.equal(missing.length, 149);
  });
});
