import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { publishedHosts } from '../../src/client/discoverHosts.ts';
import { HostConnection } from '../../src/client/hostConnection.ts';
import type { DoorKind } from '../../src/protocol/bridge.ts';
import { waitFor } from '../engine/wait.ts';
import { reviewOrder, taskOrder } from '../line/plainHost.ts';
import { answer, findings, hang, httpError, together, unfinished } from '../models/responsesReply.ts';
import type { TestRepository } from '../support/repository.ts';
import { JobsPage } from './jobsViewPage.ts';
import { createShop, looksThen, reviewOutput, shopFindings } from './reviewFixture.ts';
import { TandemWindow } from './windowHarness.ts';

/** What Claude Code asks a window for, as its user sees it there. The hooks themselves are tested with the real Claude Code. */
describe('a window that Claude Code works with', () => {
  let shop: TestRepository;
  let tandem: TandemWindow;
  let jobs: JobsPage;
  const session = 'b2c1a7de-0000-4000-8000-000000000001';
  const opened: HostConnection[] = [];
  before(async () => {
    shop = await createShop();
    tandem = await TandemWindow.open({ folder: shop.path });
    jobs = new JobsPage(tandem.window.page);
    await tandem.window.command('Tandem: Show Jobs');
  });
  after(async () => {
    for (const connection of opened) connection.close();
    await tandem.dispose();
    await shop.dispose();
  });
  /** Comes in as a hook or a tool of Claude Code does. */
  const door = async (kind: DoorKind, event?: string) => {
    const [host] = await waitFor('the socket', async () => {
      const hosts = await publishedHosts(tandem.stateHome);
      return hosts.length > 0 && hosts;
    });
    assert.ok(host);
    const client = { door: kind, pid: process.pid, version: '0.1.0', session };
    const connection = await HostConnection.open(host, { ...client, ...(event !== undefined && { event }) });
    opened.push(connection);
    return connection;
  };
  const claudeEdits = (text: string) => writeFileSync(path.join(shop.path, 'src/claude.ts'), text);
  const clear = () => tandem.window.command('Notifications: Clear All Notifications');

  describe('the stop-time review gate', () => {
    const stop = async () => {
      const hook = await door('hook', 'Stop');
      return hook.stop({ cwd: shop.path, again: false, hook: 'blocking' });
    };

    test('is switched on by the palette, which then offers to switch it off', async () => {
      const { window } = tandem;
      await window.command('Tandem: Turn Stop-Time Review Gate On');
      const told = await window.notifications.waitFor('The stop-time review gate is on for');
      assert.match(told.message, /when Claude Code is about to stop, Codex reviews what it changed/);
      await tandem.shot('doors-01-gate-on');
      await (await door('hook', 'SessionStart')).sessionStart({ cwd: shop.path });
    });

    test('shows its review, and cancelled there it lets Claude stop', async () => {
      const { window } = tandem;
      await clear();
      tandem.answers = looksThen(together(unfinished(['{']), hang()));
      claudeEdits('export const one = 1;\n');
      const stopped = stop();
      await window.notifications.waitFor('Codex reviews what Claude changed in this turn (1 file)', 60_000);
      await jobs.waitFor(/^Gate: Claude’s turn \| /);
      await tandem.shot('doors-02-gate-running');
      await window.notifications.press('Cancel lets Claude stop now.', 'Cancel');
      assert.deepEqual(await stopped, { decision: 'allow' });
      await window.notifications.waitFor('was cancelled. Claude may stop.');
      await tandem.shot('doors-03-gate-cancelled');
    });

    test('“Let Claude Stop Now” does the same from the palette', async () => {
      const { window } = tandem;
      claudeEdits('export const one = 2;\n');
      const stopped = stop();
      await jobs.waitFor(/^Running \| 1$/, 60_000);
      await window.command('Tandem: Let Claude Stop Now');
      assert.deepEqual(await stopped, { decision: 'allow' });
    });

    test('tells what it found while Claude goes back to it', async () => {
      const { window } = tandem;
      await clear();
      const [first] = shopFindings(shop.path);
      assert.ok(first);
      tandem.answers = looksThen(findings(reviewOutput([first])));
      claudeEdits('export const one = 3;\n');
      const { decision, reason } = await stop();
      assert.equal(decision, 'block');
      assert.match(reason ?? '', /whole number of cents/);
      const told = await window.notifications.waitFor('in this turn (1 file): 1 finding (P1).');
      assert.deepEqual(told.buttons, ['Show', 'Show Problems']);
    });

    test('that could not run lets Claude stop, and says so here with the reason', async () => {
      const { window } = tandem;
      await clear();
      tandem.answers = looksThen(httpError(400, { error: { message: 'the model is out of order' } }));
      claudeEdits('export const one = 4;\n');
      const { decision } = await stop();
      assert.equal(decision, 'allow');
      const told = await window.notifications.waitFor('review gate could not run');
      const others = (await window.notifications.list()).filter(({ message }) =>
        message.includes(' failed.'),
      );
      assert.deepEqual(others, [], 'it is told once');
      assert.match(told.message, /out of order/);
      assert.deepEqual(told.buttons, ['Show Log']);
      await tandem.shot('doors-04-gate-failed');
      await window.command('Tandem: Turn Stop-Time Review Gate Off');
      await window.notifications.waitFor('The stop-time review gate is off for');
    });
  });

  describe('what Claude’s model starts by itself', () => {
    const ask = async () => {
      const tool = await door('mcp');
      return tool.startJob({ cwd: shop.path, order: reviewOrder({ scope: 'working-tree' }), mode: 'wait' });
    };
    const question = 'Claude Code wants to start a review by Codex. Allow it?';

    test('is asked for, and refused', async () => {
      const { window } = tandem;
      await clear();
      const refused = assert.rejects(ask(), /does not want Claude to start a review by Codex now/);
      const told = await window.notifications.waitFor(question);
      assert.deepEqual(told.buttons, ['Allow', 'Don’t Allow', 'Always Allow']);
      await tandem.shot('doors-05-consent');
      await window.notifications.press(question, 'Don’t Allow');
      await refused;
    });

    test('is allowed once', async () => {
      const { window } = tandem;
      tandem.answers = looksThen(findings(reviewOutput([])));
      const started = ask();
      await window.notifications.waitFor(question);
      await window.notifications.press(question, 'Allow');
      const { report } = await started;
      assert.equal(report.job.origin, 'claude');
      await window.notifications.waitFor('no findings.', 60_000);
      await clear();
      const again = assert.rejects(ask());
      await window.notifications.waitFor(question);
      await window.notifications.press(question, 'Don’t Allow');
      await again;
    });

    test('is always allowed by the click that says so', async () => {
      const { window } = tandem;
      const started = ask();
      await window.notifications.waitFor(question);
      await window.notifications.press(question, 'Always Allow');
      await started;
      await window.notifications.waitFor('no findings.', 60_000);
      await clear();
      await ask();
      await window.notifications.waitFor('no findings.', 60_000);
      assert.equal(tandem.userSettings()['tandem.modelMayReview'], 'yes');
    });
  });

  test('a background task of a terminal tells its end here', async () => {
    const { window } = tandem;
    await clear();
    tandem.answers = () => answer('It is the rounding.');
    const terminal = await door('cli');
    await terminal.startJob({ cwd: shop.path, order: taskOrder('Find the bug'), mode: 'background' });
    const told = await window.notifications.waitFor('Task “Find the bug”: answered.', 60_000);
    assert.deepEqual(told.buttons, ['Show Result']);
  });
});

