import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '../engine/wait.ts';
import { answer, findings, hang, httpError, together, unfinished } from '../models/responsesReply.ts';
import type { TestRepository } from '../support/repository.ts';
import { createShop, findsAll, looksThen, reviewOutput, shopFindings } from './reviewFixture.ts';
import { TandemWindow } from './windowHarness.ts';

/** One window from its first review to its last, as a user sees it; the tests build on each other. */
describe('a window with uncommitted changes', () => {
  let shop: TestRepository;
  let tandem: TandemWindow;
  before(async () => {
    shop = await createShop();
    tandem = await TandemWindow.open({ folder: shop.path, environment: { TANDEM_DEMO: '1' } });
  });
  after(async () => {
    await tandem.dispose();
    await shop.dispose();
  });

  const titles = {
    p1: 'The discounted total is no longer a whole number of cents',
    p2: 'The average of no items is NaN',
    p3: 'Both ends of the range are left out',
  };
  const problems = [
    { file: 'price.ts', severity: 'warning', message: titles.p1, code: 'Codex P1', line: 10, column: 3 },
    { file: 'price.ts', severity: 'info', message: titles.p2, code: 'Codex P2', line: 13, column: 1 },
    { file: 'date filter.ts', severity: 'info', message: titles.p3, code: 'Codex P3', line: 6, column: 5 },
  ].map((problem) => ({ ...problem, source: 'Tandem' }));

  const problemsAre = async (expected: unknown[]) => {
    let shown: unknown[] = [];
    const same = async () => {
      // A row under the mouse has a light bulb for its icon.
      const rows = await tandem.window.problems();
      shown = rows.map((row) => ({ ...row, severity: row.severity.split(' ')[0] }));
      assert.deepEqual(shown, expected);
      return true;
    };
    await waitFor('these problems', same, 60_000).catch(() => assert.deepEqual(shown, expected));
  };
  const status = async (text: string) =>
    waitFor(
      `“${text}” in the status bar`,
      async () => (await tandem.window.statusBar()).includes(text),
      60_000,
    );
  const view = () => tandem.window.webview('tandem.tandem');
  const viewShows = (text: string) => view().getByText(text).first().waitFor({ timeout: 30_000 });

  test('nothing is started until somebody asks for it, and the demo says what it is', async () => {
    await status('Tandem');
    await status('Demo model');
    assert.deepEqual(tandem.processes('codex'), []);
    await tandem.window.openContainer('Tandem');
    await viewShows('Nothing reviewed yet');
    await tandem.shot('01-empty');
  });

  test('Review Changes… says what it would review, shows progress, and ends with a count', async () => {
    const { window } = tandem;
    tandem.answers = looksThen(together(unfinished(['{']), hang()));
    await window.command('Tandem: Review Changes…');
    const items = await waitFor(
      'the choices',
      async () => {
        const shown = await window.quickInput.items();
        return shown[0]?.startsWith('Automatic') && shown;
      },
      20_000,
    );
    await tandem.shot('02-choices');
    assert.deepEqual(items, [
      'Automatic: uncommitted changes (2 files)',
      'Uncommitted changes if there are any, else what the branch changes',
      'Working tree',
      'Staged changes',
      'Branch…',
      'Commit…',
      'Range…',
      'Files or folders…',
    ]);
    await window.quickInput.pick(/^Automatic/);
    await window.notifications.waitFor('Codex reviews uncommitted changes (2 files)');
    await waitFor(
      'a phase in the status bar',
      async () =>
        (await window.statusBar()).some((item) => item === 'Tandem: writing' || item === 'Tandem: reasoning'),
      60_000,
    );
    await viewShows('Reviewing');
    await tandem.shot('03-running');
    await window.notifications.press('Codex reviews', 'Cancel');
    await window.notifications.waitFor('Review of uncommitted changes (2 files) was cancelled.');
    await status('Tandem');
    await viewShows('Review cancelled');
    await tandem.shot('04-cancelled');
  });

  test('the findings: notification, Problems panel, status bar, badge and view', async () => {
    const { window } = tandem;
    tandem.answers = findsAll(shop.path);
    await window.command('Tandem: Review Working Tree');
    const done = await window.notifications.waitFor(
      'Review of uncommitted changes (2 files): 3 findings, 1 of them P1.',
      60_000,
    );
    assert.deepEqual(done.buttons, ['Show', 'Show Problems']);
    await tandem.shot('05-done');
    await window.notifications.press('3 findings', 'Show Problems');
    await problemsAre(problems);
    await status('Tandem: 3');
    await waitFor(
      'the badge',
      async () =>
        (await window.page.locator('.activitybar a[aria-label^="Tandem"]').count()) > 0 &&
        (await window.page.locator('.activitybar .badge-content', { hasText: '3' }).count()) === 1,
      10_000,
    );
    for (const title of Object.values(titles)) await viewShows(title);
    await tandem.shot('06-findings');
  });

  test('keys in the view: a selected finding is shown in the editor and in detail', async () => {
    const { window } = tandem;
    await window.command('Tandem: Show Findings');
    await view().locator('[role=treeitem]', { hasText: titles.p1 }).click();
    await window.page.locator('.tab.active[data-resource-name="price.ts"]').waitFor({ timeout: 30_000 });
    await waitFor(
      'the selection in the editor',
      async () => (await window.statusBar()).some((item) => item.startsWith('Ln 10, Col')),
      10_000,
    );
    await viewShows('Round once, at the end:');
    await tandem.shot('07-selected');
    // The click moved the keyboard to the editor; back in the view, an arrow shows the next one and keeps the keyboard.
    await window.command('Tandem: Show Findings');
    await view().locator('[role=treeitem]:focus', { hasText: titles.p1 }).waitFor({ timeout: 10_000 });
    await window.page.keyboard.press('ArrowDown');
    await viewShows('An empty cart divides by zero.');
    await waitFor(
      'the next place in the editor',
      async () => (await window.statusBar()).some((item) => item.startsWith('Ln 15, Col')),
      10_000,
    );
    await view().locator('[role=treeitem]:focus', { hasText: titles.p2 }).waitFor({ timeout: 10_000 });
    await tandem.shot('08-arrow');
  });

  test('the filter', async () => {
    const { window } = tandem;
    await view().locator('vscode-text-field input').fill('range');
    await viewShows('2 hidden by your filter');
    await tandem.shot('09-filter');
    await view().getByText('Clear filter').click();
    await view().getByText(titles.p1).first().waitFor({ timeout: 10_000 });
    await window.page.keyboard.press('Escape');
  });

  test('the hover says it all, without images or links elsewhere; the quick fix leads to the view', async () => {
    const { window } = tandem;
    await window.openFile('src/price.ts:10');
    await window.page.keyboard.press('Home');
    await window.command('Show or Focus Hover');
    const hover = window.page.locator('.monaco-hover:visible').filter({ hasText: 'Round once, at the end' });
    await hover.waitFor({ timeout: 30_000 });
    await tandem.shot('10-hover');
    const text = (await hover.textContent()) ?? '';
    for (const part of [
      titles.p1,
      'P1',
      'Codex',
      'confidence 92 %',
      'return Math.round(sum - sum * discount);',
    ])
      assert.ok(text.includes(part), `${part} in: ${text}`);
    assert.equal(text.split(titles.p1).length, 2, 'the title stands there once');
    const links = await hover
      .locator('a[data-href]')
      .evaluateAll((anchors) => anchors.map((anchor) => anchor.getAttribute('data-href')));
    assert.deepEqual(
      links.filter((href) => href !== '' && !href?.startsWith('command:')),
      ['https://example.invalid/cents'],
    );
    assert.equal(await hover.locator('.rendered-markdown img').count(), 0);
    await window.page.keyboard.press('Escape');
    await window.page.keyboard.press('Control+.');
    await window.page.locator('.action-widget').getByText('Show in Findings View').click({ timeout: 30_000 });
    await view()
      .locator('[role=treeitem][aria-selected=true]', { hasText: titles.p1 })
      .waitFor({ timeout: 30_000 });
    await tandem.shot('11-quick-fix');
  });

  test('a review that fails says why, and keeps the former findings', async () => {
    const { window } = tandem;
    tandem.answers = looksThen(httpError(400, { error: { message: 'the model is out of order' } }));
    await window.command('Tandem: Review Working Tree');
    const told = await window.notifications.waitFor('failed.', 60_000);
    assert.match(told.message, /out of order/);
    assert.match(told.message, /The former findings are kept\.$/);
    assert.deepEqual(told.buttons, ['Show', 'Show Log']);
    await viewShows('Review failed');
    await viewShows('Findings of earlier reviews');
    await tandem.shot('12-failed');
    await problemsAre(problems);
    await status('Tandem: 3');
  });

  test('an answer in prose is no verdict, and can be read as it came', async () => {
    const { window } = tandem;
    tandem.answers = looksThen(answer('I like it, mostly.'));
    await window.command('Tandem: Review Working Tree');
    await window.notifications.waitFor('gave no verdict.', 60_000);
    await tandem.shot('13-inconclusive');
    await window.notifications.press('gave no verdict.', 'Show Raw Answer');
    await window.page
      .locator('.editor-instance')
      .getByText('I like it, mostly.')
      .first()
      .waitFor({ timeout: 30_000 });
    await tandem.shot('14-raw');
    await problemsAre(problems);
  });

  test('a review that is asked for in the terminal finds this window, and shows in it', async () => {
    const { window } = tandem;
    const [first] = shopFindings(shop.path);
    assert.ok(first);
    tandem.answers = looksThen(findings(reviewOutput([first])));
    await window.openTerminal();
    await window.terminals.type(
      `cd / && ${process.execPath} ${tandem.companion} review --scope working-tree`,
    );
    // In / no window has the folder open: only TANDEM_HOST leads to this one, which then says what is wrong with /.
    await window.terminals.press('Enter');
    await window.terminals.waitForText('/ is not inside a git repository.');
    await window.terminals.type(`cd '${shop.path}' && ${process.execPath} ${tandem.companion} review`);
    await window.terminals.press('Enter');
    await window.notifications.waitFor('1 finding (P1).', 60_000);
    await window.terminals.waitForText('Job review-');
    await tandem.shot('15-terminal');
    // What it did not report again has not become right by that.
    await status('Tandem: 3');
    await problemsAre(problems);
  });

  test('Review Branch… offers the detected base first, and takes anything that git knows', async () => {
    const { window } = tandem;
    tandem.answers = findsAll(shop.path);
    await window.command('Tandem: Review Branch…');
    await waitFor('the base', async () => (await window.quickInput.items())[0] === 'main', 20_000);
    await tandem.shot('16-branches');
    await window.quickInput.answer('Compare with which branch, tag or commit?', 'no-such-branch');
    const told = await window.notifications.waitFor('no-such-branch');
    assert.match(told.message, /There is no branch, tag or commit “no-such-branch”/);
    await window.command('Tandem: Review Branch…');
    await window.quickInput.pick('main');
    await window.notifications.waitFor('Review of changes against main (3 files): 3 findings', 60_000);
    await problemsAre(problems);
  });

  test('after a reload the findings are back', async () => {
    const { window } = tandem;
    await window.reload();
    await problemsAre(problems);
    await status('Tandem: 3');
    await window.command('Tandem: Show Findings');
    for (const title of Object.values(titles)) await viewShows(title);
    await viewShows('3 findings');
    await tandem.shot('17-reloaded');
    assert.deepEqual(
      tandem.processes('codex'),
      [],
      'Codex ended with the former window, and none was started',
    );
  });

  test('on a branch without their text the view says so, and no problem is shown', async () => {
    const stale = view().locator('[role=treeitem]', { hasText: 'Stale' });
    await shop.git('stash');
    await shop.git('checkout', 'main');
    await problemsAre([]);
    await waitFor('three stale ones', async () => (await stale.count()) === 3, 20_000);
    await tandem.shot('17-other-branch');
    await shop.git('checkout', 'discounts');
    await shop.git('stash', 'pop');
    await problemsAre(problems);
    await waitFor('none of them', async () => (await stale.count()) === 0, 20_000);
  });

  test('Export Findings… writes them to the file that the user picks', async () => {
    const { window } = tandem;
    const file = path.join(shop.path, 'findings of today.md');
    await window.command('Tandem: Export Findings…');
    await window.quickInput.pick('Markdown');
    // The dialog writes its own name into the box once it has looked at the folder, over whatever is there.
    const box = window.page.locator('.quick-input-widget:visible .quick-input-box input');
    await waitFor('its name', async () => (await box.inputValue()).endsWith('-findings.md'), 20_000);
    await tandem.shot('17-export');
    await window.quickInput.answer('Export Findings', file);
    await window.notifications.waitFor('The findings are in findings of today.md', 30_000);
    const text = readFileSync(file, 'utf8');
    for (const title of Object.values(titles)) assert.ok(text.includes(title), text);
    rmSync(file);
  });

  test('several findings are resolved at once in the view', async () => {
    const { window } = tandem;
    await window.command('Tandem: Show Findings');
    await view().getByText(titles.p1).first().click({ timeout: 30_000 });
    await waitFor(
      'the keyboard in the editor, where the click has moved it',
      async () => (await window.statusBar()).some((item) => item.startsWith('Ln 10, Col')),
      10_000,
    );
    await window.command('Tandem: Show Findings');
    await view().locator('[role=treeitem]:focus', { hasText: titles.p1 }).waitFor({ timeout: 10_000 });
    await window.page.keyboard.press('Control+A');
    await view().locator('.batch', { hasText: '3 selected' }).waitFor({ timeout: 30_000 });
    await tandem.shot('17-batch');
    await view()
      .getByRole('toolbar', { name: 'Selected findings' })
      .getByRole('button', { name: 'Resolve' })
      .click();
    await problemsAre([]);
  });

  test('no findings', async () => {
    const { window } = tandem;
    tandem.answers = looksThen(findings(reviewOutput([])));
    await window.command('Tandem: Review Working Tree');
    await window.notifications.waitFor(': no findings.', 60_000);
    await viewShows('The change does what it says.');
    await tandem.shot('18-clean');
  });

  test('Clear Findings asks first', async () => {
    const { window } = tandem;
    tandem.answers = findsAll(shop.path);
    await window.command('Tandem: Review Working Tree');
    await window.notifications.waitFor('3 findings, 1 of them P1', 60_000);
    await window.command('Tandem: Clear Findings');
    await tandem.shot('19-clear');
    await window.pressDialog('Cancel');
    await problemsAre(problems);
    await window.command('Tandem: Clear Findings');
    await window.pressDialog('Clear');
    await problemsAre([]);
    await status('Tandem');
    await tandem.shot('20-cleared');
  });

  test('Import SARIF Log… makes a tool’s results findings under its name', async () => {
    const { window } = tandem;
    const file = path.join(shop.path, 'lint.sarif');
    writeFileSync(file, sarifLog([{ text: 'Unexpected division', uri: 'src/price.ts', line: 14 }]));
    await window.command('Tandem: Import SARIF Log…');
    await window.quickInput.pick('lint.sarif');
    await window.notifications.waitFor('Imported 1 finding from lint.sarif.', 30_000);
    rmSync(file);
    await problemsAre([
      {
        file: 'price.ts',
        severity: 'warning',
        message: 'Unexpected division',
        source: 'Tandem',
        code: 'ESLint P1',
        line: 14,
        column: 3,
      },
    ]);
    await status('Tandem: 1');
    await window.command('Tandem: Show Findings');
    await view()
      .locator('[role=treeitem]', { hasText: 'Unexpected division' })
      .filter({ hasText: 'ESLint' })
      .waitFor({ timeout: 30_000 });
    await tandem.shot('21-imported');
  });

  test('of more findings than VS Code takes in one call, none is left out or left behind', async () => {
    const { window } = tandem;
    const file = path.join(shop.path, 'many.sarif');
    const many = (uri: string) =>
      Array.from({ length: 600 }, (_, index) => ({ text: `Number ${index}`, uri, line: 1 }));
    const last = { text: 'Prefer a loop', uri: 'src/price.ts', line: 9 };
    // VS Code shows three at a time.
    await window.command('Notifications: Clear All Notifications');
    writeFileSync(file, sarifLog([...many('src/date filter.ts'), ...many('src/discount.ts'), last]));
    await window.command('Tandem: Import SARIF Log…');
    await window.quickInput.pick('many.sarif');
    await window.notifications.waitFor('Imported 1201 findings from many.sarif.', 30_000);
    rmSync(file);
    await window.openFile('src/price.ts:1');
    const marks = window.page.locator('.editor-instance .squiggly-warning');
    await waitFor('both marks in the last file', async () => (await marks.count()) === 2, 20_000);
    await tandem.shot('21-many');
    await window.command('Tandem: Clear Findings');
    await window.pressDialog('Clear');
    await problemsAre([]);
  });

  test('what is not saved would not be reviewed: the user is asked', async () => {
    const { window } = tandem;
    await window.command('Notifications: Clear All Notifications');
    await window.openFile('src/price.ts:1');
    await window.page.keyboard.type('// new ');
    await window.command('Tandem: Review Working Tree');
    await window.page.locator('.monaco-dialog-box').waitFor({ timeout: 30_000 });
    await tandem.shot('22-unsaved');
    await window.pressDialog('Save All and Continue');
    await window.notifications.waitFor('3 findings, 1 of them P1', 60_000);
    assert.match(readFileSync(path.join(shop.path, 'src/price.ts'), 'utf8'), /^\/\/ new export/);
  });

  test('the source control view has a button', async () => {
    const { window } = tandem;
    await window.openContainer('Source Control');
    await window.page
      .locator('.sidebar .action-label[aria-label="Review Changes…"]')
      .first()
      .click({ timeout: 30_000 });
    await waitFor(
      'the choices',
      async () => (await window.quickInput.items()).includes('Working tree'),
      20_000,
    );
    await tandem.shot('23-source-control');
    await window.page.keyboard.press('Escape');
  });

  test('Set Up… shows what it found; Restart App Server says that it runs; Show Log shows the log', async () => {
    const { window } = tandem;
    await window.command('Tandem: Set Up…');
    await window.page
      .locator('.editor-instance')
      .getByText('Tandem set-up')
      .first()
      .waitFor({ timeout: 60_000 });
    await tandem.shot('24-set-up');
    await window.command('Tandem: Restart App Server');
    await window.notifications.waitFor('The App Server of Codex 0.169.0 is running.', 60_000);
    await window.command('Tandem: Show Log');
    await waitFor(
      'the log',
      async () => (await window.page.locator('.output-view').textContent())?.includes('[codex]'),
      20_000,
    ).finally(() => tandem.shot('25-log'));
  });

  test('the page did nothing against its policy, and could not have', async () => {
    assert.deepEqual(tandem.violations, []);
    await tandem.window.command('Tandem: Show Findings');
    await view()
      .locator('body')
      .evaluate((body) => body.insertAdjacentHTML('beforeend', '<p style="color: red">inline</p>'));
    await waitFor('the refusal', () => tandem.violations.length === 1, 10_000);
  });

  test('closed in the middle of a review: Codex ends by itself, and the job says why it ended', async () => {
    const { window } = tandem;
    tandem.answers = looksThen(together(unfinished(['{']), hang()));
    await window.command('Tandem: Review Working Tree');
    await window.notifications.waitFor('Codex reviews', 60_000);
    await waitFor('Codex', () => tandem.processes('codex').length > 0, 20_000);
    const left = await tandem.dispose();
    assert.deepEqual(
      left.filter((command) => command.includes('codex')),
      [],
    );
    const jobs = path.join(tandem.stateHome, 'repositories');
    const states = readdirSync(jobs, { recursive: true, encoding: 'utf8' })
      .filter((file) => /review-\w+\.json$/.test(file))
      .map((file) => /"state": "(\w+)"/.exec(readFileSync(path.join(jobs, file), 'utf8'))?.[1]);
    assert.ok(states.includes('interrupted'), String(states));
    assert.ok(!states.includes('running') && !states.includes('queued'), String(states));
    assert.deepEqual(readdirSync(path.join(tandem.stateHome, 'hosts')), []);
  });
});

/** A log of ESLint with an error for each of these. */
function sarifLog(errors: readonly { text: string; uri: string; line: number }[]): string {
  const results = errors.map(({ text, uri, line }) => ({
    level: 'error',
    message: { text },
    locations: [{ physicalLocation: { artifactLocation: { uri }, region: { startLine: line } } }],
  }));
  return JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'ESLint' } }, results }] });
}
