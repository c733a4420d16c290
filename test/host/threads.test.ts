import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '../engine/wait.ts';
import { answer } from '../models/responsesReply.ts';
import type { TestRepository } from '../support/repository.ts';
import { createShop, findsAll } from './reviewFixture.ts';
import { TandemWindow } from './windowHarness.ts';

/** What a user does with a finding in the editor; the tests build on each other. */
describe('findings in the editor', () => {
  let shop: TestRepository;
  let tandem: TandemWindow;
  before(async () => {
    shop = await createShop();
    tandem = await TandemWindow.open({
      folder: shop.path,
      // Its list of comments would take the room of the threads.
      settings: { 'comments.openView': 'never' },
    });
  });
  after(async () => {
    await tandem.dispose();
    await shop.dispose();
  });

  const thread = () => tandem.window.page.locator('.review-widget');
  const glyphs = () =>
    tandem.window.page.locator(
      '.comment-range-glyph.comment-thread, .comment-range-glyph.comment-thread-unresolved',
    );

  test('each open finding of a visible document has a thread, which is closed', async () => {
    const { window } = tandem;
    tandem.answers = findsAll(shop.path);
    await window.command('Tandem: Review Working Tree');
    await window.notifications.waitFor('3 findings', 180_000);
    await window.openFile('price.ts');
    await waitFor('the threads', async () => (await glyphs().count()) === 2, 20_000);
    assert.equal(await thread().count(), 0);
    await tandem.shot('threads-1-closed');
  });

  test('Explain opens the thread, in which the answer appears', async () => {
    const { window } = tandem;
    tandem.answers = () =>
      answer('Because `0.1 * 105` is **no whole number**. [run](command:workbench.action.quit)');
    await window.page.keyboard.press('Control+g');
    await window.page.keyboard.type('10');
    await window.page.keyboard.press('Enter');
    await window.command('Tandem: Explain Finding');
    await thread().getByText('no whole number').waitFor({ timeout: 120_000 });
    await tandem.shot('threads-2-explained');
    assert.equal(await thread().locator('a[href^="command:"], a[data-href^="command:"]').count(), 0);
  });

  test('a reply is a question; a draft outlives the answer to another one', async () => {
    const { window } = tandem;
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    tandem.answers = async () => {
      await opened;
      return answer('Only with a discount.');
    };
    await thread().locator('.review-thread-reply-button').click();
    await window.page.keyboard.type('When does it happen?');
    await tandem.shot('threads-3-reply');
    await thread()
      .getByRole('button', { name: /^Ask \(/ })
      .click();
    await thread().getByText('Codex is answering').waitFor({ timeout: 30_000 });
    await thread().getByText('When does it happen?').waitFor();
    await thread().locator('.review-thread-reply-button').click();
    await window.page.keyboard.type('a draft');
    await tandem.shot('threads-4-answering');
    open();
    await thread().getByText('Only with a discount.').waitFor({ timeout: 120_000 });
    assert.match(await thread().locator('.comment-form').innerText(), /a.draft/);
    await tandem.shot('threads-5-answered');
    // With a draft in it VS Code would ask before it closes the thread.
    await window.page.keyboard.press('Control+a');
    await window.page.keyboard.press('Delete');
  });

  test('Mark as Fixed in the thread resolves the finding, and Reopen takes that back', async () => {
    const { window } = tandem;
    await thread().locator('.head').getByRole('button', { name: 'Mark Finding as Fixed' }).click();
    await waitFor('two problems', async () => (await window.problems()).length === 2, 20_000);
    await tandem.shot('threads-6-fixed');
    // VS Code closes a thread that has been resolved; its sign in the margin opens it again.
    await window.command('View: Hide Panel');
    await window.page.locator('.comment-range-glyph.comment-thread:not(.comment-thread-unresolved)').click();
    await thread().locator('.head').getByRole('button', { name: 'Reopen Finding' }).click();
    await waitFor('three problems', async () => (await window.problems()).length === 3, 20_000);
    await window.command('View: Hide Panel');
  });

  test('Dismiss asks for a reason, and the thread goes', async () => {
    const { window } = tandem;
    await window.command('Tandem: Dismiss Finding…');
    await waitFor('the reasons', async () => (await window.quickInput.items()).includes('Intended'), 20_000);
    await tandem.shot('threads-7-reasons');
    await window.quickInput.pick(/^Intended/);
    await waitFor('one thread less', async () => (await glyphs().count()) === 1, 20_000);
    await waitFor('two problems', async () => (await window.problems()).length === 2, 20_000);
  });
});
