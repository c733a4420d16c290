import { after, before, describe, test } from 'node:test';
import { waitFor } from '../engine/wait.ts';
import { read, structured } from '../line/claudeLine.ts';
import { type MessagesModel, startMessagesModel } from '../models/messages.ts';
import { answer, runs } from '../models/responsesReply.ts';
import type { TestRepository } from '../support/repository.ts';
import { createShop, findsAll } from './reviewFixture.ts';
import { TandemWindow } from './windowHarness.ts';

/** Codex finds something, and Claude is asked about it; the tests build on each other. */
describe('cross-examination in the window', () => {
  let shop: TestRepository;
  let tandem: TandemWindow;
  let claude: MessagesModel;
  before(async () => {
    shop = await createShop();
    claude = await startMessagesModel(({ step, userText }) =>
      step === 0 ? read(`${shop.path}/src/price.ts`) : structured(verdictOn(userText)),
    );
    tandem = await TandemWindow.open({
      folder: shop.path,
      withClaude: true,
      claudeModel: claude,
      // Its list of comments would take the room of the threads.
      settings: { 'comments.openView': 'never' },
    });
  });
  after(async () => {
    await tandem.dispose();
    await claude.dispose();
    await shop.dispose();
  });

  const thread = () => tandem.window.page.locator('.review-widget');

  test('the other agent is asked whether a finding is right: what it says stands in the thread and in the view', async () => {
    const { window } = tandem;
    tandem.answers = findsAll(shop.path);
    await window.command('Tandem: Review Working Tree');
    await window.notifications.waitFor('3 findings', 180_000);
    await window.openFile('price.ts:14');
    await window.command('Tandem: Ask the Other Agent About Finding');
    await thread().getByText('Refuted by Claude').waitFor({ timeout: 120_000 });
    await thread().getByText('No caller has an empty cart.').waitFor();
    await thread().getByText('P2 · Codex · Disputed').waitFor({ timeout: 20_000 });
    await tandem.shot('examination-examined');
    await window.openContainer('Tandem');
    const view = window.webview('tandem.tandem');
    await view.locator('.row .tag-disputed').waitFor({ timeout: 60_000 });
    await view.locator('.row.finding').filter({ hasText: 'average of no items' }).click();
    await view.locator('.detail .part', { hasText: 'Refuted by Claude' }).scrollIntoViewIfNeeded();
    await view.locator('.quote .file', { hasText: 'src/price.ts:14' }).waitFor();
    await view.getByText('Said to be src/price.ts:1, but not in that file:').waitFor();
    await tandem.shot('examination-disputed');
  });

  test('a tie-break by the agent of one’s choice ends the dispute', async () => {
    const { window } = tandem;
    const quotes = [
      { file: 'src/price.ts', startLine: 14, lines: ['  return total(items) / items.length;'] },
    ];
    tandem.answers = ({ step, userText }) => {
      const first = /The first argument holds that the finding is (\w+)/.exec(userText)?.[1];
      const verdict = first === 'right' ? 'first' : 'second';
      if (step === 0) return runs('cat src/price.ts');
      return answer(JSON.stringify({ verdict, reason: 'Nobody checks that.', quotes }));
    };
    const view = window.webview('tandem.tandem');
    await view.locator('.detail').getByRole('button', { name: 'Tie-Break…' }).click();
    await window.quickInput.pick('Codex');
    await view.locator('.row .tag-confirmed').waitFor({ timeout: 120_000 });
    await view.locator('.detail .part', { hasText: 'Confirmed by Codex in a tie-break' }).waitFor();
    await tandem.shot('examination-decided');
  });

  test('all findings of one reviewer at once: how many runs that is comes first, one notification last', async () => {
    const { window } = tandem;
    await window.command('Tandem: Ask the Other Agent About Findings of One Reviewer…');
    const dialog = window.page.locator('.monaco-dialog-box');
    await dialog.getByText('Start 2 runs of Claude?').waitFor({ timeout: 30_000 });
    await tandem.shot('examination-runs');
    await window.pressDialog('Start');
    await window.notifications.waitFor('Cross-examination of 2 findings: 2 right.', 120_000);
    const view = window.webview('tandem.tandem');
    await waitFor(
      'three chips',
      async () => (await view.locator('.row .tag-confirmed').count()) === 3,
      20_000,
    );
    await tandem.shot('examination-all');
  });
});

/** What Claude says of the finding that it is asked about. */
function verdictOn(prompt: string) {
  if (!prompt.includes('average of no items')) return { verdict: 'confirm', reason: 'It does.', quotes: [] };
  const quotes = [
    { file: 'src/price.ts', startLine: 14, lines: ['return total(items) / items.length;'] },
    { file: 'src/price.ts', startLine: 1, lines: ['if (items.length === 0) return 0;'] },
  ];
  return { verdict: 'refute', reason: 'No caller has an empty cart.', quotes };
}
