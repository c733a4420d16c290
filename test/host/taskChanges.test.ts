import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '../engine/wait.ts';
import { answer, findings, hang, patches, runs } from '../models/responsesReply.ts';
import { createRepository, type TestRepository } from '../support/repository.ts';
import { JobsPage } from './jobsViewPage.ts';
import { TandemWindow } from './windowHarness.ts';

const line = (number: number) => `line ${number}`;
const text = Array.from({ length: 30 }, (_, index) => `${line(index + 1)}\n`).join('');
const patch = [
  '*** Begin Patch',
  '*** Update File: a.txt',
  '@@',
  '-line 3',
  '+LINE 3',
  '@@',
  '-line 27',
  '+LINE 27',
  '*** End Patch',
  '',
].join('\n');

const fix = '*** Begin Patch\n*** Update File: a.txt\n@@\n-lime 3\n+line 3\n*** End Patch\n';
const repair =
  '*** Begin Patch\n*** Update File: data.json\n@@\n-{ "one": 1,, }\n+{ "one": 1 }\n*** End Patch\n';
const review = {
  findings: [
    {
      title: '[P1] A lime is no line',
      body: 'It is a fruit.',
      confidence_score: 0.9,
      priority: 1 as const,
      code_location: { absolute_file_path: 'a.txt', line_range: { start: 3, end: 3 } },
    },
  ],
  overall_correctness: 'patch is incorrect' as const,
  overall_explanation: 'Fruit.',
  overall_confidence_score: 0.9,
};

