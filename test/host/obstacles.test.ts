import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '../engine/wait.ts';
import { findings, runs } from '../models/responsesReply.ts';
import { createRepository, type TestRepository } from '../support/repository.ts';
import { createTempFolder, type TempFolder } from '../support/temp.ts';
import { JobsPage } from './jobsViewPage.ts';
import { createShop, findsAll, reviewOutput, shopFindings } from './reviewFixture.ts';
import { TandemWindow } from './windowHarness.ts';

/** What stands in the way of a review is said where it was asked for. */
describe('a folder without a repository, and no Codex', () => {
  let folder: TempFolder;
  let tandem: TandemWindow;
  before(async () => {
    folder = createTempFolder('plain');
    const machineSettings = { 'tandem.codex.path': '/nowhere/codex' };
    tandem = await TandemWindow.open({ folder: folder.path, machineSettings });
  });
  after(async () => {
    await tandem.dispose();
    await folder.dispose();
  });

  test('there is no repository', async () => {
    const { window } = tandem;
    await window.command('Tandem: Review Changes…');
    const told = await window.notifications.waitFor('is not inside a git repository.');
    assert.match(told.message, /Open a folder of a repository, or run “git init”/);
    assert.deepEqual(told.buttons, ['Show Log']);
    await tandem.shot('obstacle-1-no-repository');
  });

  test('there is nothing to review', async () => {
    const { window } = tandem;
    await createRepository({ folder: folder.path, committed: { 'a.ts': 'export {};\n' } });
    await window.command('Tandem: Review Working Tree');
    await window.notifications.waitFor('Nothing to review: the working tree has no changes.');
    await window.command('Tandem: Review Changes…');
    await waitFor(
      'the choices',
      async () => (await window.quickInput.items())[0]?.startsWith('Automatic: nothing to review'),
      20_000,
    );
    await tandem.shot('obstacle-2-nothing');
    await window.page.keyboard.press('Escape');
  });

  test('there is nothing to cancel, to clear or to show', async () => {
    const { window } = tandem;
    await window.command('Tandem: Clear Findings');
    await window.notifications.waitFor('There are no findings to clear.');
    await window.command('Tandem: Show Raw Answer');
    await window.notifications.waitFor('There is no answer to show: nothing has been reviewed yet.');
  });

  test('there is no Codex', async () => {
    const { window } = tandem;
    const repository = await createRepository({
      uncommitted: { 'a.ts': 'export const a = 1;\n' },
      folder: folder.path,
    });
    assert.equal(repository.path, folder.path);
    await window.command('Tandem: Review Working Tree');
    const told = await window.notifications.waitFor('There is no executable file at /nowhere/codex');
    assert.match(told.message, /npm install -g @openai\/codex/);
    await tandem.shot('obstacle-3-no-codex');
    // VS Code shows three at a time.
    await window.command('Notifications: Clear All Notifications');
    await window.command('Tandem: Restart App Server');
    await window.notifications.waitFor('There is no executable file at /nowhere/codex');
  });
});

