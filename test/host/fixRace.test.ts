import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '../engine/wait.ts';
import { type MessagesModel, startMessagesModel } from '../models/messages.ts';
import { says, usesTool } from '../models/messagesReply.ts';
import { answer, findings, patches, runs } from '../models/responsesReply.ts';
import { type TestRepository, createRepository } from '../support/repository.ts';
import { JobsPage } from './jobsViewPage.ts';
import { TandemWindow } from './windowHarness.ts';

const wrong = 'export function add(a, b) {\n  return a - b;\n}\n';
const manifest = { name: 'sums', type: 'module', scripts: { test: 'node --test add.test.js' } };
const checks = [
  "import assert from 'node:assert/strict';",
  "import { test } from 'node:test';",
  "import { add } from './add.js';",
  "test('adds', () => assert.equal(add(1, 2), 3));",
  '',
].join('\n');
const review = {
  findings: [
    {
      title: '[P1] add() subtracts',
      body: 'The sign is wrong.',
      confidence_score: 0.9,
      priority: 1 as const,
      code_location: { absolute_file_path: 'add.js', line_range: { start: 2, end: 2 } },
    },
  ],
  overall_correctness: 'patch is incorrect' as const,
  overall_explanation: 'It subtracts.',
  overall_confidence_score: 0.9,
};
const fix =
  '*** Begin Patch\n*** Update File: add.js\n@@\n-  return a - b;\n+  return a + b;\n*** End Patch\n';