/** What a task changed while the user had work in progress, as the user of a window sees it; the tests build on each other. */
describe('changes of tasks in a window', () => {
  let repository: TestRepository;
  let tandem: TandemWindow;
  let jobs: JobsPage;
  before(async () => {
    repository = await createRepository({
      committed: { 'a.txt': text },
      uncommitted: { 'mine.txt': 'mine\n' },
    });
    tandem = await TandemWindow.open({ folder: repository.path });
    jobs = new JobsPage(tandem.window.page);
    tandem.answers = ({ step }) =>
      [patches(patch), runs('echo made > made.txt')][step] ?? answer('I changed both.');
  });
  after(async () => {
    await tandem.dispose();
    await repository.dispose();
  });
  const read = (name: string) => readFileSync(path.join(repository.path, name), 'utf8');
  const has = (name: string) => existsSync(path.join(repository.path, name));
  const worktrees = () => readdirSync(path.join(tandem.stateHome, 'worktrees'));
  /** Of the editor that shows a change. */
  const button = (name: string) =>
    tandem.window.page.locator('.editor-actions').getByRole('button', { name });
  const told = 'The changes are not in your working tree yet.';
  let tasks = 0;
  const delegate = async (prompt: string) => {
    const { window } = tandem;
    await window.command('Notifications: Clear All Notifications');
    await window.command('Tandem: Delegate Task to Codex…');
    await window.quickInput.answer('What is Codex to do?', prompt);
    await window.quickInput.pick('It may change files');
    tasks += 1;
    if (tasks === 1) return;
    await waitFor('threads', async () => (await window.quickInput.items()).includes('Start anew'), 20_000);
    await window.quickInput.pick('Start anew');
  };

  test('they are not in the working tree, and the end of the task says so', async () => {
    const { window } = tandem;
    await window.command('Tandem: Show Jobs');
    await delegate('Shout');
    const notification = await window.notifications.waitFor(told, 60_000);
    assert.match(notification.message, /Task “Shout”: changed 2 files\./);
    assert.deepEqual(notification.buttons, ['Show Changes', 'Apply', 'Show Result']);
    assert.deepEqual([read('a.txt') === text, has('made.txt'), worktrees().length], [true, false, 1]);
    await jobs.waitFor(/^Task: Shout \| changed 2 files, not applied · /);
    await window.notifications.press(told, 'Show Changes');
    const sides = window.page.locator('.multiDiffEditor .view-line');
    const shows = async (wanted: string) =>
      (await sides.allTextContents()).some((shown) => shown.replaceAll('\u00a0', ' ') === wanted);
    for (const wanted of ['line 3', 'LINE 3', 'LINE 27', 'made'])
      await waitFor(wanted, () => shows(wanted), 30_000);
    for (const name of ['Apply Changes of a Task', 'Apply Some Changes of a Task…'])
      await button(name).waitFor({ timeout: 20_000 });
    assert.equal(await button('Undo Applied Changes of a Task').count(), 0);
    await tandem.shot('changes-01-shown');
  });

  test('one hunk of them is applied, and taken back', async () => {
    const { window } = tandem;
    await button('Apply Some Changes of a Task…').click();
    const items = () => window.quickInput.items();
    await waitFor('the hunks', async () => (await items()).length === 4, 20_000);
    assert.deepEqual(await items(), ['a.txt', 'a.txt, lines 1–6', 'a.txt, lines 24–30', 'made.txt']);
    for (let row = 0; row < 3; row += 1) await window.page.keyboard.press('ArrowDown');
    await window.page.keyboard.press('Space');
    await tandem.shot('changes-02-hunks');
    await window.page.keyboard.press('Enter');
    await window.notifications.waitFor('Applied the changes of 1 file.', 30_000);
    assert.equal(read('a.txt'), text.replace('line 27', 'LINE 27'));
    assert.equal(has('made.txt'), false);
    await button('Undo Applied Changes of a Task').waitFor({ timeout: 20_000 });
    await tandem.shot('changes-02b-applied');
    await window.notifications.press('Applied the changes of 1 file.', 'Undo');
    await window.notifications.waitFor('The task’s changes of 1 file were taken back.', 30_000);
    assert.equal(read('a.txt'), text);
  });

  test('after a reload they still wait', async () => {
    const { window } = tandem;
    await window.reload();
    await window.command('Tandem: Show Jobs');
    await jobs.waitFor(/^Task: Shout \| changed 2 files, not applied · /, 60_000);
    assert.equal(worktrees().length, 1);
    await button('Apply Changes of a Task').waitFor({ timeout: 20_000 });
  });

  test('what the user changed meanwhile in the same place is not overwritten', async () => {
    const { window } = tandem;
    repository.write({ 'a.txt': text.replace('line 3\n', 'mine\n') });
    await window.command('Tandem: Apply Changes of a Task');
    const dialog = window.page.locator('.monaco-dialog-box');
    await dialog.getByText('Nothing was applied: a.txt was changed meanwhile').waitFor({ timeout: 30_000 });
    await tandem.shot('changes-03-conflict');
    assert.deepEqual([read('a.txt'), has('made.txt')], [text.replace('line 3\n', 'mine\n'), false]);
    await dialog.getByText('Apply the Other Files').click();
    await window.notifications.waitFor('Applied the changes of 1 file.', 30_000);
    assert.deepEqual([read('a.txt'), has('made.txt')], [text.replace('line 3\n', 'mine\n'), true]);
  });

  test('discarded they are gone, with their worktree', async () => {
    const { window } = tandem;
    await jobs.choose('Task: Shout', 'Discard Changes of a Task…');
    await window.page.locator('.monaco-dialog-box').getByText('Discard', { exact: true }).click();
    await waitFor('the end of the worktree', () => worktrees().length === 0, 20_000);
    await waitFor(
      'the end of the hint',
      async () => !(await jobs.rows()).some((row) => row.includes('not applied')),
      20_000,
    );
    assert.equal(has('made.txt'), true);
  });

  test('kept as a branch; what looks like a secret is no part of it, and stays until it is discarded', async () => {
    const { window } = tandem;
    repository.write({ 'a.txt': text, 'made.txt': null });
    tandem.answers = ({ step }) =>
      [patches(patch), runs('echo made > made.txt; echo A=1 > .env.local')][step] ??
      answer('I changed both.');
    await delegate('Whisper');
    const { message } = await window.notifications.waitFor(told, 60_000);
    assert.match(message, /Not part of the change: \.env\.local \(looks like a secret\)\. It stays in /);
    await jobs.waitFor(/^Task: Whisper \| changed 2 files, not applied, 1 left out · /);
    await jobs.choose('Task: Whisper', 'Keep Changes of a Task as Branch…');
    await window.quickInput.answer('Name of the new branch', 'codex/whisper');
    const kept = await window.notifications.waitFor('The changes are on branch codex/whisper.', 30_000);
    assert.match(kept.message, /Not part of the change: \.env\.local \(in /);
    assert.match(await repository.git('show', 'codex/whisper:a.txt'), /LINE 27/);
    const [worktree = ''] = worktrees();
    assert.equal(
      readFileSync(path.join(tandem.stateHome, 'worktrees', worktree, '.env.local'), 'utf8'),
      'A=1\n',
    );
    await jobs.waitFor(/^Task: Whisper \| changed 2 files, 1 left out · /);
    await jobs.choose('Task: Whisper', 'Discard Changes of a Task…');
    const dialog = window.page.locator('.monaco-dialog-box');
    await dialog.getByText('.env.local').waitFor({ timeout: 20_000 });
    await tandem.shot('changes-03b-left-out');
    await dialog.getByText('Discard', { exact: true }).click();
    await waitFor('the end of the worktree', () => worktrees().length === 0, 20_000);
  });

  test('a finding is fixed, and its reviewer confirms it once the change is applied', async () => {
    const { window } = tandem;
    repository.write({ 'a.txt': text.replace('line 3\n', 'lime 3\n') });
    tandem.answers = (request) => {
      if (request.userText.includes('"cannot tell"'))
        return request.step === 0
          ? runs('head -5 a.txt')
          : answer('{"verdict":"fixed","reason":"Line 3 of a.txt reads “line 3”."}');
      if (request.userText.includes('Deal with this finding'))
        return request.step === 0 ? patches(fix) : answer('It was a typo.');
      return request.step === 0 ? runs('git diff') : findings(review);
    };
    await window.command('Notifications: Clear All Notifications');
    await window.command('Tandem: Review Working Tree');
    await window.notifications.waitFor('1 finding', 60_000);
    await waitFor('the problem', async () => (await window.problems()).length === 1, 30_000);
    await window.openFile('a.txt:3');
    await window.page.keyboard.press('Home');
    await tandem.shot('changes-04-finding');
    await window.command('Tandem: Fix Finding with Codex');
    const done = await window.notifications.waitFor(told, 60_000);
    assert.match(done.message, /Task “Fix: A lime is no line”: changed 1 file\./);
    await window.notifications.press(told, 'Apply');
    await window.notifications.waitFor('Proof of fix of “A lime is no line”: fix confirmed.', 60_000);
    await tandem.shot('changes-05-proof');
    assert.equal(read('a.txt'), text);
    await waitFor('no problem', async () => (await window.problems()).length === 0, 20_000);
  });

  test('what is selected and what compilers say goes along; what they say since is told once it is applied', async () => {
    const { window, model } = tandem;
    const { keyboard } = window.page;
    const items = () => window.quickInput.items();
    repository.write({ 'data.json': '{ "one": 1,, }\n' });
    let go: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (go = resolve));
    tandem.answers = async ({ step }) => {
      if (step === 0) return patches(repair);
      await released;
      return answer('One comma was too many.');
    };
    await window.command('Notifications: Clear All Notifications');
    await window.openFile('data.json');
    await waitFor('the problem of the JSON', async () => (await window.problems()).length > 0, 60_000);
    await keyboard.press('Control+A');
    await window.command('Tandem: Delegate Task to Codex…');
    await window.quickInput.answer('What is Codex to do?', 'Repair');
    await window.quickInput.pick('It may change files');
    await waitFor('the context', async () => (await items()).includes('Problems of data.json'), 20_000);
    assert.deepEqual((await items()).slice(0, 2), ['Selection in data.json', 'Problems of data.json']);
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowDown');
    await keyboard.press('Space');
    await tandem.shot('changes-06-context');
    await keyboard.press('Enter');
    await waitFor('threads', async () => (await items()).includes('Go on in a copy'), 20_000);
    await window.quickInput.pick('Start anew');
    await jobs.waitFor(/^data\.json \| \+1 −1$/, 60_000);
    const { userText } = model.requests.at(-1) ?? assert.fail('no request');
    assert.match(userText, /^Repair\n/);
    assert.match(userText, /BEGIN SELECTION \w+ -----\n\{ "one": 1,, \}/);
    assert.match(userText, /BEGIN PROBLEMS \w+ -----\n"data\.json", line 1: .*error: /);

    await jobs.pane.locator('.label-name').getByText('data.json', { exact: true }).click();
    const lines = window.page.locator('.monaco-diff-editor .view-line');
    const shows = async (wanted: string) =>
      (await lines.allTextContents()).some((shown) => shown.replaceAll('\u00a0', ' ') === wanted);
    for (const wanted of ['{ "one": 1,, }', '{ "one": 1 }'])
      await waitFor(wanted, () => shows(wanted), 30_000);
    await tandem.shot('changes-07-so-far');
    assert.equal(read('data.json'), '{ "one": 1,, }\n');
    // A language server tells of files that are open.
    await window.command('View: Close Editor');
    await window.openFile('data.json');
    go();
    await window.notifications.waitFor(told, 60_000);
    await window.notifications.press(told, 'Apply');
    const { message, buttons } = await window.notifications.waitFor('compilers and linters: ', 60_000);
    assert.match(
      message,
      /^Task “Repair”, compilers and linters: \d+ problems? gone\. Gone: data\.json:1 \(.*error\) /,
    );
    assert.deepEqual(buttons, ['Show Problems', 'Show Result']);
    await tandem.shot('changes-08-problems');
    await window.notifications.press('compilers and linters: ', 'Show Result');
    const shown = window.page
      .locator('.view-lines')
      .getByText('Compilers and linters, since the changes were applied');
    await shown.first().waitFor({ timeout: 30_000 });
  });

  test('a task whose window was killed goes on, and its worktree goes with it in the end', async () => {
    const { window } = tandem;
    repository.write({ 'mine.txt': 'mine\n' });
    tandem.answers = () => hang();
    await delegate('Never ends');
    await waitFor('the worktree', () => worktrees().length === 1, 60_000);
    const { requests } = tandem.model;
    await waitFor('the model to be asked', () => requests.at(-1)?.userText === 'Never ends', 60_000);
    const before = requests.length;
    const host = tandem.server.processes().find(({ command }) => command.includes('--type=extensionHost'));
    assert.ok(host, 'the extension host');
    process.kill(host.pid, 'SIGKILL');
    await window.reload();
    await waitFor('the model to be asked again', () => requests.length > before, 90_000);
    await window.command('Tandem: Show Jobs');
    assert.equal(worktrees().length, 1);
    await jobs.press('Task: Never ends', 'Cancel');
    await jobs.waitFor(/^Task: Never ends \| cancelled/, 60_000);
    await waitFor('the end of the worktree', () => worktrees().length === 0, 20_000);
  });
});
