import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '../engine/wait.ts';
import { answer, hang, patches, runs } from '../models/responsesReply.ts';
import { createRepository, type TestRepository } from '../support/repository.ts';
import { createTempFolder } from '../support/temp.ts';
import { JobsPage } from './jobsViewPage.ts';
import { TandemWindow } from './windowHarness.ts';

const patch = [
  '*** Begin Patch',
  '*** Update File: a.js',
  '@@',
  '-export const one = 1;',
  '+export const one = 2;',
  '*** Add File: b.js',
  '+export const two = 2;',
  '*** End Patch',
  '',
].join('\n');

const onePatch = '*** Begin Patch\n*** Add File: c.js\n+export const three = 3;\n*** End Patch\n';

/** What Codex asks while it works, as the user of a window sees it; the tests build on each other. */
describe('approvals in a window', () => {
  const outside = createTempFolder('outside').path;
  const file = path.join(outside, 'x.txt');
  const leaves = (name: string) =>
    runs(`touch '${name}'`, { sandbox_permissions: 'require_escalated', justification: 'For the cache' });
  let repository: TestRepository;
  let tandem: TandemWindow;
  let approvals: JobsPage;
  let jobs: JobsPage;
  before(async () => {
    repository = await createRepository({ committed: { 'a.js': 'export const one = 1;\n' } });
    tandem = await TandemWindow.open({ folder: repository.path });
    approvals = new JobsPage(tandem.window.page, 'Approvals');
    jobs = new JobsPage(tandem.window.page);
  });
  after(async () => {
    await tandem.dispose();
    await repository.dispose();
  });
  const inTitle = (name: string) =>
    tandem.window.page.locator('.editor-actions').getByRole('button', { name });
  const delegate = async (prompt: string, access = 'It may change files') => {
    const { window } = tandem;
    await window.command('Notifications: Clear All Notifications');
    await window.command('Tandem: Delegate Task to Codex…');
    await window.quickInput.answer('What is Codex to do?', prompt);
    await window.quickInput.pick(access);
    const asksThread = async () => (await window.quickInput.items()).includes('Start anew');
    if (await isFollowUp()) {
      await waitFor('the choice of a thread', asksThread, 20_000);
      await window.quickInput.pick('Start anew');
    }
  };
  let delegated = 0;
  const isFollowUp = () => Promise.resolve((delegated += 1) > 1);

  test('a command: the notification has it whole, with folder and reason; allowed there it runs', async () => {
    const { window } = tandem;
    await window.command('Tandem: Show Approvals');
    await approvals.pane.getByText('Nothing is waiting.').waitFor({ timeout: 60_000 });
    tandem.answers = ({ step }) => (step === 0 ? leaves(file) : answer('Made it.'));
    await delegate('Fill the cache');
    const asked = await window.notifications.waitFor('Codex asks to: Run', 60_000);
    assert.match(asked.message, new RegExp(`touch '${file}'`));
    assert.match(asked.message, /It says: “For the cache”/);
    assert.match(asked.message, /Task “Fill the cache”/);
    assert.deepEqual(asked.buttons, ['Allow Once', 'Show', 'Decline…']);
    await approvals.waitFor(/^Run .*touch .*x\.txt.* \| Task “Fill the cache”$/);
    await jobs.waitFor(/^Task: Fill the cache \| waiting for an approval/);
    await tandem.shot('approvals-01-command');
    assert.ok(!existsSync(file));
    await window.notifications.press('Codex asks to: Run', 'Allow Once');
    await window.notifications.waitFor('Task “Fill the cache”: answered', 60_000);
    assert.ok(existsSync(file));
    await approvals.pane.getByText('Nothing is waiting.').waitFor({ timeout: 20_000 });
  });

  test('a command of several lines cannot be allowed unread', async () => {
    const { window } = tandem;
    tandem.answers = ({ userText }) =>
      userText === 'Two lines' ? leaves(`${file}'\ntouch '${file}.2`) : answer('Well.');
    await delegate('Two lines');
    const asked = await window.notifications.waitFor('Codex asks to: Run', 60_000);
    assert.deepEqual(asked.buttons, ['Show', 'Decline…']);
    await window.notifications.press('Codex asks to: Run', 'Show');
    const shown = async () =>
      (await window.page.locator('.editor-instance .view-line').allTextContents())
        .join('\n')
        .replaceAll('\u00a0', ' ');
    const isShown = async () => (await shown()).includes('Run this command, outside of its sandbox:');
    await waitFor('the question', isShown, 20_000);
    const answers = window.page.locator('.codelens-decoration a');
    const fourAnswers = async () => (await answers.count()) === 4;
    await waitFor('the answers above it', fourAnswers, 20_000);
    await tandem.shot('approvals-02-show');
    await answers.filter({ hasText: 'Decline…' }).click();
    await window.quickInput.answer('Why?', 'One at a time.');
    await window.notifications.waitFor('Task “Two lines”: answered', 60_000);
    await waitFor('the end of the question', async () => (await shown()).includes('no longer asks'), 20_000);
    assert.ok(!existsSync(`${file}.2`));
    assert.ok(tandem.model.requests.some(({ body }) => JSON.stringify(body).includes('One at a time.')));
  });

  test('a change of two files is shown as a difference, and made when it is allowed in the view', async () => {
    const { window } = tandem;
    tandem.answers = ({ step }) => (step === 0 ? patches(patch) : answer('Changed.'));
    await delegate('Change both', 'Read only');
    await approvals.waitFor(/^Change 2 files: a\.js, b\.js \| /, 60_000);
    await approvals.row('Change 2 files').click();
    const sides = window.page.locator('.multiDiffEditor .view-line');
    const shows = async (text: string) =>
      (await sides.allTextContents()).some((line) => line.replaceAll('\u00a0', ' ').includes(text));
    await waitFor('the new text', () => shows('one = 2'), 30_000);
    await waitFor('the old text', () => shows('one = 1'), 30_000);
    await waitFor('the new file', () => shows('two = 2'), 30_000);
    await tandem.shot('approvals-03-diff');
    assert.deepEqual(await approvals.menu('Change 2 files'), [
      'Show',
      'Allow Once',
      'Allow for This Session',
      'Decline…',
      'Cancel the Task',
    ]);
    for (const name of ['Allow Once', 'Decline…'])
      assert.equal(await inTitle(name).count(), 1, `${name} is where the difference is read`);
    await approvals.press('Change 2 files', 'Allow Once');
    await window.notifications.waitFor('Task “Change both”: changed 2 files', 60_000);
    await waitFor('its buttons to go', async () => (await inTitle('Allow Once').count()) === 0, 20_000);
    assert.equal(readFileSync(path.join(repository.path, 'a.js'), 'utf8'), 'export const one = 2;\n');
    assert.ok(existsSync(path.join(repository.path, 'b.js')));
  });

  test('a change of one file is answered in the title of its difference', async () => {
    const { window } = tandem;
    tandem.answers = ({ step }) => (step === 0 ? patches(onePatch) : answer('Changed.'));
    await delegate('Change one', 'Read only');
    await approvals.waitFor(/^Create c\.js \| /, 60_000);
    await approvals.row('Create c.js').click();
    await inTitle('Allow Once').click({ timeout: 20_000 });
    await window.notifications.waitFor('Task “Change one”: changed 1 file', 60_000);
    assert.ok(existsSync(path.join(repository.path, 'c.js')));
    await waitFor('its buttons to go', async () => (await inTitle('Allow Once').count()) === 0, 20_000);
  });

  test('the palette: with the keyboard alone', async () => {
    const { window } = tandem;
    tandem.answers = ({ step }) => (step === 0 ? leaves(`${file}.4`) : answer('Made it.'));
    await delegate('By keyboard');
    await window.notifications.waitFor('Codex asks to: Run', 60_000);
    await window.command('Tandem: Answer Codex’s Question…');
    const choices = () => window.quickInput.items();
    await waitFor('the answers', async () => (await choices()).length === 4, 20_000);
    assert.deepEqual(await choices(), [
      'Allow Once',
      'Allow for This Session',
      'Decline…',
      'Cancel the Task',
    ]);
    await window.quickInput.pick('Cancel the Task');
    await jobs.waitFor(/^Task: By keyboard \| cancelled/, 60_000);
    assert.ok(!existsSync(`${file}.4`));
  });

  test('a running task can be told something', async () => {
    const { window } = tandem;
    tandem.answers = ({ userText }) => (userText.includes('Stop now') ? answer('Stopped.') : hang());
    await delegate('Take your time', 'Read only');
    await jobs.waitFor(/^Task: Take your time \| (starting|reasoning|writing)/, 60_000);
    await tandem.model.waitFor(({ userText }) => userText.includes('Take your time'));
    await jobs.choose('Task: Take your time', 'Tell Codex…');
    await window.quickInput.answer('What should it know', 'Stop now, please.');
    await window.notifications.waitFor('Task “Take your time”: answered', 60_000);
  });

  test('a reload while Codex asks: the task ends as interrupted and says so; nothing runs', async () => {
    const { window } = tandem;
    tandem.answers = ({ step }) => (step === 0 ? leaves(`${file}.3`) : answer('Well.'));
    await delegate('Ask and wait');
    await approvals.waitFor(/^Run .*x\.txt\.3/, 60_000);
    await window.reload();
    await window.command('Tandem: Show Jobs');
    await jobs.waitFor(/^Task: Ask and wait \| interrupted/, 60_000);
    assert.ok(!existsSync(`${file}.3`));
    assert.deepEqual(tandem.processes('app-server'), []);
  });
});
