import assert from 'node:assert/strict';
import { cpSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { run } from '../../../src/base/childProcess.ts';
import { type RemoteGit, checkoutDifference } from '../../../src/git/sameCheckout.ts';
import type { Target } from '../../../src/protocol/target.ts';
import { createRepository } from '../../support/repository.ts';
import { createTempFolder } from '../../support/temp.ts';

/** Two checkouts with the real git; the other machine is a copy, whose git is told the other path. */

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

const env = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', GIT_CONFIG_GLOBAL: '/dev/null' };

async function pair() {
  const here = await createRepository({
    committed: { 'a.txt': 'one\n', 'b.txt': 'b\n', 'c.txt': 'c\n' },
    uncommitted: { 'a.txt': 'two\n', 'new file.txt': 'new\n' },
  });
  cleanUps.push(() => here.dispose());
  const there = path.join(createTempFolder('there').path, 'copy');
  cpSync(here.path, there, { recursive: true });
  const remote: RemoteGit = async ({ command: [file = '', ...args], env: variables }) => {
    const mapped = args.map((arg) => (arg === here.path ? there : arg));
    const set = Object.entries(variables).filter(([, value]) => value !== null);
    const result = await run(file, mapped, { env: { ...env, ...Object.fromEntries(set) } });
    return { ...result, stdout: result.stdout.replaceAll(there, here.path) };
  };
  const difference = (target: Target | null = null) => checkoutDifference(here.path, target, remote, { env });
  return { here: here.path, there, remote, difference, git: (...args: string[]) => gitIn(there, args) };
}

async function gitIn(folder: string, args: readonly string[]): Promise<string> {
  const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.test'];
  const { code, stdout, stderr } = await run('git', ['-C', folder, ...identity, ...args], { env });
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

const files = 1;
const lines = 1;

describe('another checkout', () => {
  test('that is the same in commit, index and files has no difference', async () => {
    const { here, there, difference } = await pair();
    symlinkSync('nowhere', path.join(here, 'link'));
    symlinkSync('nowhere', path.join(there, 'link'));
    assert.equal(await difference(), null);
  });

  const changes: [name: string, change: (there: string) => void, said: RegExp][] = [
    ['another content of a changed file', (at) => put(at, 'a.txt', 'three\n'), /^a\.txt is not as here$/],
    [
      'another content of a new file',
      (at) => put(at, 'new file.txt', 'x\n'),
      /^new file\.txt is not as here$/,
    ],
    ['a change that is only there', (at) => put(at, 'b.txt', 'x\n'), /^b\.txt is not as here$/],
    ['a change that is only here', (at) => put(at, 'a.txt', 'one\n'), /^a\.txt is not as here$/],
    ['a file that is missing', (at) => rmSync(path.join(at, 'c.txt')), /^c\.txt is not as here$/],
    [
      'many files',
      (at) => ['1', '2', '3', '4', '5'].forEach((name) => put(at, name, 'x\n')),
      /^1, 2, 3 and 2 more are not as here$/,
    ],
    ['no repository', (at) => rmSync(path.join(at, '.git'), { recursive: true }), /^git says: .*not a git/],
  ];
  for (const [name, change, said] of changes)
    test(`with ${name} says so`, async () => {
      const { there, difference } = await pair();
      change(there);
      assert.match((await difference()) ?? '', said);
    });

  test('with something else staged says so', async () => {
    const { git, difference } = await pair();
    await git('add', 'a.txt');
    assert.match((await difference()) ?? '', /^a\.txt is not as here$/);
  });

  test('at another commit names both', async () => {
    const { git, difference } = await pair();
    await git('commit', '--quiet', '--allow-empty', '--message', 'more');
    assert.match((await difference()) ?? '', /^the commit is [0-9a-f]{10}, here it is [0-9a-f]{10}$/);
  });

  test('without what the target compares with says so', async () => {
    const { here, difference } = await pair();
    await gitIn(here, ['branch', 'base']);
    const sha = await gitIn(here, ['rev-parse', 'HEAD']);
    const branch = { kind: 'branch', base: 'base', mergeBase: sha, branch: 'main', files, lines } as const;
    assert.match((await difference(branch)) ?? '', /compared with/);
    const commit = { kind: 'commit', sha, title: '', files, lines } as const;
    assert.equal(await difference(commit), null);
    const tree = await gitIn(here, ['rev-parse', 'HEAD^{tree}']);
    put(here, 'object', 'only here');
    const blob = await gitIn(here, ['hash-object', '-w', 'object']);
    rmSync(path.join(here, 'object'));
    assert.equal(await difference({ kind: 'turn', from: tree, to: tree, files, lines }), null);
    assert.match(
      (await difference({ kind: 'turn', from: tree, to: blob, files, lines })) ?? '',
      /compared with/,
    );
  });

  test('where no command can be run says what was said', async () => {
    const { here } = await pair();
    const broken: RemoteGit = () =>
      Promise.resolve({ code: 1, stdout: '', stderr: 'bwrap: no namespaces\n' });
    assert.equal(await checkoutDifference(here, null, broken, { env }), 'git says: bwrap: no namespaces');
  });

  test('a file that is saved between the two looks is no difference', async () => {
    const { here, there, remote } = await pair();
    let calls = 0;
    const late: RemoteGit = (call) => {
      calls += 1;
      if (calls === 1) for (const at of [here, there]) put(at, 'b.txt', 'saved\n');
      return remote(call);
    };
    assert.equal(await checkoutDifference(here, null, late, { env }), null);
  });
});

function put(folder: string, name: string, text: string): void {
  writeFileSync(path.join(folder, name), text);
}
