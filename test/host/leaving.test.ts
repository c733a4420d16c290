import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '../engine/wait.ts';
import { read, structured } from '../line/claudeLine.ts';
import { type MessagesModel, startMessagesModel } from '../models/messages.ts';
import type { TestRepository } from '../support/repository.ts';
import { createShop, findsAll } from './reviewFixture.ts';
import { TandemWindow } from './windowHarness.ts';

/** What the user is shown before a first review, and what is known after it: limits and score. */
describe('the first review in a repository', () => {
  let shop: TestRepository;
  let tandem: TandemWindow;
  let claude: MessagesModel;
  /** As another window was told it. */
  const tellBudget = (agent: string, usedPercent: number) => {
    const folder = path.join(tandem.stateHome, 'budgets');
    const resetsAt = new Date(Date.now() + 3 * 3_600_000).toISOString();
    const windows = [{ minutes: 300, model: '', usedPercent, resetsAt }];
    const budget = { agent, windows, observedAt: new Date().toISOString() };
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, `${agent}.json`), JSON.stringify(budget));
  };
  before(async () => {
    shop = await createShop();
    shop.write({ '.env.local': 'KEY=1234\n' });
    const settings = { 'tandem.review.showWhatLeaves': 'first-time' };
    claude = await startMessagesModel(({ step }) =>
      step === 0
        ? read(`${shop.path}/src/price.ts`)
        : structured({ verdict: 'confirm', reason: 'It does.', quotes: [] }),
    );
    tandem = await TandemWindow.open({
      ...{ folder: shop.path, settings },
      ...{ withClaude: true, claudeModel: claude },
    });
    tandem.answers = findsAll(shop.path);
    tellBudget('codex', 91);
    tellBudget('claude', 12);
  });
  after(async () => {
    await tandem.dispose();
    await claude.dispose();
    await shop.dispose();
  });
  const dialog = () => tandem.window.page.locator('.monaco-dialog-box');
  const editorShows = (text: string) =>
    tandem.window.page
      .locator('.editor-instance .view-lines', { hasText: text })
      .waitFor({ timeout: 30_000 });

  test('shows what leaves the machine; nothing is reviewed where the user thinks better of it', async () => {
    const { window } = tandem;
    await window.command('Tandem: Review Working Tree');
    await dialog().waitFor({ timeout: 60_000 });
    const text = (await dialog().textContent()) ?? '';
    assert.match(text, /Review of uncommitted changes \(3 files\) by Codex: this leaves your machine/);
    assert.match(
      text,
      /no file, only the name of what is reviewed; Codex reads the files and asks git itself/,
    );
    assert.match(text, /looks like a secret: \.env\.local/);
    assert.match(text, /Will take: not known \(no review of this kind has ended here yet\)/);
    assert.match(text, /Codex: 5-hour limit 91 % used, resets (at|on) /);
    assert.match(text, /Codex is near a limit: let Claude review instead\? Claude has used 12 %/);
    await tandem.shot('leaving-1-question');
    await dialog().getByText('Cancel', { exact: true }).click();
    await dialog().waitFor({ state: 'hidden' });
    assert.deepEqual(tandem.model.requests, []);
  });

  test('Show Files opens the list, and asks again', async () => {
    const { window } = tandem;
    await window.command('Tandem: Review Working Tree');
    await dialog().waitFor({ timeout: 60_000 });
    await dialog().getByText('Show Files', { exact: true }).click();
    await editorShows('What leaves this machine');
    await window.notifications.waitFor('Start the review of uncommitted changes (3 files) by Codex?');
    await tandem.shot('leaving-2-files');
    await window.notifications.press('Start the review of', 'Start Review');
    await window.notifications.waitFor('Review of uncommitted changes (3 files): 3 findings', 60_000);
  });

  test('the next review asks nothing', async () => {
    const { window } = tandem;
    // Nor is a limit near any more.
    tellBudget('codex', 20);
    const before = tandem.model.requests.length;
    await window.command('Tandem: Review Working Tree');
    await waitFor('the second review', () => tandem.model.requests.length > before, 60_000);
    assert.equal(await dialog().count(), 0);
  });

  test('the other agent has had nothing of the repository: it is shown first, and nothing goes where the user thinks better of it', async () => {
    const { window } = tandem;
    await window.openFile('price.ts:14');
    await window.command('Tandem: Ask the Other Agent About Finding');
    await dialog().waitFor({ timeout: 60_000 });
    const text = (await dialog().textContent()) ?? '';
    assert.ok(text.includes(`Work of Claude in ${path.basename(shop.path)}: this leaves your machine`), text);
    assert.match(text, /Claude: Tandem hands over the finding with its code, and what was argued about it\./);
    assert.match(
      text,
      /By itself it may read the files of the repository, and none outside; it runs no commands/,
    );
    assert.match(text, /goes to whoever your Claude Code is set up to ask/);
    assert.doesNotMatch(text, /Codex/);
    await tandem.shot('leaving-3-work');
    await dialog().getByText('Cancel', { exact: true }).click();
    await dialog().waitFor({ state: 'hidden' });
    assert.deepEqual(claude.requests, []);
  });

  test('it is shown once: the other agent looks, and looks again', async () => {
    const { window } = tandem;
    await window.command('Tandem: Ask the Other Agent About Finding');
    await dialog().waitFor({ timeout: 60_000 });
    await window.pressDialog('Continue');
    const looks = () => claude.requests.filter(({ step }) => step === 0).length;
    await waitFor('the first look', () => looks() === 1, 120_000);
    await window.page
      .locator('.review-widget')
      .getByText('Confirmed by Claude')
      .first()
      .waitFor({ timeout: 60_000 });
    await window.command('Tandem: Ask the Other Agent About Finding');
    await waitFor('the second look', () => looks() === 2, 120_000);
    assert.equal(await dialog().count(), 0);
  });

  test('a fix by the agent that has reviewed here asks nothing', async () => {
    const { window } = tandem;
    const before = tandem.model.requests.length;
    await window.command('Tandem: Fix Finding with Codex');
    await waitFor('the task', () => tandem.model.requests.length > before, 120_000);
    assert.equal(await dialog().count(), 0);
  });

  test('the status bar tells what is used of the limits', async () => {
    const { page } = tandem.window;
    const item = page.locator('.statusbar-item[id="tandem.tandem.tandem.status"]');
    const hover = page.locator('.monaco-hover:visible, .workbench-hover:visible');
    // A hover that is open stays as it was when more becomes known.
    await waitFor('the limits', async () => {
      await page.mouse.move(600, 300);
      await item.hover();
      await hover.first().waitFor({ timeout: 30_000 });
      return (await hover.allTextContents()).some((text) =>
        /Codex: 5-hour limit 20 % used, resets (at|on) /.test(text),
      );
    });
    await tandem.shot('leaving-4-status');
    await page.keyboard.press('Escape');
  });

  test('the score card counts what was raised', async () => {
    await tandem.window.command('Tandem: Show Score Card');
    await editorShows('Score card of');
    await editorShows('3 raised: 0 fixed, 0 dismissed, 3 open');
    await tandem.shot('leaving-5-score');
  });
});

