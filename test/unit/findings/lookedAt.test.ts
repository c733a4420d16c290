import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { interpret } from '../../../src/findings/interpret.ts';
import { lookedAtFile } from '../../../src/findings/lookedAt.ts';
import type { ChangedHunk } from '../../../src/protocol/evidence.ts';
import { type TestRepository, createRepository } from '../../support/repository.ts';

const run = promisify(execFile);

const lines = (name: string) =>
  Array.from({ length: 8 }, (_, index) => `  const ${name}${index} = compute(${index}, '${name}');\n`).join(
    '',
  );

describe('a verdict on files without hunks', () => {
  let repository: TestRepository;
  before(async () => {
    const committed = {
      'src/add.ts': lines('add'),
      'src/my file.ts': lines('spaced'),
      'src/other.ts': lines('other'),
      'empty.ts': '',
    };
    repository = await createRepository({ committed });
    await repository.git('mv', 'src/other.ts', 'src/renamed.ts');
  });
  after(() => repository.dispose());

  /** The verdict of a reviewer that runs it and finds nothing. */
  async function verdict(
    commands: string[],
    files: string[] | null,
    {
      hunks = null,
      succeeded = true,
      why = /none of them showed/,
    }: { hunks?: ChangedHunk[] | null; succeeded?: boolean; why?: RegExp } = {},
  ) {
    const observations = [];
    for (const command of commands) {
      const { stdout } = await run('bash', ['-c', command], { cwd: repository.path });
      observations.push({ command, succeeded, folder: repository.path, reads: [], output: stdout });
    }
    const output = {
      findings: [],
      correctness: 'patch is correct',
      explanation: '',
      confidence: null,
      nextSteps: [],
      earlier: [],
    };
    const answer = {
      read: { output, structure: 'structured' },
      text: '',
      commands: { succeeded: commands.length, failed: 0, lastFailure: null },
      observations,
      complete: false,
    } as const;
    const { verdict: said, reason } = await interpret(
      answer,
      { hunks, files, handed: '' },
      { repository: repository.path, job: 'j', reviewer: 'codex' },
    );
    if (said === 'inconclusive') assert.match(reason?.message ?? '', why);
    return said;
  }

  const chosen = ['src/add.ts', 'src/my file.ts'];
  for (const command of [
    'ls',
    'ls -R',
    'cat src/renamed.ts',
    'git status --short',
    'git log --stat',
    'echo add; echo file.ts',
    'rg --files || find . -name "*.ts"',
  ])
    test(`${command}: it saw nothing of what it was to review`, async () => {
      assert.equal(await verdict([command], chosen), 'inconclusive');
    });

  for (const command of [
    'cat src/add.ts',
    'git show :src/add.ts',
    'sed -n 1,50p src/add.ts',
    'cd src && cat add.ts',
    'cat src/*.ts',
    'grep -rn compute src',
    'grep -r compute src',
    'grep -rh compute src',
    'nl -ba src/add.ts | head -3',
    "cat 'src/my file.ts'",
    'cat src/my\\ file.ts',
    'git grep -n add2',
    'git show HEAD',
  ])
    test(`${command}: it looked`, async () => {
      assert.equal(await verdict(['ls', command], chosen), 'clean');
    });

  test('an empty file is looked at by its name', async () => {
    assert.equal(await verdict(['cat empty.ts'], ['empty.ts']), 'clean');
  });

  test('what failed may have shown something, but its name alone is no look', async () => {
    assert.equal(await verdict(['cat src/add.ts'], chosen, { succeeded: false }), 'clean');
    assert.equal(await verdict(['true src/add.ts'], chosen, { succeeded: false }), 'inconclusive');
  });

  test('what is no file needs no look; where none of the files is there, no look is enough', async () => {
    assert.equal(await verdict(['ls'], null), 'clean');
    const nothing = /nothing of what it was to review could be shown/;
    assert.equal(await verdict(['ls; cat src/add.ts'], [], { hunks: [], why: nothing }), 'inconclusive');
    assert.equal(await verdict(['ls; cat src/add.ts'], [], { why: nothing }), 'inconclusive');
  });

  test('of a change that is too large, a file has to be seen', async () => {
    const files = ['src/other.ts', 'src/renamed.ts'];
    assert.equal(await verdict(['git diff HEAD --shortstat'], files), 'inconclusive');
    assert.equal(await verdict(['git diff HEAD --no-renames'], files), 'clean');
  });

  test('of a change without lines, it is enough to see which files they are', async () => {
    const files = ['src/other.ts', 'src/renamed.ts'];
    assert.equal(await verdict(['ls'], files, { hunks: [] }), 'inconclusive');
    assert.equal(await verdict(['git diff HEAD'], files, { hunks: [] }), 'clean');
    assert.equal(await verdict(['git status --short'], files, { hunks: [] }), 'clean');
  });

  for (const [what, command, file, succeeded, looked] of [
    ['its text was printed', 'tail -n 1 src/*.ts', 'src/add.ts', true, true],
    ['it was named', 'wc -c src/add.ts', 'src/add.ts', true, true],
    ['another one was read', 'cat src/renamed.ts', 'src/add.ts', true, false],
    ['nothing was looked at', 'true', 'src/add.ts', true, false],
    ['it is gone, and was looked for', 'cat src/gone.ts 2>&1 || true', 'src/gone.ts', false, true],
    ['it is gone, and nobody looked', 'true', 'src/gone.ts', true, false],
    ['there is none', 'true', '', true, null],
  ] as const)
    test(`one file: ${what}`, async () => {
      const { stdout: output } = await run('bash', ['-c', command], { cwd: repository.path });
      const seen = { command, succeeded, folder: repository.path, reads: [], output };
      const sight = { repository: repository.path, file, observations: [seen] };
      assert.equal(await lookedAtFile(sight), looked);
    });
});