/** A fix race as the user of a window sees it: the real Codex and the real Claude Code; the tests build on each other. */
describe('both agents fix a finding, in a window', () => {
  let repository: TestRepository;
  let model: MessagesModel;
  let tandem: TandemWindow;
  let jobs: JobsPage;
  let claudesFix = 'return b * a;';
  before(async () => {
    repository = await createRepository({
      committed: {
        'add.js': 'export function add(a, b) {\n  return a + b;\n}\n',
        'add.test.js': checks,
        'package.json': `${JSON.stringify(manifest)}\n`,
      },
      uncommitted: { 'add.js': wrong },
    });
    model = await startMessagesModel(({ step, systemText, turnText }) => {
      const folder = /working directory: (\S+)/i.exec(systemText + turnText)?.[1] ?? '';
      const file_path = `${folder}/add.js`;
      if (step === 0) return usesTool('Read', { file_path });
      if (step > 1) return says('It multiplies now.');
      return usesTool('Edit', { file_path, old_string: 'return a - b;', new_string: claudesFix });
    });
    tandem = await TandemWindow.open({ folder: repository.path, withClaude: true, claudeModel: model });
    jobs = new JobsPage(tandem.window.page);
    tandem.answers = (request) => {
      if (request.userText.includes('"cannot tell"'))
        return request.step === 0
          ? runs('cat add.js')
          : answer('{"verdict":"fixed","reason":"add.js, line 2, adds."}');
      if (request.userText.includes('Deal with this finding'))
        return request.step === 0 ? patches(fix) : answer('It adds.');
      return request.step === 0 ? runs('git diff') : findings(review);
    };
  });
  after(async () => {
    await tandem.dispose();
    await model.dispose();
    await repository.dispose();
  });
  const text = () => readFileSync(path.join(repository.path, 'add.js'), 'utf8');
  const worktrees = () => readdirSync(path.join(tandem.stateHome, 'worktrees'));
  const ended = 'Fix: add() subtracts. Codex: ';
  const shows = async (side: string, wanted: string) => {
    const lines = tandem.window.page.locator(`.multiDiffEditor .editor.${side} .view-line`);
    return (await lines.allTextContents()).some((line) => line.replaceAll('\u00a0', ' ') === wanted);
  };

  test('the check is shown before anything begins', async () => {
    const { window } = tandem;
    await window.command('Tandem: Review Working Tree');
    await window.notifications.waitFor('1 finding', 90_000);
    await waitFor('the problem', async () => (await window.problems()).length === 1, 30_000);
    await window.openFile('add.js:2');
    await window.page.keyboard.press('Home');
    await window.command('Notifications: Clear All Notifications');
    await window.command('Tandem: Show Jobs');
    await window.openFile('add.js:2');
    await window.page.keyboard.press('Home');
    await window.command('Tandem: Let Both Agents Fix Finding…');
    const { quickInput } = window;
    await waitFor('the checks', async () => (await quickInput.items()).includes('npm test'), 30_000);
    // With the script that it stands for.
    assert.deepEqual(await quickInput.items(), [
      'npm test',
      'node --test add.test.js',
      'Run without a check',
    ]);
    await window.page.locator('.quick-input-widget:visible').getByText('from package.json').waitFor();
    await tandem.shot('race-1-check');
    assert.deepEqual(model.requests, []);
    await quickInput.pick('npm test');
  });

  test('both are told at once when they have ended, with checks, tokens and time', async () => {
    const { window } = tandem;
    const { message, buttons } = await window.notifications.waitFor(ended, 120_000);
    assert.match(
      message,
      /Codex: \+1 −1, checks pass, [\d,]+ tokens, (\d+ s|\d min); Claude: \+1 −1, checks fail \(exit code 1\), /,
    );
    assert.deepEqual(buttons, ['Take Codex’s', 'Take Claude’s', 'Compare']);
    await jobs.waitFor(/^Codex: Fix: add\(\) subtracts \| changed 1 file, checks pass, not applied · /);
    await jobs.waitFor(/^Claude: Fix: add\(\) subtracts \| changed 1 file, checks fail /);
    await tandem.shot('race-2-ended');
    assert.deepEqual([text(), worktrees().length], [wrong, 2]);
  });

  test('after a reload they are compared side by side: Codex’s on the left, Claude’s on the right', async () => {
    const { window } = tandem;
    await window.reload();
    await window.command('Tandem: Show Jobs');
    await jobs.waitFor(/^Codex: Fix: add\(\) subtracts \| /, 60_000);
    await jobs.choose('Claude: Fix: add() subtracts', 'Compare the Fixes of Both Agents');
    await waitFor('Codex’s', () => shows('original', '  return a + b;'), 30_000);
    await waitFor('Claude’s', () => shows('modified', '  return b * a;'), 30_000);
    const { buttons } = await window.notifications.waitFor(ended, 30_000);
    assert.deepEqual(buttons, ['Take Codex’s', 'Take Claude’s', 'More…']);
    await tandem.shot('race-3-compared');
  });

  test('one click takes one, and the reviewer proves it; the other is put aside until that is undone', async () => {
    const { window } = tandem;
    await window.notifications.press(ended, 'Take Codex’s');
    await window.notifications.waitFor('Proof of fix of “add() subtracts”: fix confirmed.', 90_000);
    await tandem.shot('race-4-taken');
    assert.match(text(), /return a \+ b;/);
    assert.deepEqual(worktrees(), []);
    await waitFor('no problem', async () => (await window.problems()).length === 0, 20_000);
    const aside = 'Applied the changes of 1 file. Claude’s fix was put aside; Undo brings it back.';
    await window.notifications.press(aside, 'Undo');
    const back = 'The task’s changes of 1 file were taken back. Claude’s fix is there again.';
    await window.notifications.waitFor(back, 30_000);
    assert.deepEqual([text(), worktrees().length], [wrong, 1]);
  });

  test('one of them run again is the whole race again, and the check is shown before', async () => {
    const { window } = tandem;
    await window.command('Notifications: Clear All Notifications');
    await jobs.choose('Claude: Fix: add() subtracts', 'Run Again');
    const { quickInput } = window;
    await waitFor('the check', async () => (await quickInput.items()).includes('npm test'), 30_000);
    // With its script, as the first time.
    assert.deepEqual(await quickInput.items(), [
      'npm test',
      'node --test add.test.js',
      'Run without a check',
    ]);
    claudesFix = 'return a + b;';
    await quickInput.pick('npm test');
    const { message } = await window.notifications.waitFor(ended, 120_000);
    assert.match(message, /Codex: \+1 −1, checks pass, .*; Claude: \+1 −1, checks pass/);
    assert.deepEqual([text(), worktrees().length], [wrong, 3]);
    await window.command('View: Close All Editors');
    await window.notifications.press(ended, 'Compare');
    await window.page.locator('.tab', { hasText: 'Both made the same change' }).waitFor();
    await waitFor('the original', () => shows('original', '  return a - b;'), 30_000);
    await waitFor('what both made of it', () => shows('modified', '  return a + b;'), 30_000);
    await tandem.shot('race-5-again');
  });
});
