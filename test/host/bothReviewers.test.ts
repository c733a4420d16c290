import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '../engine/wait.ts';
import { type MessagesModel, type MessagesScript, startMessagesModel } from '../models/messages.ts';
import { apiError, hangs } from '../models/messagesReply.ts';
import { findings } from '../models/responsesReply.ts';
import { callsThen, read, structured } from '../line/claudeLine.ts';
import type { TestRepository } from '../support/repository.ts';
import { JobsPage } from './jobsViewPage.ts';
import { createShop, looksThen, reviewOutput, shopFindings } from './reviewFixture.ts';
import { TandemWindow } from './windowHarness.ts';

/** Both reviewers at once, in one window, as a user sees it; the tests build on each other. */
describe('a window in which both review', () => {
  let shop: TestRepository;
  let claude: MessagesModel;
  let claudeSays: MessagesScript;
  let tandem: TandemWindow;
  before(async () => {
    shop = await createShop();
    claude = await startMessagesModel((request) => claudeSays(request));
    tandem = await TandemWindow.open({
      folder: shop.path,
      withClaude: true,
      claudeModel: claude,
      settings: { 'tandem.review.reviewers': 'both' },
    });
  });
  after(async () => {
    await tandem.dispose();
    await claude.dispose();
    await shop.dispose();
  });

  /** The page that compares. */
  const page = () => tandem.window.webviewPanel('tandem.tandem');
  const row = (title: string) => page().locator('article.match', { hasText: title }).first();
  const kind = (name: string) => page().locator(`section[aria-label="${name}"]`);
  const shown = (text: string) => page().getByText(text).first().waitFor({ timeout: 30_000 });

  const titles = {
    both: 'The discounted total is no longer a whole number of cents',
    codex: 'The average of no items is NaN',
    claude: 'A discount of more than one makes the total negative',
    remove: 'Remove the strict comparison from the range filter',
    keep: 'Keep the strict comparison in the range filter',
  };

  test('one notification for both: what both report is one finding', async () => {
    const { window } = tandem;
    tandem.answers = looksThen(findings(reviewOutput(codexFindings(shop.path))));
    claudeSays = callsThen([read(`${shop.path}/src/price.ts`)], structured(claudeAnswer));
    await window.command('Tandem: Review Working Tree');
    const done = await window.notifications.waitFor('Review by Codex and Claude', 120_000);
    assert.equal(
      done.message,
      'Review by Codex and Claude of uncommitted changes (2 files): 5 findings, 1 by both, 1 dispute.',
    );
    assert.deepEqual(done.buttons, ['Compare', 'Show', 'Show Problems']);
    const told = (await window.notifications.list()).filter(({ message }) => message.startsWith('Review'));
    assert.equal(told.length, 1, 'one for the run, not one for each');
    await tandem.shot('both-1-done');
    await window.notifications.press('Review by Codex and Claude', 'Show Problems');
    const codes = await waitFor(
      'the problems',
      async () => {
        const problems = await window.problems();
        return problems.length === 5 && problems.map(({ code }) => code).toSorted();
      },
      30_000,
    );
    assert.deepEqual(codes, ['Claude P2', 'Claude P2', 'Codex P2', 'Codex P2', 'Codex and Claude P1']);
    await window.command('View: Toggle Panel Visibility');
  });

  test('Compare: the words of both side by side, what only one saw, and the dispute', async () => {
    const { window } = tandem;
    await window.command('Tandem: Compare Reviews…');
    await shown('5 findings: 1 by both, 1 only by Codex, 1 only by Claude, 2 in 1 dispute');
    await window.page.locator('.tab.active', { hasText: 'Compare: uncommitted changes' }).waitFor();
    const both = kind('Both report').locator('article');
    assert.equal(await both.count(), 1);
    assert.match(
      (await both.locator('.voice-codex').textContent()) ?? '',
      /Codex.*92 %.*whole number of cents/s,
    );
    assert.match(
      (await both.locator('.voice-claude').textContent()) ?? '',
      /Claude.*70 %.*fractions of a cent/s,
    );
    const only = (name: string) => kind(`Only ${name} reports`).locator('article');
    assert.match(
      (await only('Codex').textContent()) ?? '',
      /Claude looked at this file and does not report it/,
    );
    assert.match(
      (await only('Claude').textContent()) ?? '',
      /Codex looked at this file and does not report it/,
    );
    const dispute = kind('Disputes').locator('article');
    assert.match((await dispute.textContent()) ?? '', /advise the opposite. Who is right\?/);
    const side = page().getByRole('region', { name: 'Review by Claude' });
    assert.match((await side.textContent()) ?? '', /3 findings.*tokens.*\$/s);
    await tandem.shot('both-2-compare');
  });

  test('a place opens beside the page, which stays', async () => {
    const { window } = tandem;
    await row(titles.codex).getByRole('button', { name: 'src/price.ts:13' }).click();
    await window.page.locator('.tab.active[data-resource-name="price.ts"]').waitFor({ timeout: 30_000 });
    await waitFor(
      'the selection in the editor',
      async () => (await window.statusBar()).some((item) => item.startsWith('Ln 1')),
      10_000,
    );
    await shown(titles.both);
    await tandem.shot('both-3-narrow');
    await window.command('View: Close Editor');
  });

  test('a dispute is decided: the one that is wrong is dismissed and says why; that can be undone', async () => {
    const { window } = tandem;
    const dispute = kind('Disputes').locator('article');
    await dispute.getByRole('button', { name: 'Claude is right' }).click();
    await shown('Claude is right: Codex’s finding is dismissed.');
    await tandem.shot('both-4-decided');
    const reasons = () => ledger(tandem.stateHome).flatMap((event) => event.reason ?? []);
    assert.ok(
      reasons().includes(`Dispute between the reviewers: Claude is right (“${titles.keep}”).`),
      reasons().join('\n'),
    );
    await window.notifications.press('Claude is right', 'Undo');
    await shown('Who is right?');
    await dispute.getByRole('button', { name: 'Both stand' }).click();
    await shown('Both stand: you decided so.');
    assert.equal(await dispute.getByText('Dismissed', { exact: true }).count(), 0);
  });

  test('actions of a finding, by keyboard; the page follows', async () => {
    const { window } = tandem;
    const more = row(titles.claude).getByRole('button', { name: 'More actions' });
    await more.focus();
    await window.page.keyboard.press('Enter');
    await page().getByRole('menu').waitFor({ timeout: 10_000 });
    await window.page.keyboard.press('Escape');
    await page().locator('.more-actions:focus').waitFor({ timeout: 10_000 });
    await row(titles.claude).getByRole('button', { name: 'Dismiss…' }).click();
    await window.quickInput.pick(/^Intended/);
    await row(titles.claude).getByText('Dismissed', { exact: true }).waitFor({ timeout: 30_000 });
  });

  test('the findings view: a badge, a filter for what both report, and the way to the page', async () => {
    const { window } = tandem;
    await window.command('View: Close Editor');
    await window.command('Tandem: Show Findings');
    const view = window.webview('tandem.tandem');
    await view
      .locator('[role=treeitem]', { hasText: titles.both })
      .locator('.voice', { hasText: 'Both' })
      .waitFor({
        state: 'attached',
        timeout: 30_000,
      });
    await view.getByRole('button', { name: 'More filters, grouping and order' }).click();
    await view.locator('select[data-select=voice]').selectOption('both');
    await view.getByText('3 hidden by your filter', { exact: true }).waitFor({ timeout: 10_000 });
    await tandem.shot('both-5-filter');
    await view.getByText('Clear filter').click();
    await view.getByRole('tab', { name: /Reviews/ }).click();
    await view.locator('.run-row').first().click();
    await view.getByRole('button', { name: 'Compare Reviews' }).click();
    await shown(titles.both);
    await tandem.shot('both-6-reviews');
  });

  test('the page is there again after a reload of the window', async () => {
    await tandem.window.reload();
    await shown('5 findings: 1 by both');
    await kind('Disputes').getByText('Both stand: you decided so.').waitFor({ timeout: 30_000 });
    await tandem.window.command('View: Close Editor');
  });

  test('one fails: the other one’s findings stand, and the notification and the page say so', async () => {
    const { window } = tandem;
    claudeSays = () => apiError(400, 'invalid_request_error', 'the model is out of order');
    await window.command('Tandem: Review Working Tree');
    const told = await window.notifications.waitFor('Review by Codex of', 120_000);
    assert.match(
      told.message,
      /^Review by Codex of uncommitted changes \(2 files\): 3 findings.* The review by Claude failed\./,
    );
    assert.match(told.message, /out of order/);
    assert.equal(told.buttons[0], 'Compare');
    await window.notifications.press('Review by Codex of', 'Compare');
    await shown('Claude: Failed');
    await shown('Claude gave no verdict.');
    await tandem.shot('both-7-failed');
    await window.command('View: Close Editor');
  });

  test('the page follows reviews that run; the jobs view leads to it', async () => {
    const { window } = tandem;
    claudeSays = () => hangs();
    await window.command('Tandem: Review Working Tree');
    await window.command('Tandem: Show Jobs');
    const jobs = new JobsPage(window.page);
    await jobs.waitFor(
      /Review by Claude: uncommitted changes \| (starting|reading|reasoning|writing)/,
      60_000,
    );
    // While a row changes, nothing can be chosen on the others.
    await jobs.waitFor(/^Running \| 1$/, 60_000);
    await jobs.choose('Review by Claude: uncommitted changes', 'Compare Reviews');
    await shown('Claude has not answered yet.');
    await shown('Codex: 3 findings');
    await shown('Claude: Running');
    await tandem.shot('both-8-running');
    await window.notifications.press('Claude reviews', 'Cancel');
    await window.notifications.waitFor('The review by Claude was cancelled.', 60_000);
    await shown('Claude: Cancelled');
  });

  test('nothing on the page is against its policy', () => {
    assert.deepEqual(tandem.violations, []);
  });
});

