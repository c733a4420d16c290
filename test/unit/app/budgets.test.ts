import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Emitter } from 'vscode-jsonrpc/node';
import { budgetAdvice, budgetLines, budgetText } from '../../../src/app/budgetTexts.ts';
import { Budgets } from '../../../src/app/budgets.ts';
import { UserError } from '../../../src/base/errors.ts';
import type { AppServer } from '../../../src/codex/appServer.ts';
import type { ServerNotification } from '../../../src/protocol/appServer.ts';
import { type Budget, type LimitWindow, budgetFile, withTold } from '../../../src/protocol/budget.ts';
import type { Job } from '../../../src/protocol/job.ts';
import { createTempFolder } from '../../support/temp.ts';
import { createRecordingLogger, sampleJob } from '../bridge/samples.ts';

const now = new Date(2026, 10, 28, 14, 5).getTime();
const inMinutes = (minutes: number) => new Date(now + minutes * 60_000).toISOString();

function window(usedPercent: number | null, more: Partial<LimitWindow> = {}): LimitWindow {
  return { minutes: 300, model: '', usedPercent, resetsAt: inMinutes(120), ...more };
}

function budget(agent: 'codex' | 'claude', ...windows: LimitWindow[]): Budget {
  return { agent, windows, observedAt: inMinutes(-3) };
}

