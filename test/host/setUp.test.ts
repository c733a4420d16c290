import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { projectFolder } from '../../src/claude/sessions.ts';
import { waitFor } from '../engine/wait.ts';
import { createTranscript } from '../line/transcripts.ts';
import { answer } from '../models/responsesReply.ts';
import { codexBinary } from '../support/binaries.ts';
import type { TestRepository } from '../support/repository.ts';
import { createTempFolder, type TempFolder } from '../support/temp.ts';
import { JobsPage } from './jobsViewPage.ts';
import { createShop, findsAll } from './reviewFixture.ts';
import { TandemWindow } from './windowHarness.ts';

/** The lines of the document in the editor that can be seen. */
async function editorText({ window }: TandemWindow): Promise<string> {
  const lines = await window.page.locator('.editor-instance .view-line').allTextContents();
  return lines.join('\n').replaceAll('\u00a0', ' ');
}

async function reportShows(tandem: TandemWindow, pattern: RegExp): Promise<void> {
  let seen = '';
  const look = async () => {
    seen = await editorText(tandem);
    return pattern.test(seen);
  };
  await waitFor(`${String(pattern)} in the report`, look, 60_000).catch((error: unknown) => {
    throw new Error(`The report says: ${seen}`, { cause: error });
  });
}

function script(file: string, ...lines: string[]): void {
  writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(file, 0o755);
}

/** From nothing to a first answer, with what set-up offers. */
describe('a machine without Codex', () => {
  let folder: TempFolder;
  let shop: TestRepository;
  let tandem: TandemWindow;
  const npmArguments = () => path.join(folder.path, 'npm.txt');
  before(async () => {
    folder = createTempFolder('machine');
    shop = await createShop();
    const bin = path.join(folder.path, 'bin');
    mkdirSync(bin);
    // Stands in for npm, which would load the real program from the registry.
    script(
      path.join(bin, 'npm'),
      `printf '%s\\n' "$@" > '${npmArguments()}'`,
      `ln -s '${codexBinary().launcher}' '${path.join(bin, 'codex')}'`,
      'echo added 2 packages in 3s',
    );
    tandem = await TandemWindow.open({
      folder: shop.path,
      machineSettings: { 'tandem.codex.path': '' },
      // Should another npm be found after all, it does not install into this machine.
      environment: { npm_config_prefix: folder.path },
      pathFolders: [bin],
      account: 'none',
    });
  });
  after(async () => {
    await tandem.dispose();
    await shop.dispose();
    await folder.dispose();
  });
  const summary = 'Tandem cannot review yet';

  test('Set Up… says what is missing, and installs it in a terminal that the user sees', async () => {
    const { window } = tandem;
    await window.command('Tandem: Set Up…');
    const told = await window.notifications.waitFor(summary, 60_000);
    assert.deepEqual(told.buttons, ['Install Codex']);
    await reportShows(tandem, /✗ Codex: Codex was not found/);
    await tandem.shot('set-up-01-nothing');
    await window.notifications.press(summary, 'Install Codex');
    await waitFor('npm', () => existsSync(npmArguments()), 30_000);
    assert.equal(readFileSync(npmArguments(), 'utf8'), 'install\n-g\n@openai/codex\n');
    await window.terminals.waitForText('added 2 packages');
    await tandem.shot('set-up-02-npm');
  });

  test('then it looks again, and offers to log in', async () => {
    const { window } = tandem;
    await reportShows(tandem, /✓ Codex: 0\.169\.0/);
    const told = await window.notifications.waitFor(summary, 60_000);
    assert.deepEqual(told.buttons, ['Log In to Codex…', 'Test Now']);
    await reportShows(tandem, /✗ Codex login: not logged in/);
    await window.notifications.press(summary, 'Log In to Codex…');
    await waitFor(
      'the ways',
      async () => (await window.quickInput.items()).includes('API key of OpenAI'),
      20_000,
    );
    await tandem.shot('set-up-03-login');
    await window.quickInput.pick('API key of OpenAI');
    const prompt = 'API key of OpenAI. It is handed to Codex';
    await window.page.locator('.quick-input-widget:visible').getByText(prompt).waitFor({ timeout: 20_000 });
    await tandem.shot('set-up-04-key');
    await window.quickInput.answer(prompt, 'sk-stand-in');
    await reportShows(tandem, /✓ Codex login: API key/);
    assert.ok(!tandem.log().includes('sk-stand-in'));
  });

  test('and to try it, with a real turn', async () => {
    const { window } = tandem;
    tandem.answers = () => answer('ready');
    const told = await window.notifications.waitFor('Tandem can review', 60_000);
    assert.deepEqual(told.buttons, ['Test Now']);
    await window.notifications.press('Tandem can review', 'Test Now');
    await reportShows(tandem, /answered “ready” after/);
    await tandem.shot('set-up-05-tested');
    assert.equal(tandem.model.requests.length, 1);
  });
});

