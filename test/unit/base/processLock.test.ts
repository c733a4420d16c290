import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { UserError } from '../../../src/base/errors.ts';
import { alone } from '../../../src/base/processLock.ts';
import { createTempFolder } from '../../support/temp.ts';

describe('a lock between processes', () => {
  const wait = { patience: 20_000, subject: 'the test' };
  const lock = () => path.join(createTempFolder('lock').path, 'a.lock');

  test('of a process that was killed is taken over', async () => {
    const file = lock();
    writeFileSync(file, JSON.stringify({ pid: 2 ** 22 + 1, startTime: null }));
    assert.equal(await alone(file, wait, () => Promise.resolve('done')), 'done');
  });

  test('of a process that was killed before it could write who it is, is taken over; a new one is waited for', async () => {
    const file = lock();
    writeFileSync(file, '');
    await assert.rejects(
      alone(file, { ...wait, patience: 100 }, () => Promise.resolve()),
      UserError,
    );
    const before = new Date(Date.now() - 60_000);
    utimesSync(file, before, before);
    assert.equal(await alone(file, wait, () => Promise.resolve('done')), 'done');
  });

  const linux = process.platform === 'linux' ? false : 'only Linux can be told to refuse a write';
  test('that cannot be written does not stay', { skip: linux }, async () => {
    const file = lock();
    const ignore = () => undefined;
    const filesOf = (size: string) =>
      execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${size}:`]);
    process.on('SIGXFSZ', ignore);
    filesOf('0');
    try {
      await assert.rejects(
        alone(file, wait, () => Promise.resolve()),
        { code: 'EFBIG' },
      );
    } finally {
      filesOf('unlimited');
      process.off('SIGXFSZ', ignore);
    }
    assert.deepEqual(readdirSync(path.dirname(file)), []);
  });

  test('of a process that is there is waited for, and not broken', async () => {
    const file = lock();
    await alone(file, wait, async () => {
      const impatient = alone(file, { ...wait, patience: 100 }, () => Promise.resolve());
      await assert.rejects(impatient, (error) => error instanceof UserError && error.advice?.includes(file));
    });
    assert.deepEqual(readdirSync(path.dirname(file)), []);
  });

  test('is let go of when the work fails', async () => {
    const file = lock();
    await assert.rejects(
      alone(file, wait, () => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.deepEqual(readdirSync(path.dirname(file)), []);
  });
});
