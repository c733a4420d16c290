import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '../engine/wait.ts';
import { createPlainHost, type PlainHost, reviewOrder } from '../line/plainHost.ts';
import { answer, hang, patches, together, unfinished } from '../models/responsesReply.ts';
import { codexBinary } from '../support/binaries.ts';
import type { TestRepository } from '../support/repository.ts';
import { JobsPage } from './jobsViewPage.ts';
import { createShop, findsAll, looksThen } from './reviewFixture.ts';
import { TandemWindow } from './windowHarness.ts';

const patch = '*** Begin Patch\n*** Add File: made.txt\n+made by Codex\n*** End Patch\n';
const neverEnds = looksThen(together(unfinished(['{']), hang()));

/** The jobs of a window from the first to the last, as a user sees them; the tests build on each other. */
describe('the jobs of a window', () => {
  let shop: TestRepository;
  let tandem: TandemWindow;
  let jobs: JobsPage;
  let other: PlainHost | undefined;
  before(async () => {
    shop = await createShop();
    // The shop has changes that are not committed, which would send a task into a worktree.
    tandem = await TandemWindow.open({
      folder: shop.path,
      settings: { 'tandem.task.place': 'in-place' },
    });
    jobs = new JobsPage(tandem.window.page);
  });
  after(async () => {
    await other?.dispose();
    await tandem.dispose();
    await shop.dispose();
  });
  const clear = () => tandem.window.command('Notifications: Clear All Notifications');
  /** The text of the document in the editor, with the lines that can be seen. */
  const editorText = async () =>
    (await tandem.window.page.locator('.editor-instance .view-line').allTextContents())
      .join('\n')
      .replaceAll('\u00a0', ' ');
  const editorShows = (text: string | RegExp) => {
    let seen = '';
    const look = async () => {
      seen = await editorText();
      return typeof text === 'string' ? seen.includes(text) : text.test(seen);
    };
    return waitFor(`${String(text)} in the editor`, look, 30_000).catch((error: unknown) => {
      throw new Error(`The editor shows: ${seen}`, { cause: error });
    });
  };

  test('before the first job the view says what belongs there', async () => {
    await tandem.window.command('Tandem: Show Jobs');
    await jobs.pane.getByText('Delegate Task to Codex').waitFor({ timeout: 60_000 });
    await tandem.shot('jobs-01-empty');
    assert.deepEqual(tandem.processes('codex'), []);
  });

  test('a review that runs can be cancelled there', async () => {
    const { window } = tandem;
    tandem.answers = neverEnds;
    await window.command('Tandem: Review Working Tree');
    await jobs.waitFor(/^Running \| 1$/);
    await jobs.waitFor(/^Review: uncommitted changes \| (writing|reasoning) · <1 min( · |$)/, 60_000);
    await waitFor('the number', async () => (await jobs.description()) === '1 running', 10_000);
    await tandem.shot('jobs-02-running');
    await jobs.press('Review: uncommitted changes', 'Cancel');
    await jobs.waitFor(/^Review: uncommitted changes \| cancelled · /);
    await jobs.waitFor(/^Finished \| 1$/);
    await waitFor('no number', async () => (await jobs.description()) === '', 10_000);
    await window.notifications.waitFor('was cancelled.');
    await tandem.shot('jobs-03-cancelled');
  });

  /** Findings are open, and need not go along. */
  const withoutContext = async () => {
    const { quickInput, page } = tandem.window;
    await waitFor('the context', async () => (await quickInput.items()).includes('Open findings'), 20_000);
    await page.keyboard.press('Enter');
  };

  test('a job that has ended says what it came to, and shows its result read-only', async () => {
    const { window } = tandem;
    tandem.answers = findsAll(shop.path);
    await window.command('Tandem: Review Working Tree');
    await jobs.waitFor(/^Review: uncommitted changes \| 3 findings, 1 of them P1 · /, 60_000);
    await clear();
    await jobs.row('3 findings').click();
    await editorShows('# Codex review of uncommitted changes (2 files)');
    await editorShows('3 findings, 1 of them P1.');
    const links = tandem.window.page.locator('.editor-instance .detected-link');
    await waitFor('links', async () => (await links.count()) > 0, 20_000);
    for (const link of await links.allTextContents()) assert.doesNotMatch(link, /^command:/);
    await tandem.shot('jobs-04-result');
    await window.page.keyboard.press('Control+Home');
    await window.page.keyboard.type('x');
    await editorShows('# Codex review of uncommitted changes (2 files)');
    assert.deepEqual(await jobs.menu('3 findings'), [
      'Open Result',
      'Show Log',
      'Resume in Terminal',
      'Continue in Claude Code',
      'Run Again',
      'Go On in a Copy…',
      'Delete',
    ]);
  });

  test('its tooltip has the rest', async () => {
    await jobs.row('3 findings').hover();
    const hover = tandem.window.page.locator('.monaco-hover:visible');
    await hover.getByText('Asked for in VS Code').waitFor({ timeout: 30_000 });
    await tandem.shot('jobs-05-tooltip');
    assert.equal(await hover.locator('a').count(), 0);
  });

  test('a task is delegated with a few keys, and tells what it changed', async () => {
    const { window } = tandem;
    tandem.answers = (request) => (request.step === 0 ? patches(patch) : answer('I made the file.'));
    await window.command('Tandem: Delegate Task to Codex…');
    await tandem.shot('jobs-06-task');
    await window.quickInput.answer('What is Codex to do?', 'Make [a file](command:workbench.action.quit)');
    await waitFor('the choice', async () => (await window.quickInput.items()).includes('Read only'), 20_000);
    await tandem.shot('jobs-07-access');
    await window.quickInput.pick('It may change files');
    await withoutContext();
    const told = await window.notifications.waitFor('changed 1 file.', 60_000);
    assert.deepEqual(told.buttons, ['Show Changes', 'Undo', 'Show Result']);
    await tandem.shot('jobs-08-task-done');
    assert.equal(readFileSync(path.join(shop.path, 'made.txt'), 'utf8'), 'made by Codex\n');
    await window.notifications.press('changed 1 file.', 'Show Result');
    await editorShows('made.txt (add)');
    await jobs.waitFor(/^Task: Make \[a file\] ?\(command:.* \| changed 1 file · /);
  });

  test('the next task can go on with its thread', async () => {
    const { window } = tandem;
    tandem.answers = (request) => answer(`About: ${request.userText}`);
    await window.command('Tandem: Delegate Task to Codex…');
    await window.quickInput.answer('What is Codex to do?', 'What did you do?');
    await window.quickInput.pick('Read only');
    await withoutContext();
    await waitFor(
      'the thread',
      async () => (await window.quickInput.items()).includes('Go on with the last task'),
      20_000,
    );
    await tandem.shot('jobs-09-thread');
    await window.quickInput.pick('Go on with the last task');
    await jobs.waitFor(/^Task: What did you do\? \| answered · /, 60_000);
    assert.match(JSON.stringify(tandem.model.requests.at(-1)?.body), /I made the file/);
  });

  test('a job is run again as it was asked for', async () => {
    await clear();
    await jobs.press('Task: What did you do?', 'Run Again');
    await tandem.window.notifications.waitFor('Task “What did you do?”: answered.', 60_000);
    const same = async () =>
      (await jobs.rows()).filter((row) => row.startsWith('Task: What did you do? | answered')).length === 2;
    // While a row changes, nothing can be chosen on the others.
    await waitFor('the end of the second one', same, 10_000);
  });

  test('its thread goes on in a terminal', async () => {
    const { window } = tandem;
    await jobs.choose('3 findings', 'Resume in Terminal');
    const resumed = await waitFor(
      'codex resume',
      () => tandem.processes('codex').find((command) => / resume [\w-]{20,} --cd \//.test(command)),
      30_000,
    );
    assert.doesNotMatch(resumed, /sh -c/);
    await window.page.locator('.terminal-wrapper .xterm:visible').first().waitFor({ timeout: 30_000 });
    await tandem.shot('jobs-10-terminal');
    await window.command('Terminal: Kill All Terminals');
    await waitFor('its end', () => !tandem.processes('codex').includes(resumed), 20_000);
  });

  test('jobs of another window are there too, and can be cancelled from here', async () => {
    const { window } = tandem;
    await clear();
    tandem.answers = neverEnds;
    other = createPlainHost({
      codex: codexBinary().native,
      env: { ...tandem.environment },
      folders: [shop.path],
      stateHome: tandem.stateHome,
    });
    await other.app.start();
    const { id } = await other.app.place(reviewOrder({ scope: 'branch', base: 'main' }), {
      cwd: shop.path,
      origin: 'cli',
      session: null,
    });
    // From then on its row stands still: what is chosen on one that is just drawn anew does nothing.
    await jobs.waitFor(/^Running \| 1$/, 60_000);
    await jobs.waitFor(/^Review: changes against main \| starting · .* · in another window or terminal$/);
    await tandem.shot('jobs-11-elsewhere');
    await jobs.press('Review: changes against main', 'Cancel');
    const ended = await other.app.jobs.wait(id);
    assert.equal(ended.state, 'cancelled');
    await jobs.waitFor(/^Review: changes against main \| cancelled · /);
    const told = await window.notifications.list();
    assert.ok(
      told.every(({ message }) => !message.includes('against main')),
      'another window tells of its own jobs',
    );
  });

  test('after a reload they are back', async () => {
    await tandem.window.reload();
    await tandem.window.command('Tandem: Show Jobs');
    await jobs.waitFor(/^Review: uncommitted changes \| 3 findings, 1 of them P1 · /, 60_000);
    await jobs.waitFor(/^Task: What did you do\? \| answered · /);
  });

  test('the palette knows them by their names', async () => {
    const { window } = tandem;
    await window.command('Tandem: Show Job Result…');
    await waitFor('the jobs', async () => (await window.quickInput.items()).length > 4, 20_000);
    await tandem.shot('jobs-12-palette');
    await window.quickInput.pick('Review: changes against main');
    await editorShows('Cancelled. Earlier findings are kept.');
  });

  test('Delete asks where a result would go too; Clear Finished takes the others', async () => {
    const { window } = tandem;
    await jobs.choose('3 findings', 'Delete');
    await window.page.locator('.monaco-dialog-box').waitFor({ timeout: 30_000 });
    await tandem.shot('jobs-13-delete');
    await window.pressDialog('Cancel');
    await jobs.waitFor(/3 findings/);
    await jobs.choose('3 findings', 'Delete');
    await window.pressDialog('Delete');
    const gone = async () => (await jobs.rows()).every((row) => !row.includes('3 findings'));
    await waitFor('it to go', gone, 20_000);
    await window.command('Tandem: Clear Finished Jobs');
    await window.pressDialog('Delete');
    await jobs.pane.getByText('Delegate Task to Codex').waitFor({ timeout: 30_000 });
    assert.ok(existsSync(path.join(shop.path, 'made.txt')), 'only what Tandem keeps is deleted');
  });
});
