import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, test } from 'node:test';
import { settlesWithin } from '../../../src/base/async.ts';
import { identityOf, isAlive, isProven } from '../../../src/base/childProcess.ts';
import { childrenOf, endProcesses } from '../../../src/base/endProcess.ts';
import { childRows, processRow, rowsOfPs } from '../../../src/base/processTable.ts';
import { waitFor } from '../../engine/wait.ts';
import { endsWithThisProcess } from '../../support/cleanup.ts';

/** What is known about processes, and how they are ended. On Linux the table is read from /proc, elsewhere from `ps`. */

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Runs a line of a shell; the leader of a process group if `detached`. */
function shell(line: string, detached = false): ChildProcess & { pid: number } {
  const child = spawn('/bin/sh', ['-c', line], { stdio: ['ignore', 'pipe', 'ignore'], detached });
  endsWithThisProcess(child);
  started.push(child);
  assert.ok(child.pid !== undefined);
  return Object.assign(child, { pid: child.pid });
}

/** A node process that SIGTERM does not end; resolves once that is so. */
async function stubborn(): Promise<ChildProcess & { pid: number }> {
  const program = 'process.on("SIGTERM", () => {}); setTimeout(() => {}, 60000); console.log("ready")';
  const child = shell(`exec '${process.execPath}' -e '${program}'`);
  assert.ok(child.stdout);
  await once(child.stdout, 'data');
  return child;
}

describe('the process table', () => {
  test('knows the parent of a child, and lists it', () => {
    const child = shell('exec sleep 60');
    assert.equal(processRow(child.pid)?.parent, process.pid);
    // Without a terminal nothing is in the foreground of one; with one: test/plugin/handOver.test.ts.
    assert.equal(processRow(shell('exec sleep 60', true).pid)?.inForeground, false);
    assert.ok(childRows(process.pid).some(({ pid }) => pid === child.pid));
    assert.deepEqual(childRows(child.pid), []);
  });

  test('has no row for a process that is gone', async () => {
    const child = shell('exit 0');
    await once(child, 'exit');
    assert.equal(processRow(child.pid), null);
  });

  test('ps tells the same, and its start time depends on no time zone', () => {
    const child = shell('exec sleep 60');
    const [row] = rowsOfPs(['-p', String(child.pid)]);
    assert.equal(row?.pid, child.pid);
    assert.equal(row.parent, process.pid);
    assert.equal(row.ended, false);
    assert.match(row.startTime, /^\w{3} \w{3} \d{1,2} \d\d:\d\d:\d\d \d{4}$/);
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Asia/Tokyo';
    try {
      assert.deepEqual(rowsOfPs(['-p', String(child.pid)]), [row]);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
    assert.ok(rowsOfPs(['-A']).some(({ pid }) => pid === child.pid));
  });
});

describe('a process identity', () => {
  test('is proven while it runs, and gone afterwards', async () => {
    const child = shell('exec sleep 60');
    const identity = identityOf(child.pid);
    assert.ok(isAlive(identity) && isProven(identity));
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.ok(!isAlive(identity) && !isProven(identity));
  });

  test('of another start time is gone, although its pid is in use', () => {
    const { pid } = shell('exec sleep 60');
    assert.ok(!isAlive({ pid, startTime: '1' }) && !isProven({ pid, startTime: '1' }));
  });

  test('without a start time is neither gone nor proven', () => {
    const { pid } = shell('exec sleep 60');
    assert.ok(isAlive({ pid, startTime: null }) && !isProven({ pid, startTime: null }));
  });

  test('that has ended and was not collected by its parent is gone', async () => {
    // The shell becomes `sleep`, which never asks after the child that the shell left it.
    const parent = shell('sleep 60 & exec sleep 60');
    const child = await waitFor('the child', () => childrenOf(parent.pid)[0], 5_000);
    process.kill(child.pid, 'SIGKILL');
    await waitFor('its end', () => !isAlive(child), 5_000);
    assert.equal(processRow(child.pid)?.ended, true);
  });
});

describe('ending processes', () => {
  test('asks first: a polite one runs its own clean-up', async () => {
    const child = shell('trap "exit 7" TERM; echo ready; while :; do sleep 0.05; done');
    assert.ok(child.stdout);
    await once(child.stdout, 'data');
    const exit = once(child, 'exit');
    await endProcesses([identityOf(child.pid)]);
    assert.deepEqual(await exit, [7, null]);
  });

  test('one that ignores that is killed after the grace, with its children', async () => {
    const child = await stubborn();
    // Once its child is killed this one starts another.
    const parent = shell('trap "" TERM; sleep 60 & wait; sleep 60');
    await waitFor('the child', () => childrenOf(parent.pid)[0], 5_000);
    const exits = [once(child, 'exit'), once(parent, 'exit')];
    const allGone = once(parent, 'close');
    await endProcesses([identityOf(child.pid), identityOf(parent.pid)], 100);
    assert.deepEqual(await Promise.all(exits), [
      [null, 'SIGKILL'],
      [null, 'SIGKILL'],
    ]);
    assert.ok(await settlesWithin(allGone, 2_000), 'a child still holds its output');
  });

  test('a child that its parent leaves behind is ended too', async () => {
    const parent = shell('sleep 60 & wait');
    const child = await waitFor('the child', () => childrenOf(parent.pid)[0], 5_000);
    await endProcesses([identityOf(parent.pid)]);
    assert.ok(!isAlive(child));
  });

  test('the group of a process that leads one ends with it', async () => {
    const leader = shell('(sleep 60 & echo $!); exec sleep 60', true);
    assert.ok(leader.stdout);
    const [line] = (await once(leader.stdout, 'data')) as [Buffer];
    const member = identityOf(Number(line.toString()));
    await waitFor('the loss of its parent', () => processRow(member.pid)?.parent !== leader.pid, 5_000);
    await endProcesses([identityOf(leader.pid)]);
    await waitFor('its end', () => !isAlive(member), 5_000);
  });

  test('what is not provably the process meant is left alone, and so are its children', async () => {
    const { pid } = shell('sleep 60 & wait');
    const child = await waitFor('the child', () => childrenOf(pid)[0], 5_000);
    const identity = identityOf(pid);
    await endProcesses([
      { pid, startTime: '1' },
      { pid, startTime: null },
    ]);
    assert.ok(isProven(identity) && isProven(child));
    await endProcesses([identity]);
  });
});
