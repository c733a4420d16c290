import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
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
