import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '../engine/wait.ts';
import { type MessagesModel, type MessagesScript, startMessagesModel } from '../models/messages.ts';
import { apiError, usesTool, withReplyHeaders } from '../models/messagesReply.ts';
import { claudeBinary } from '../support/binaries.ts';
import { type ClaudeHome, createClaudeHome } from '../support/claudeHome.ts';
import type { TestRepository } from '../support/repository.ts';
import { createShop } from './reviewFixture.ts';
import { TandemWindow } from './windowHarness.ts';

/** Claude as the reviewer, from the palette to the Problems panel: the real Claude Code, whose model is a stand-in. */
describe('a review by Claude in a window', () => {
  let shop: TestRepository;
  let model: MessagesModel;
  let home: ClaudeHome;
  let tandem: TandemWindow;
  let script: MessagesScript;
  before(async () => {
    shop = await createShop();
    model = await startMessagesModel((request) => script(request));
    home = createClaudeHome({ modelUrl: model.url, account: 'subscription' });
    const ofClaude = Object.entries(home.env).filter(([name]) => /^(ANTHROPIC|CLAUDE|DISABLE)_/.test(name));
    tandem = await TandemWindow.open({
      folder: shop.path,
      machineSettings: { 'tandem.claude.path': claudeBinary().native },
      environment: Object.fromEntries(ofClaude),
    });
  });
  after(async () => {
    await tandem.dispose();
    await model.dispose();
    await home.dispose();
    await shop.dispose();
  });

  const review = async () => {
    await tandem.window.command('Tandem: Review with Claude…');
    const { quickInput } = tandem.window;
    await waitFor('the choices', async () => (await quickInput.items()).includes('Working tree'), 20_000);
    await quickInput.pick('Working tree');
  };

  test('its finding is told as Claude’s, and is a problem; Codex is not started', async () => {
    const { window } = tandem;
    const answer = {
      findings: [
        {
          title: 'The average of no items is NaN',
          body: 'An empty cart divides by zero.',
          confidence_score: 0.7,
          priority: 1,
          code_location: { file_path: 'src/price.ts', line_range: { start: 14, end: 14 } },
        },
      ],
      overall_correctness: 'patch is incorrect',
      overall_explanation: 'The average breaks for an empty cart.',
      overall_confidence_score: 0.8,
    };
    script = ({ step }) =>
      step === 0
        ? usesTool('Read', { file_path: `${shop.path}/src/price.ts` })
        : usesTool('StructuredOutput', answer);
    await review();
    await window.notifications.waitFor('Review of uncommitted changes (2 files): 1 finding (P1).', 90_000);
    await tandem.window.openContainer('Tandem');
    const view = window.webview('tandem.tandem');
    await view.getByText('The average of no items is NaN').first().waitFor({ timeout: 30_000 });
    await view
      .getByText(/Claude/)
      .first()
      .waitFor({ timeout: 30_000 });
    await tandem.shot('claude-1-finding');
    const [problem] = await window.problems();
    assert.match(problem?.message ?? '', /The average of no items is NaN/);
    assert.deepEqual(tandem.processes('codex'), []);
  });

  test('its limit is a warning that names the reset, and the findings stay', async () => {
    const { window } = tandem;
    script = () =>
      withReplyHeaders(apiError(429, 'rate_limit_error', 'limit'), {
        'anthropic-ratelimit-unified-status': 'rejected',
        'anthropic-ratelimit-unified-reset': String(Math.floor(Date.now() / 1000) + 3600),
        'anthropic-ratelimit-unified-representative-claim': 'five_hour',
      });
    await review();
    await window.notifications.waitFor('is at a limit. Claude’s 5-hour limit is reached; it resets ', 90_000);
    const view = window.webview('tandem.tandem');
    await view.getByText('Limit reached').first().waitFor({ timeout: 30_000 });
    await tandem.shot('claude-2-limit');
    await view.getByText('The average of no items is NaN').first().waitFor({ timeout: 30_000 });
  });
});
