import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { UsageError } from '../../../src/base/errors.ts';
import { statusLine } from '../../../src/companion/statusLine.ts';
import { budgetSchema } from '../../../src/protocol/budget.ts';
import { createTempFolder } from '../../support/temp.ts';

const now = Date.UTC(2026, 10, 28, 12, 0);
const at = (hours: number) => now / 1000 + hours * 3600;
const input = (limits: unknown, more: object = {}) =>
  JSON.stringify({ model: { id: 'x', display_name: 'Opus 4.8' }, rate_limits: limits, ...more });

describe('the status line', () => {
  const setUp = () => {
    const home = createTempFolder('state').path;
    const file = path.join(home, 'budgets/claude.json');
    const line = (text: string, time = now) => statusLine(text, { TANDEM_HOME: home }, time);
    return { home, file, line, kept: () => budgetSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) };
  };
  const limits = {
    five_hour: { used_percentage: 83.4, resets_at: at(2) },
    seven_day: { used_percentage: 12, resets_at: at(72) },
  };

  test('says the model and the limits, and keeps them for Tandem', async () => {
    const { line, kept, file } = setUp();
    assert.match(
      await line(input(limits)),
      /^Opus 4\.8 · 5-hour limit 83 % used, resets .*; weekly limit 12 % used, resets on /,
    );
    const { windows, agent, observedAt } = kept();
    assert.deepEqual([agent, observedAt], ['claude', new Date(now).toISOString()]);
    assert.deepEqual(
      windows.map(({ minutes, usedPercent, resetsAt }) => [
        minutes,
        usedPercent,
        Date.parse(resetsAt ?? '') / 1000,
      ]),
      [
        [300, 83.4, at(2)],
        [10_080, 12, at(72)],
      ],
    );
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  test('what it is not told of stays as it was; the same again is not written for a minute', async () => {
    const { line, kept } = setUp();
    await line(input(limits));
    await line(input({ five_hour: { used_percentage: 90, resets_at: at(2) } }), now + 1000);
    assert.deepEqual(
      kept().windows.map(({ usedPercent }) => usedPercent),
      [90, 12],
    );
    const { observedAt } = kept();
    await line(input({ five_hour: { used_percentage: 90, resets_at: at(2) } }), now + 2000);
    assert.equal(kept().observedAt, observedAt);
    await line(input({ five_hour: { used_percentage: 90, resets_at: at(2) } }), now + 62_000);
    assert.notEqual(kept().observedAt, observedAt);
  });

  test('an account without limits has a line all the same, and nothing is kept', async () => {
    const { line, file } = setUp();
    assert.equal(await line(input(undefined)), 'Opus 4.8');
    assert.equal(await line(input({ five_hour: null }, { model: 7 })), '');
    assert.ok(!existsSync(file));
  });

  test('what was kept and is damaged is set aside', async () => {
    const { line, file, kept } = setUp();
    await line(input(limits));
    writeFileSync(file, '{');
    await line(input(limits), now + 1);
    assert.equal(kept().windows.length, 2);
    assert.ok(existsSync(`${file}.damaged`));
  });

  test('anything but its own input is refused', async () => {
    const { line } = setUp();
    for (const text of ['', '{', '7']) await assert.rejects(line(text), UsageError);
  });
});