/** The gate's other side, for where no hook fires. */
describe('a window that watches what others change on disk', () => {
  let shop: TestRepository;
  let tandem: TandemWindow;
  before(async () => {
    shop = await createShop();
    tandem = await TandemWindow.open({
      folder: shop.path,
      settings: { 'tandem.gate.afterEdits': true, 'workbench.colorTheme': 'Default High Contrast' },
    });
  });
  after(async () => {
    await tandem.dispose();
    await shop.dispose();
  });

  test('what the user saves is no such edit; what somebody else writes is reviewed once it has settled', async () => {
    const { window } = tandem;
    const [first] = shopFindings(shop.path);
    assert.ok(first);
    tandem.answers = looksThen(findings(reviewOutput([first])));
    await waitFor('the first look', () => tandem.log().includes('Edits are watched'), 60_000);
    await window.openFile('src/price.ts:1');
    await window.page.locator('.editor-instance .monaco-editor.focused').waitFor({ timeout: 20_000 });
    await window.page.keyboard.type('// mine ');
    await window.page.locator('.tab.active.dirty').waitFor({ timeout: 20_000 });
    await window.command('File: Save');
    const file = path.join(shop.path, 'src/price.ts');
    await waitFor('the save', () => readFileSync(file, 'utf8').startsWith('// mine'), 20_000);
    const saved = Date.now();
    await waitFor('the settling time of that', () => Date.now() - saved > 34_000, 60_000);
    await tandem.window.command('Tandem: Show Jobs');
    assert.deepEqual(await new JobsPage(window.page).rows(), []);
    assert.equal(tandem.model.requests.length, 0);
    writeFileSync(path.join(shop.path, 'src/agent.ts'), 'export const one = 1;\n');
    await window.notifications.waitFor('Review of edits on disk (2 files): 1 finding (P1).', 90_000);
    await new JobsPage(window.page).waitFor(/^Review: edits on disk \| 1 finding \(P1\) · /);
    await tandem.shot('doors-06-edits');
    assert.ok((await window.notifications.list()).every(({ message }) => !message.includes('reviews edits')));
  });
});
