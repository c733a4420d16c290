import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ensureBrowser } from '../engine/browser.ts';
import { waitFor } from '../engine/wait.ts';
import { type VsCodeWindow, openWindow } from '../engine/window.ts';
import { newLeftovers, snapshotLeftovers } from '../support/processes.ts';

/**
 * What a newcomer does: `npm start`, open the address, review from the palette, install the plugin, and type
 * `/codex:review` in the real Claude Code. `TANDEM_PICTURES=FOLDER` keeps the pictures of the README.
 */
describe('npm start', { timeout: 600_000 }, () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const pictures = process.env['TANDEM_PICTURES'];
  let left: Awaited<ReturnType<typeof snapshotLeftovers>>;
  let demo: ChildProcess;
  let output = '';
  let window: VsCodeWindow;

  before(async () => {
    left = await snapshotLeftovers();
    demo = spawn(process.execPath, [path.join(root, 'test/demo/start.mjs')], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [demo.stdout, demo.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
    const address = await waitFor(
      'the address',
      () => /http:\/\/127\.0\.0\.1:\S+/.exec(output)?.[0],
      300_000,
    );
    await waitFor('the instructions', () => output.includes('Ctrl+C here ends everything'));
    window = await openWindow({
      browser: await ensureBrowser(console.error),
      server: { url: () => address },
      folder: new URL(address).searchParams.get('folder') ?? '',
      size: { width: 1280, height: 800 },
    });
  });
  after(async () => {
    await window.close();
    demo.kill('SIGKILL');
  });

  async function picture(name: string): Promise<void> {
    if (pictures === undefined) return;
    mkdirSync(pictures, { recursive: true });
    await window.screenshot(path.join(pictures, `${name}.png`));
  }

  async function widenSideBar(by: number): Promise<void> {
    const box = await window.page.locator('.part.sidebar').boundingBox();
    assert.ok(box);
    const [edge, middle] = [box.x + box.width, box.y + box.height / 2];
    await window.page.mouse.move(edge, middle);
    await window.page.mouse.down();
    await window.page.mouse.move(edge + by, middle, { steps: 5 });
    await window.page.mouse.up();
  }

  async function chooseTheme(label: string): Promise<void> {
    await window.command('Preferences: Color Theme');
    // The list has more rows than fit.
    await window.page.keyboard.type(label);
    await window.quickInput.pick(label);
  }

  /** Enter takes what the menu of commands has marked, so that has to have caught up with the typing. */
  async function slashCommand(name: string): Promise<void> {
    await window.terminals.type(`/codex:${name}`);
    await waitFor(`/codex:${name} alone in the menu`, async () => {
      const text = await window.terminals.text();
      return text.includes(`❯ /codex:${name}`) && !text.includes('/codex:setup');
    });
    await window.terminals.press('Enter');
  }

  test('says that the demo model is one, where it is started and in the window', async () => {
    assert.match(output, /a demo model: fixed rules, not a model/);
    await waitFor('the status bar', async () =>
      (await window.statusBar()).some((item) => item.includes('Demo model')),
    );
  });

  test('nobody without the token gets in', async () => {
    const { origin } = new URL(/http:\/\/127\.0\.0\.1:\S+/.exec(output)?.[0] ?? '');
    assert.equal((await fetch(origin)).status, 403);
  });

  test('a review from the palette: Problems, editor, findings view', async () => {
    await window.command('Tandem: Review Changes…');
    await waitFor('the targets', async () => (await window.quickInput.items()).length > 1);
    await window.quickInput.pick(/^Automatic/);
    await window.notifications.waitFor('of them P', 120_000);
    const problems = await waitFor('the problems', async () => {
      const rows = await window.problems();
      return rows.some(({ source }) => source === 'Tandem') && rows;
    });
    const urgent = problems.filter(({ source, code }) => source === 'Tandem' && code === 'Codex P1');
    assert.ok(
      urgent.some(({ message }) => /time zone/i.test(message)),
      JSON.stringify(problems),
    );
    await window.command('Tandem: Show Findings');
    const view = window.webview('tandem.tandem');
    await view
      .getByText(/time zone/i)
      .first()
      .click({ timeout: 60_000 });
    await window.page.locator('.editor-group-container .monaco-editor .view-line').first().waitFor();
    await window.command('Notifications: Clear All Notifications');
    await picture('review');
  });

  test('the README’s other pictures', { skip: pictures === undefined }, async () => {
    const { page } = window;
    const view = window.webview('tandem.tandem');
    await window.command('View: Hide Panel');
    // The findings get the room of the jobs, and then that of a wide side bar.
    await page.locator('.pane-header[aria-label^="Jobs"]').click();
    await page.locator('.comment-range-glyph.comment-thread-unresolved').first().click();
    await page.locator('.review-widget .review-comment').first().waitFor();
    await picture('thread');
    await page.locator('.review-widget').getByRole('button', { name: 'Collapse' }).click();
    await chooseTheme('Dark High Contrast');
    await view.locator('body.vscode-high-contrast').waitFor();
    await picture('high-contrast');
    await chooseTheme('Dark Modern');
    await view.locator('body.vscode-dark:not(.vscode-high-contrast)').waitFor();
    await widenSideBar(350);
    await view.getByRole('tab', { name: /^Reviews/ }).click();
    await view.locator('[role=option], [role=treeitem]', { hasText: 'Uncommitted changes' }).first().click();
    await view.getByRole('heading', { name: 'Coverage' }).waitFor();
    await picture('reviews');
    await view.getByRole('tab', { name: /^Findings/ }).click();
    await widenSideBar(-350);
  });

  test('a finding fixed by Codex: its question, its changes, and the proof', async () => {
    const { page, notifications } = window;
    const asks = 'Codex asks to: Run';
    const ends = 'The changes are not in your working tree yet.';
    await window.openFile('src/handler.ts:36');
    await page.keyboard.press('Home');
    await window.command('Tandem: Fix Finding with Codex');
    assert.match((await notifications.waitFor(asks, 120_000)).message, /npm test/);
    await window.command('Tandem: Show Approvals');
    await page.locator('[role=treeitem]', { hasText: 'npm test' }).waitFor();
    await picture('approval');
    await notifications.press(asks, 'Allow Once');
    await notifications.waitFor(ends, 120_000);
    await notifications.press(ends, 'Show Changes');
    const changed = page.locator('.multiDiffEditor .view-line', { hasText: 'T00:00' });
    await changed.first().waitFor();
    await window.command('View: Toggle Primary Side Bar Visibility');
    await picture('changes');
    await window.command('Tandem: Show Findings');
    await window.command('Tandem: Apply Changes of a Task');
    await notifications.waitFor('fix confirmed.', 120_000);
    await window.openFile('src/handler.ts:36');
    await picture('proof');
    await window.command('Notifications: Clear All Notifications');
  });

  test('a review by both, and what they agree on side by side', async () => {
    const { notifications, quickInput } = window;
    await window.command('Tandem: Review with Claude and Codex…');
    await waitFor('the targets', async () => (await quickInput.items()).length > 1);
    await quickInput.pick(/^Automatic/);
    const ended = await notifications.waitFor('Review by Codex and Claude', 120_000);
    assert.match(ended.message, /4 findings, 1 by both/);
    await notifications.press('Review by Codex and Claude', 'Compare');
    const page = window.webviewPanel('tandem.tandem');
    await page.getByText('An unknown category in the filter is ignored').first().waitFor({ timeout: 30_000 });
    await window.command('Notifications: Clear All Notifications');
    await window.command('View: Toggle Primary Side Bar Visibility');
    await picture('compare');
  });

  test('/codex:review in the real Claude Code of the integrated terminal', async () => {
    await window.command('Tandem: Install Claude Code Plugin');
    await window.notifications.waitFor('is installed and reaches this window', 120_000);
    await window.command('Notifications: Clear All Notifications');
    await window.openTerminal();
    await window.command('View: Toggle Maximized Panel');
    await window.terminals.type('claude');
    await window.terminals.press('Enter');
    await window.terminals.waitForText('❯', 60_000);
    await slashCommand('review');
    const shown = await window.terminals.waitForText(/A demo model cannot judge them/, 120_000);
    assert.match(shown, /Job review-\w+, model gpt-5\.5/, 'the report itself');
    assert.match(shown, /Codex reports, through Tandem:/, 'the model has it in its context');
    await window.command('Notifications: Clear All Notifications');
    await picture('claude-code');
  });

  test('Ctrl+C ends it and leaves nothing behind', async () => {
    const exited = new Promise<number | null>((resolve) => demo.once('exit', resolve));
    demo.kill('SIGINT');
    assert.equal(await exited, 0);
    const isDemo = (command: string) => /server-main|codex|claude|demo\/start/.test(command);
    const { processes } = await newLeftovers(left);
    assert.deepEqual(processes.map(({ commandLine }) => commandLine).filter(isDemo), []);
  });
});