/** The same where the user wants to see it each time. */
describe('what leaves the machine, shown always', () => {
  let shop: TestRepository;
  let tandem: TandemWindow;
  before(async () => {
    shop = await createShop();
    const settings = { 'tandem.review.showWhatLeaves': 'always' };
    tandem = await TandemWindow.open({ folder: shop.path, settings });
    tandem.answers = findsAll(shop.path);
  });
  after(async () => {
    await tandem.dispose();
    await shop.dispose();
  });

  test('before a review, a question about what it found, and the review again', async () => {
    const { window } = tandem;
    const dialog = window.page.locator('.monaco-dialog-box');
    const isShown = async (what: RegExp) => {
      await dialog.waitFor({ timeout: 60_000 });
      assert.match((await dialog.textContent()) ?? '', what);
    };
    const cancel = async () => {
      await dialog.getByText('Cancel', { exact: true }).click();
      await dialog.waitFor({ state: 'hidden' });
    };
    await window.command('Tandem: Review Working Tree');
    await isShown(/Review of .* by Codex: this leaves your machine/);
    await window.pressDialog('Start Review');
    await waitFor('the problems', async () => (await window.problems()).length > 0, 120_000);
    const asked = tandem.model.requests.length;
    await window.openFile('price.ts:14');
    await window.command('Tandem: Explain Finding');
    await isShown(/Codex: Tandem hands over what you ask, with the finding and what was said about it\./);
    await cancel();
    await window.command('Tandem: Run Job Again…');
    await isShown(/Review of .* by Codex: this leaves your machine/);
    await cancel();
    assert.equal(tandem.model.requests.length, asked);
  });
});