/** Codex that ends again and again is not started for ever. */
describe('a Codex that does not stay', () => {
  let folder: TempFolder;
  let shop: TestRepository;
  let tandem: TandemWindow;
  before(async () => {
    folder = createTempFolder('broken');
    shop = await createShop();
    const file = path.join(folder.path, 'codex');
    script(
      file,
      `if [ -e '${path.join(folder.path, 'repaired')}' ]; then exec '${codexBinary().native}' "$@"; fi`,
      'read -r line',
      'echo out of order >&2',
      'exit 3',
    );
    tandem = await TandemWindow.open({ folder: shop.path, machineSettings: { 'tandem.codex.path': file } });
  });
  after(async () => {
    await tandem.dispose();
    await shop.dispose();
    await folder.dispose();
  });

  test('is given up after some tries, which is said once, with a way back', async () => {
    const { window } = tandem;
    const jobs = new JobsPage(window.page);
    await window.command('Tandem: Show Jobs');
    for (let count = 1; count <= 5; count += 1) {
      await window.command('Tandem: Review Working Tree');
      await jobs.waitFor(new RegExp(`^Finished \\| ${count}$`), 60_000);
      if (count < 5) await window.command('Notifications: Clear All Notifications');
    }
    // Both are there, so that neither moves the other's buttons any more.
    await window.notifications.waitFor('Review of uncommitted changes (2 files) failed.');
    const failing = 'ended by itself 5 times in a row and is not started again';
    const told = await window.notifications.waitFor(failing);
    assert.deepEqual(told.buttons, ['Restart', 'Show Log']);
    assert.match(told.message, /out of order/);
    await tandem.shot('set-up-06-failing');
    writeFileSync(path.join(folder.path, 'repaired'), '');
    await window.notifications.press(failing, 'Restart');
    const isRunning = () => tandem.processes('app-server').length > 0;
    await waitFor('the App Server', isRunning, 60_000);
    tandem.answers = findsAll(shop.path);
    await window.command('Tandem: Review Working Tree');
    await jobs.waitFor(/3 findings/, 60_000);
  });
});

/** What slash commands can do, the palette can too. */
describe('the other commands of the palette', () => {
  let shop: TestRepository;
  let tandem: TandemWindow;
  let jobs: JobsPage;
  before(async () => {
    shop = await createShop();
    tandem = await TandemWindow.open({
      folder: shop.path,
      settings: { 'workbench.colorTheme': 'Default Light Modern' },
    });
    jobs = new JobsPage(tandem.window.page);
    await tandem.window.command('Tandem: Show Jobs');
    // Until the view has got the focus, it would take it from a list that opens.
    await jobs.pane.getByText('Delegate Task to Codex').waitFor({ timeout: 60_000 });
  });
  after(async () => {
    await tandem.dispose();
    await shop.dispose();
  });

  test('Adversarial Review… takes a target and a focus, and its result has the next steps', async () => {
    const { window } = tandem;
    const finding = {
      severity: 'high',
      title: 'A discount is not a number',
      body: 'Rates as floats add up to the wrong cents.',
      file: 'src/price.ts',
      line_start: 8,
      line_end: 10,
      confidence: 0.8,
      recommendation: 'Use whole per mille.',
    };
    const found = { verdict: 'needs-attention', summary: 'The approach is shaky.', findings: [finding] };
    tandem.answers = () => answer(JSON.stringify({ ...found, next_steps: ['Decide on a unit'] }));
    await window.command('Tandem: Adversarial Review…');
    await waitFor(
      'the choices',
      async () => (await window.quickInput.items()).includes('Working tree'),
      20_000,
    );
    await tandem.shot('palette-01-adversarial');
    await window.quickInput.pick('Working tree');
    const prompt = 'What is the reviewer to look at especially?';
    await window.page.locator('.quick-input-widget:visible').getByText(prompt).waitFor({ timeout: 20_000 });
    await tandem.shot('palette-02-focus');
    await window.quickInput.answer(prompt, 'is money exact?');
    const told = await window.notifications.waitFor(
      'Adversarial review of uncommitted changes (2 files): 1 finding (P1).',
      60_000,
    );
    assert.deepEqual(told.buttons, ['Show', 'Show Problems', 'Show Result']);
    assert.match(tandem.model.requests.at(-1)?.userText ?? '', /is money exact\?/);
    await window.notifications.press('Adversarial review of', 'Show Result');
    await reportShows(tandem, /Recommendation: Use whole per mille\.[^]*- Decide on a unit/);
    await tandem.shot('palette-03-adversarial-result');
  });

  test('Review Changes… knows commits and ranges', async () => {
    const { window } = tandem;
    tandem.answers = findsAll(shop.path);
    await window.command('Tandem: Review Changes…');
    await window.quickInput.pick('Commit…', 60_000);
    await waitFor(
      'the commits',
      async () => (await window.quickInput.items()).join() === 'Work on discounts,First commit',
      20_000,
    );
    await tandem.shot('palette-04-commits');
    await window.quickInput.pick('Work on discounts');
    await window.notifications.waitFor('Work on discounts: 3 findings', 60_000);
    await window.command('Tandem: Review Changes…');
    await window.quickInput.pick('Range…', 60_000);
    await window.quickInput.answer('A..B is what differs between both', 'main...HEAD');
    await window.notifications.waitFor('Review of changes in main...HEAD (1 file): 3 findings', 60_000);
    await jobs.waitFor(/^Review: changes in main\.\.\.HEAD \| 3 findings/);
  });

  test('Transfer Claude Session to Codex… offers the sessions of this folder', async () => {
    const { window } = tandem;
    const project = projectFolder({ HOME: tandem.home }, shop.path);
    const session = createTranscript(project, shop.path);
    session.say('Why is the total wrong?', 'Because of the rounding.');
    tandem.answers = () => answer('noted');
    await window.command('Tandem: Transfer Claude Session to Codex…');
    await waitFor(
      'the sessions',
      async () => (await window.quickInput.items()).join() === 'Why is the total wrong?,Another session…',
      30_000,
    );
    await tandem.shot('palette-05-sessions');
    await window.quickInput.pick('Why is the total wrong?');
    const told = await window.notifications.waitFor('Transfer of “Why is the total wrong?”:', 60_000);
    assert.deepEqual(told.buttons, ['Resume in Terminal', 'Show Result']);
    await tandem.shot('palette-06-transferred');
    await window.notifications.press('Transfer of “', 'Show Result');
    await reportShows(tandem, /codex resume [\w-]{20,}/);
  });
});
