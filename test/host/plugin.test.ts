import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as z from 'zod';
import { run } from '../../src/base/childProcess.ts';
import { waitFor } from '../engine/wait.ts';
import { type MessagesModel, startMessagesModel } from '../models/messages.ts';
import { says } from '../models/messagesReply.ts';
import { rescueReply } from '../models/messagesRescue.ts';
import { answer, runs } from '../models/responsesReply.ts';
import { claudeBinary } from '../support/binaries.ts';
import type { TestRepository } from '../support/repository.ts';
import { createTempFolder } from '../support/temp.ts';
import { createShop, findsAll } from './reviewFixture.ts';
import { TandemWindow } from './windowHarness.ts';

/** From the window into the real Claude Code. */
describe('the Claude Code plugin', () => {
  let shop: TestRepository;
  let model: MessagesModel;
  let tandem: TandemWindow;
  before(async () => {
    shop = await createShop();
    model = await startMessagesModel((request) => rescueReply(request) ?? says('Ready.'));
    tandem = await TandemWindow.open({ folder: shop.path, withClaude: true, claudeModel: model });
  });
  after(async () => {
    await tandem.dispose();
    await model.dispose();
    await shop.dispose();
  });

  const claude = async (...args: string[]) => {
    const options = { cwd: shop.path, env: { ...tandem.environment }, timeout: 60_000 };
    const { code, stdout, stderr } = await run(claudeBinary().native, ['plugin', ...args], options);
    assert.equal(code, 0, stdout + stderr);
    return stdout;
  };
  const plugins = async () => {
    const list = z.array(z.object({ id: z.string(), enabled: z.boolean() }));
    const found = list.parse(JSON.parse(await claude('list', '--json')));
    return Object.fromEntries(found.map(({ id, enabled }) => [id, enabled]));
  };

  test('is offered after the first review, and not installed unless it is asked for', async () => {
    const { window } = tandem;
    assert.deepEqual(tandem.processes('/claude'), [], 'Claude Code is not looked for when the window opens');
    tandem.answers = findsAll(shop.path);
    await window.command('Tandem: Review Working Tree');
    await window.notifications.waitFor('3 findings', 60_000);
    const offer = await window.notifications.waitFor('Install its Tandem plugin', 60_000);
    assert.deepEqual(offer.buttons, ['Install', 'Not Now']);
    await tandem.shot('plugin-1-offer');
    assert.deepEqual(await plugins(), {});
    await window.notifications.press('Install its Tandem plugin', 'Not Now');
  });

  test('is not offered a second time', async () => {
    const { window } = tandem;
    await window.reload();
    await window.command('Tandem: Review Working Tree');
    await window.notifications.waitFor('3 findings', 60_000);
    const asked = () => tandem.log().split('claude plugin list').length - 1;
    await waitFor('Claude Code to have been asked again', () => asked() === 2, 60_000);
    await window.command('Tandem: Restart App Server');
    await window.notifications.waitFor('is running.', 60_000);
    assert.ok((await window.notifications.list()).every(({ message }) => !message.includes('Install its')));
  });

  test('is installed by the command, which proves that it reaches this window', async () => {
    const { window } = tandem;
    await window.command('Tandem: Install Claude Code Plugin');
    await window.notifications.waitFor(
      'The Claude Code plugin 0.1.0 is installed and reaches this window.',
      120_000,
    );
    await tandem.shot('plugin-2-installed');
    assert.deepEqual(await plugins(), { 'codex@tandem': true });
  });

  test('is brought up to date where an older version of the extension installed it', async () => {
    const { window } = tandem;
    const manifest = path.join(tandem.stateHome, 'claude-plugin/.claude-plugin/plugin.json');
    const current = readFileSync(manifest, 'utf8');
    writeFileSync(manifest, current.replace('0.1.0', '0.0.9'));
    await window.reload();
    await window.command('Tandem: Review Working Tree');
    await window.notifications.waitFor('3 findings', 60_000);
    await waitFor('the update', () => readFileSync(manifest, 'utf8') === current, 60_000);
  });

  test('a plugin with the same commands: the user decides', async () => {
    const { window } = tandem;
    await claude('marketplace', 'add', makePeer());
    await claude('install', 'codex@openai-codex');
    await window.command('Notifications: Clear All Notifications');
    await window.command('Tandem: Install Claude Code Plugin');
    await window.page.locator('.monaco-dialog-box').waitFor({ timeout: 60_000 });
    await tandem.shot('plugin-3-peer');
    await window.pressDialog('Cancel');
    assert.deepEqual(await plugins(), { 'codex@tandem': true, 'codex@openai-codex': true });
    await window.command('Tandem: Install Claude Code Plugin');
    await window.pressDialog('Disable It', 60_000);
    await window.notifications.waitFor('is installed and reaches this window.', 120_000);
    assert.deepEqual(await plugins(), { 'codex@tandem': true, 'codex@openai-codex': false });
  });

  test('what Claude hands over asks in the window, and its answer is back in Claude', async () => {
    const { window } = tandem;
    const { terminals, notifications } = window;
    const made = path.join(createTempFolder('outside').path, 'made');
    tandem.answers = ({ step }) =>
      step === 0
        ? runs(`touch '${made}'`, {
            sandbox_permissions: 'require_escalated',
            justification: 'For the cache',
          })
        : answer('The cache is filled.');
    await window.command('Notifications: Clear All Notifications');
    await window.openTerminal();
    await window.command('View: Toggle Maximized Panel');
    await terminals.type(claudeBinary().native);
    await terminals.press('Enter');
    await terminals.waitForText('❯', 60_000);
    await terminals.type('/codex:rescue Fill the cache');
    await terminals.waitForText('/codex:rescue Fill the cache', 20_000);
    await terminals.press('Enter');
    const asks = 'Codex asks to: Run';
    const { message } = await notifications.waitFor(asks, 120_000);
    assert.match(message, /Task “Fill the cache”, for Claude Code’s session [0-9a-f]{8}/);
    assert.ok(!existsSync(made));
    await tandem.shot('plugin-4-question');
    await notifications.press(asks, 'Allow Once');
    await terminals.waitForText('The cache is filled.', 60_000);
    await tandem.shot('plugin-5-answer');
    assert.ok(existsSync(made));
  });
});

/** A plugin with the id of the peer, and nothing in it. */
function makePeer(): string {
  const folder = createTempFolder('peer').path;
  const write = (name: string, value: object) => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(value));
  };
  const plugins = [{ name: 'codex', source: './plugins/codex' }];
  write('.claude-plugin/marketplace.json', { name: 'openai-codex', owner: { name: 'peer' }, plugins });
  write('plugins/codex/.claude-plugin/plugin.json', { name: 'codex', version: '1.0.0' });
  return folder;
}