/** What both find, what only Codex does, and one side of a dispute. */
function codexFindings(repository: string) {
  const [p1, p2] = shopFindings(repository);
  assert.ok(p1 && p2);
  const remove = {
    ...p2,
    title: '[P2] Remove the strict comparison from the range filter',
    body: 'The filter says *between*, so `from` and `to` themselves belong to it.',
    code_location: {
      absolute_file_path: `${repository}/src/date filter.ts`,
      line_range: { start: 6, end: 6 },
    },
  };
  return [p1, p2, remove];
}

const claudeAnswer = {
  findings: [
    {
      title: '[P2] The discounted total has fractions of a cent, not a whole number',
      body: 'With a discount the total is no longer in whole cents: `sum - sum * discount` is not rounded.',
      confidence_score: 0.7,
      priority: 2,
      code_location: { file_path: 'src/price.ts', line_range: { start: 10, end: 10 } },
    },
    {
      title: '[P2] A discount of more than one makes the total negative',
      body: 'Nothing checks `discount`:\n\n```ts\ntotal(items, 2) < 0\n```',
      confidence_score: 0.55,
      priority: 2,
      code_location: { file_path: 'src/price.ts', line_range: { start: 8, end: 8 } },
    },
    {
      title: '[P2] Keep the strict comparison in the range filter',
      body: 'Callers pass the day after the last one, which must stay out.',
      confidence_score: 0.6,
      priority: 2,
      code_location: { file_path: 'src/date filter.ts', line_range: { start: 6, end: 6 } },
    },
  ],
  overall_correctness: 'patch is incorrect',
  overall_explanation: 'Money is rounded **nowhere**, and the discount is not checked.',
  overall_confidence_score: 0.8,
};

/** The events of all ledgers. */
function ledger(stateHome: string): { reason?: string }[] {
  const files = readdirSync(stateHome, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /findings\/.*\.jsonl$/.test(file),
  );
  return files.flatMap((file) =>
    readFileSync(path.join(stateHome, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { reason?: string }),
  );
}