describe('a folder of two repositories', () => {
  let folder: TempFolder;
  let second: TestRepository;
  let tandem: TandemWindow;
  before(async () => {
    folder = createTempFolder('siblings');
    for (const name of ['first', 'second']) mkdirSync(path.join(folder.path, name));
    await createRepository({
      folder: path.join(folder.path, 'first'),
      committed: { 'a.ts': 'export {};\n' },
      uncommitted: { 'a.ts': 'export const a = 1;\n' },
    });
    second = await createShop(path.join(folder.path, 'second'));
    tandem = await TandemWindow.open({ folder: folder.path });
    tandem.answers = findsAll(second.path);
  });
  after(async () => {
    await tandem.dispose();
    await folder.dispose();
  });
  const problemsOf = async (file: string) =>
    (await tandem.window.problems()).filter(
      (problem) => problem.file === file && problem.source === 'Tandem',
    );

  test('the user picks one; that of the active editor comes first; its findings are back after a reload', async () => {
    const { window } = tandem;
    await window.command('Tandem: Review Working Tree');
    await waitFor('the choice', async () => (await window.quickInput.items()).includes('second'), 20_000);
    await tandem.shot('siblings-1-pick');
    await window.quickInput.pick('second');
    await window.notifications.waitFor('3 findings, 1 of them P1', 60_000);
    assert.equal((await problemsOf('price.ts')).length, 2);
    await window.command('Notifications: Clear All Notifications');
    await window.openFile('second/src/price.ts');
    await window.command('Tandem: Review Working Tree');
    const choices = await waitFor(
      'the choice once more',
      async () => {
        // The palette may still be closing.
        const items = await window.quickInput.items();
        return items.includes('All repositories (2)') && items;
      },
      20_000,
    );
    assert.deepEqual(
      choices.filter((label) => !path.isAbsolute(label)),
      ['second', 'first', 'All repositories (2)'],
    );
    await window.page.keyboard.press('Enter');
    await window.notifications.waitFor('3 findings, 1 of them P1', 60_000);
    await window.reload();
    await waitFor('the findings', async () => (await problemsOf('price.ts')).length === 2, 60_000);
  });

  test('“All repositories” starts one review in each', async () => {
    const { window } = tandem;
    await window.command('Notifications: Clear All Notifications');
    const first = path.join(folder.path, 'first');
    tandem.answers = (request) => {
      if (request.step === 0) return runs('git diff HEAD');
      const isFirst = JSON.stringify(request.body).includes(first);
      const [finding] = shopFindings(second.path);
      assert.ok(finding);
      const found = { absolute_file_path: path.join(first, 'a.ts'), line_range: { start: 1, end: 1 } };
      return findings(reviewOutput(isFirst ? [{ ...finding, code_location: found }] : [finding]));
    };
    await window.command('Tandem: Review Working Tree');
    // The palette may still be closing.
    const offers = async () => (await window.quickInput.items()).includes('All repositories (2)');
    await waitFor('the choice', offers, 20_000);
    await window.quickInput.pick('All repositories (2)');
    // Of more than three toasts some wait out of sight; the centre has all.
    await window.command('Notifications: Show Notifications');
    await window.notifications.waitFor('Review of uncommitted changes (1 file): 1 finding (P1).', 60_000);
    await window.notifications.waitFor('Review of uncommitted changes (2 files): 1 finding (P1).', 60_000);
    await tandem.shot('siblings-2-all');
    await waitFor('the finding of the first', async () => (await problemsOf('a.ts')).length === 1, 20_000);
    await window.command('Tandem: Show Jobs');
    const jobs = new JobsPage(window.page);
    await jobs.waitFor(/^Finished \| 4$/);
    const rows = await jobs.rows();
    assert.equal(rows.filter((row) => row.endsWith(' · first')).length, 1, rows.join('; '));
    assert.equal(rows.filter((row) => row.endsWith(' · second')).length, 3, rows.join('; '));
  });
});

describe('an untrusted workspace', () => {
  let shop: TestRepository;
  let tandem: TandemWindow;
  before(async () => {
    shop = await createShop();
    tandem = await TandemWindow.open({ folder: shop.path, workspaceTrust: true });
  });
  after(async () => {
    await tandem.dispose();
    await shop.dispose();
  });
  const hosts = () => {
    const folder = path.join(tandem.stateHome, 'hosts');
    return existsSync(folder) ? readdirSync(folder) : [];
  };

  test('nothing is started, and no socket is opened', async () => {
    const { window } = tandem;
    await waitFor(
      'Restricted Mode',
      async () => (await window.statusBar()).includes('Restricted Mode'),
      30_000,
    );
    await window.command('Tandem: Review Working Tree');
    const told = await window.notifications.waitFor('Nothing is run in an untrusted workspace.');
    assert.deepEqual(told.buttons, ['Manage Workspace Trust', 'Show Log']);
    await window.openContainer('Tandem');
    await window
      .webview('tandem.tandem')
      .getByText('This workspace is not trusted')
      .waitFor({ timeout: 30_000 });
    await tandem.shot('untrusted-1');
    assert.deepEqual(hosts(), []);
    assert.deepEqual(tandem.processes('codex'), []);
    assert.deepEqual(tandem.processes('git '), []);
  });

  test('once it is trusted, reviews work without a reload', async () => {
    const { window } = tandem;
    await window.webview('tandem.tandem').getByText('Manage Workspace Trust').click();
    const trust = window.page.locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ });
    await trust.click({ timeout: 30_000 });
    await window.page.keyboard.press('Escape');
    await waitFor('the socket', () => hosts().length === 1, 30_000);
    tandem.answers = findsAll(shop.path);
    await window.command('Tandem: Review Working Tree');
    await window.notifications.waitFor('3 findings, 1 of them P1', 60_000);
    await tandem.shot('untrusted-2-trusted');
  });
});