describe('a budget for people', () => {
  test('says what is used, and when it resets in the time of this place', () => {
    const weekly = window(7, { minutes: 10_080, resetsAt: inMinutes(3 * 24 * 60) });
    // Which comma stands behind the weekday depends on the version of ICU.
    assert.match(
      budgetText('codex', budget('codex', window(42.4), weekly), now),
      /^Codex: 5-hour limit 42 % used, resets at 16:05; weekly limit 7 % used, resets on Tue,? 1 Dec, 14:05 \(as of 14:02\)$/,
    );
  });

  test('what is not known is said to be so: never told, told without a number, or reset since', () => {
    assert.equal(budgetText('claude', null, now), 'Claude: usage limits not known');
    assert.match(budgetText('claude', budget('claude', window(null)), now), /use not known, resets at 16:05/);
    const over = window(95, { resetsAt: inMinutes(-1), model: 'Opus', minutes: 10_080 });
    assert.match(
      budgetText('claude', budget('claude', over), now),
      /weekly limit of Opus use not known \(as of/,
    );
    assert.equal(budgetLines({ codex: null, claude: null }, now).length, 1);
    const lines = budgetLines({ codex: budget('codex', window(1)), claude: null }, now);
    assert.match(lines.join('\n'), /^Codex: 5-hour limit 1 % used.*\nClaude: usage limits not known$/);
  });

  test('near a limit the other one is suggested, but only with what is known of it', () => {
    const [full, empty] = [window(91), window(12)];
    const advice = (
      codex: LimitWindow | null,
      claude: LimitWindow | null,
      asked: 'codex' | 'both' = 'codex',
    ) =>
      budgetAdvice(
        asked,
        { codex: codex && budget('codex', codex), claude: claude && budget('claude', claude) },
        now,
      );
    assert.equal(advice(empty, full), null);
    assert.equal(advice(null, null), null);
    assert.match(
      advice(full, empty) ?? '',
      /^Codex is near a limit: let Claude review instead\? Claude has used 12 % of its 5-hour limit\.$/,
    );
    assert.match(advice(full, empty, 'both') ?? '', /let Claude review alone\?/);
    assert.match(advice(full, null) ?? '', /of Claude it is not known how much is left/);
    assert.match(advice(full, full) ?? '', /so is the other/);
    assert.match(advice(full, full, 'both') ?? '', /Both reviewers are near a limit/);
    assert.equal(advice(window(99, { resetsAt: inMinutes(-1) }), empty), null, 'it has reset');
  });
});

describe('what is kept of budgets', () => {
  const open = () => new Budgets(folder, createRecordingLogger());
  const { path: folder } = createTempFolder('budgets');
  const future = { resetsAt: new Date(Date.now() + 3_600_000).toISOString() };

  test('a message that names one limit leaves the others; the next host reads them', async () => {
    const budgets = open();
    let changes = 0;
    budgets.onDidChange(() => (changes += 1));
    budgets.observed('claude', [window(10, future), window(20, { minutes: 10_080, ...future })]);
    budgets.observed('claude', [window(30, future)]);
    budgets.observed('claude', []);
    assert.equal(changes, 2);
    await budgets.settled();
    const next = open();
    await next.load();
    const { claude, codex } = next.all();
    assert.deepEqual(
      claude?.windows.map(({ usedPercent }) => usedPercent),
      [30, 20],
    );
    assert.equal(codex, null);
  });

  test('a message without a number does not take back the one that is known, until the reset', () => {
    const told = (before: LimitWindow, next: LimitWindow) =>
      withTold(budget('claude', before), 'claude', [next], now).windows.map(({ usedPercent }) => usedPercent);
    assert.deepEqual(told(window(83), window(null)), [83]);
    assert.deepEqual(told(window(83), window(null, { resetsAt: inMinutes(400) })), [null]);
    assert.deepEqual(told(window(83), window(3)), [3]);
  });

  test('older news of another host does not replace newer ones; a damaged file is none', async () => {
    const budgets = open();
    budgets.observed('claude', [window(50, future)]);
    await budgets.settled();
    const older = { ...budget('claude', window(99, future)), observedAt: '2020-01-01T00:00:00.000Z' };
    writeFileSync(budgetFile(folder, 'claude'), JSON.stringify(older));
    await budgets.load();
    assert.equal(budgets.all().claude?.windows[0]?.usedPercent, 50);
    writeFileSync(budgetFile(folder, 'codex'), '{"agent":');
    await budgets.load();
    assert.equal(budgets.all().codex, null);
  });

  test('what another host, or a status line, was told is known here at once', async () => {
    const here = open();
    const watching = await here.watch();
    const changed = new Promise<void>((resolve) => here.onDidChange(() => resolve()));
    const there = open();
    there.observed('codex', [window(64, { minutes: 60, ...future })]);
    await changed;
    assert.ok(here.all().codex?.windows.some(({ usedPercent }) => usedPercent === 64));
    watching.dispose();
    await there.settled();
  });

  test('another login of Codex is another account', async () => {
    const notifications = new Emitter<ServerNotification>();
    const budgets = open();
    budgets.follow({ onNotification: notifications.event });
    const primary = { usedPercent: 5, windowDurationMins: 300, resetsAt: null };
    const tell = (limitId: string) => {
      notifications.fire({
        method: 'account/rateLimits/updated',
        params: { rateLimits: { limitId, primary, secondary: null } },
      });
    };
    tell('codex_other');
    assert.equal(budgets.all().codex, null);
    tell('codex');
    assert.equal(budgets.all().codex?.windows[0]?.usedPercent, 5);
    notifications.fire({ method: 'account/updated', params: { authMode: null } });
    assert.equal(budgets.all().codex, null);
    await budgets.settled();
    const next = open();
    await next.load();
    assert.equal(next.all().codex, null);
  });

  test('after a review Codex is asked, where it runs', async () => {
    const jobs = new Emitter<Job>();
    let asked = 0;
    const appServer = {
      state: { kind: 'stopped' } as AppServer['state'],
      use: () => {
        asked += 1;
        return Promise.reject(new UserError('It has gone.'));
      },
    };
    const budgets = open();
    budgets.followReviews({ onDidChange: jobs.event }, appServer);
    const ends = (job: Partial<Job>) => {
      jobs.fire(sampleJob({ kind: 'review', reviewer: 'codex', state: 'succeeded', ...job }));
    };
    ends({});
    assert.equal(asked, 0, 'it is not started for this');
    appServer.state = { kind: 'running', version: '', file: '', pid: 1, isRemote: false };
    ends({ state: 'running' });
    ends({ reviewer: 'claude' });
    ends({ kind: 'task' });
    assert.equal(asked, 0);
    ends({});
    assert.equal(asked, 1);
    await budgets.settled();
  });
});
