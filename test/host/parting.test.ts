import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '../engine/wait.ts';
import { callsThen, read, structured } from '../line/claudeLine.ts';
import { type MessagesModel, startMessagesModel } from '../models/messages.ts';
import { findings } from '../models/responsesReply.ts';
import type { TestRepository } from '../support/repository.ts';
import { createShop, looksThen, reviewOutput, shopFindings } from './reviewFixture.ts';
import { TandemWindow } from './windowHarness.ts';

/** What a second opinion joined, and the user parts, as a user sees it; the tests build on each other. */
describe('a window in which a second opinion joins two findings', () => {
  const reason = 'Both are about the division by zero in average().';
  const ofCodex = 'The average of no items is NaN';
  const ofClaude = 'Statistics break for a shop without sales';

  let shop: TestRepository;
  let claude: MessagesModel;
  let tandem: TandemWindow;
  /** How often Claude was asked whether findings are the same. */
  let opinions = 0;
  before(async () => {
    shop = await createShop();
    const reviews = callsThen([read(`${shop.path}/src/price.ts`)], structured(claudeAnswer));
    claude = await startMessagesModel((request) => {
      if (!request.userText.includes('whether both found the same defect')) return reviews(request);
      opinions += 1;
      return structured({ pairs: [{ pair: 1, verdict: 'same', reason }] });
    });
    tandem = await TandemWindow.open({
      folder: shop.path,
      withClaude: true,
      claudeModel: claude,
      settings: { 'tandem.review.reviewers': 'both', 'tandem.review.secondOpinion': 'claude' },
    });
    const [, average] = shopFindings(shop.path);
    assert.ok(average);
    tandem.answers = looksThen(findings(reviewOutput([average])));
  });
  after(async () => {
    await tandem.dispose();
    await claude.dispose();
    await shop.dispose();
  });

  const view = () => tandem.window.webview('tandem.tandem');
  const rows = () => view().locator('[role=treeitem]', { has: tandem.window.page.locator('.voice') });
  const detail = () => view().locator('.detail');
  const compare = () => tandem.window.webviewPanel('tandem.tandem');
  const kind = (name: string) => compare().locator(`section[aria-label="${name}"]`);
  const badges = async () => (await view().locator('.row .voice').allTextContents()).toSorted();
  const untilBadges = (wanted: readonly string[]) =>
    waitFor(
      `the badges ${wanted.join(', ')}`,
      async () => (await badges()).join() === wanted.join() && wanted,
      30_000,
    );

  test('what the words do not decide is asked, and told: one finding of both, which says who joined it', async () => {
    const { window } = tandem;
    await window.command('Tandem: Review Working Tree');
    const told = await window.notifications.waitFor('Second opinion on two findings', 120_000);
    assert.equal(told.message, 'Second opinion on two findings: both are the same finding.');
    assert.equal(opinions, 1);
    await window.command('Tandem: Show Findings');
    await untilBadges(['Both']);
    await rows().first().click();
    const part = detail().locator('.part', { hasText: 'Joined by a second opinion of Claude' });
    await part.getByText(reason).waitFor({ timeout: 30_000 });
    await part.scrollIntoViewIfNeeded();
    await detail().getByText(`Joined (Claude): ${reason}`).waitFor({ state: 'attached' });
    await tandem.shot('parting-1-joined');
  });

  test('the page that compares says so too', async () => {
    await tandem.window.command('Tandem: Compare Reviews…');
    const row = kind('Both report').locator('article');
    await row.getByText(`Joined by a second opinion of Claude: ${reason}`).waitFor({ timeout: 30_000 });
    assert.match((await row.textContent()) ?? '', new RegExp(`${ofCodex}.*${ofClaude}`, 's'));
    await tandem.shot('parting-2-compare');
  });

  test('parted, each has its own words and place; the notification takes that back', async () => {
    const { window } = tandem;
    await detail().getByRole('button', { name: 'Part into Two' }).click();
    await untilBadges(['Claude', 'Codex']);
    for (const [title, lines] of [
      [ofClaude, 'Line 14'],
      [ofCodex, 'Line 13-15'],
    ] as const)
      await view().locator('.row', { hasText: title }).getByTitle(lines).waitFor({ timeout: 30_000 });
    await kind('Only Codex reports').getByText(ofCodex).first().waitFor({ timeout: 30_000 });
    await kind('Only Claude reports').getByText(ofClaude).first().waitFor();
    await tandem.shot('parting-3-parted');
    await window.notifications.press('These are two findings now', 'Join Again');
    await untilBadges(['Both']);
    await kind('Both report').getByText('Joined by you.').waitFor({ timeout: 30_000 });
  });

  test('parted in the comparison, they stay two over a reload and the next review, and nobody is asked', async () => {
    const { window } = tandem;
    await kind('Both report').getByRole('button', { name: 'Part into Two' }).click();
    await untilBadges(['Claude', 'Codex']);
    await window.reload();
    await window.command('Tandem: Show Findings');
    await untilBadges(['Claude', 'Codex']);
    await window.command('Tandem: Review Working Tree');
    const done = await window.notifications.waitFor('Review by Codex and Claude', 120_000);
    assert.match(done.message, /: 2 findings\.$/);
    await untilBadges(['Claude', 'Codex']);
    assert.equal(opinions, 1);
    await tandem.shot('parting-4-again');
  });

  test('joined again from the details of either', async () => {
    await view().locator('.row', { hasText: ofClaude }).click();
    await detail().getByRole('button', { name: 'Join Again' }).click();
    await untilBadges(['Both']);
    await tandem.shot('parting-5-joined-again');
  });

  test('nothing on the page is against its policy', () => {
    assert.deepEqual(tandem.violations, []);
  });
});

const claudeAnswer = {
  findings: [
    {
      title: '[P2] Statistics break for a shop without sales',
      body: 'There are no items then, and the division by zero is nobody’s business so far.',
      confidence_score: 0.7,
      priority: 2,
      code_location: { file_path: 'src/price.ts', line_range: { start: 14, end: 14 } },
    },
  ],
  overall_correctness: 'patch is incorrect',
  overall_explanation: 'Average is not safe.',
  overall_confidence_score: 0.7,
};
