import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { runCheckProcess } from '../../../src/app/checkProcess.ts';
import { isAlive } from '../../../src/base/childProcess.ts';
import { dependenciesFor } from '../../../src/app/dependencies.ts';
import { createTempFolder } from '../../support/temp.ts';

const quiet = () => undefined;
const logger = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };

function run(command: string[], more: { folder?: string; timeout?: number } = {}) {
  const { timeout, folder = '' } = more;
  const options = {
    ...{ folder: createTempFolder('check').path, env: process.env, logger, onHeard: quiet },
    stateHome: createTempFolder('state').path,
    signal: new AbortController().signal,
    ...(timeout !== undefined && { timeout }),
  };
  return runCheckProcess({ command, folder }, options);
}

describe('a check', () => {
  test('passes with exit code 0 only', async () => {
    assert.equal((await run(['sh', '-c', 'exit 0'])).outcome, 'passed');
    const failed = await run(['sh', '-c', 'echo seen; echo said >&2; exit 3']);
    assert.deepEqual([failed.outcome, failed.reason], ['failed', 'exit code 3']);
    assert.match(failed.output, /seen/);
    assert.match(failed.output, /said/);
    const killed = await run(['sh', '-c', 'kill -9 $$']);
    assert.deepEqual([killed.outcome, killed.reason], ['failed', 'ended by SIGKILL']);
  });

  test('gets its arguments as they are, without a shell', async () => {
    const { output } = await run(['printf', '%s|', '$HOME', 'a b', '; false']);
    assert.equal(output, '$HOME|a b|; false|');
  });

  test('is told that nobody watches, and gets no input', async () => {
    assert.equal((await run(['sh', '-c', 'read line; echo "$CI-$line"'])).output, 'true-');
  });

  test('ends when its time is over', async () => {
    const { outcome, took } = await run(['sh', '-c', 'echo begun; sleep 1000'], { timeout: 300 });
    assert.equal(outcome, 'timed out');
    assert.ok(took < 20_000, String(took));
  });

  test('leaves nothing running behind it, however it ended', async () => {
    for (const [code, outcome] of [
      [0, 'passed'],
      [1, 'failed'],
    ] as const) {
      const result = await run(['sh', '-c', `sleep 1000 & echo $!; exit ${code}`]);
      assert.equal(result.outcome, outcome);
      assert.equal(isAlive({ pid: Number(result.output), startTime: null }), false);
    }
  });

  test('keeps the end of a long output, without what steers a terminal', async () => {
    const script =
      'i=0; while [ $i -lt 40000 ]; do echo "line $i"; i=$((i+1)); done; printf "\\033[31mred\\n"';
    const { output } = await run(['sh', '-c', script]);
    assert.ok(output.length <= 16 * 1024);
    assert.match(output, /line 39999\nred$/);
  });

  test('that cannot be started says why', async () => {
    assert.equal((await run(['./not-there'])).outcome, 'could not run');
    assert.equal((await run(['sh', '-c', 'true'], { folder: 'not/there' })).outcome, 'could not run');
  });
});

describe('dependencies that git does not carry', () => {
  /** A repository with them, and a worktree without. */
  function places(manifest: unknown) {
    const repository = createTempFolder('repository').path;
    const worktree = createTempFolder('worktree').path;
    mkdirSync(path.join(repository, 'node_modules'));
    for (const folder of [repository, worktree])
      writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
    return { repository, worktree };
  }
  const needing = { devDependencies: { vitest: '3.0.0' } };
  const npm = { command: ['npm', 'test'], folder: '' };

  test('are lent where a package needs them', async () => {
    const given = places(needing);
    const target = path.join(given.repository, 'node_modules');
    assert.deepEqual(await dependenciesFor(npm, given), { kind: 'link', name: 'node_modules', target });
    assert.equal((await dependenciesFor({ command: ['make', 'test'], folder: '' }, given)).kind, 'there');
    assert.equal((await dependenciesFor(npm, places({}))).kind, 'there');
  });

  test('of a package are also those above it, and never those of a workspace', async () => {
    const given = places(needing);
    for (const root of [given.repository, given.worktree])
      mkdirSync(path.join(root, 'packages', 'a'), { recursive: true });
    const inPackage = { ...npm, folder: 'packages/a' };
    const target = path.join(given.repository, 'node_modules');
    assert.deepEqual(await dependenciesFor(inPackage, given), { kind: 'link', name: 'node_modules', target });
    mkdirSync(path.join(given.repository, 'packages', 'a', 'node_modules'));
    const own = { name: path.join('packages', 'a', 'node_modules') };
    assert.deepEqual(await dependenciesFor(inPackage, given), {
      kind: 'link',
      ...own,
      target: path.join(given.repository, own.name),
    });
    writeFileSync(path.join(given.worktree, 'pnpm-workspace.yaml'), 'packages: [packages/*]\n');
    const workspace = await dependenciesFor(inPackage, given);
    assert.match(workspace.kind === 'missing' ? workspace.reason : '', /workspace of packages/);
  });

  test('are not where the answer would be about other code, or where there are none', async () => {
    const workspaces = await dependenciesFor(npm, places({ ...needing, workspaces: ['packages/*'] }));
    assert.match(workspaces.kind === 'missing' ? workspaces.reason : '', /workspace of packages/);
    const given = places(needing);
    const none = await dependenciesFor(npm, { ...given, repository: createTempFolder('empty').path });
    assert.match(none.kind === 'missing' ? none.reason : '', /not in the repository either/);
  });
});
