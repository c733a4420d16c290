import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ensureBrowser } from './browser.ts';
import { ensureEngine } from './install.ts';
import { isAlive } from './processes.ts';
import { serveEngine, type EngineServer } from './serve.ts';
import { waitFor } from './wait.ts';
import { openWindow, type Problem, type VsCodeWindow } from './window.ts';

const manifest = {
  name: 'probe',
  publisher: 'test',
  version: '1.0.0',
  engines: { vscode: '^1.100.0' },
  main: 'main.cjs',
  activationEvents: ['onStartupFinished'],
  contributes: {
    commands: [
      { command: 'probe.greet', title: 'Greet', category: 'Probe' },
      { command: 'probe.ask', title: 'Ask', category: 'Probe' },
    ],
    viewsContainers: { activitybar: [{ id: 'probe', title: 'Probe Room', icon: 'icon.svg' }] },
    views: { probe: [{ type: 'webview', id: 'probe.view', name: 'View' }] },
  },
};

const main = `
const vscode = require('vscode');
const { spawn } = require('node:child_process');
exports.activate = (context) => {
  // A careless extension: a child that outlives it, in a session of its own.
  spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }).unref();
  const item = vscode.window.createStatusBarItem(vscode.StatusBarAlignment.Left);
  item.text = '$(check) probe ready';
  item.show();
  const diagnostics = vscode.languages.createDiagnosticCollection('probe');
  const diagnostic = new vscode.Diagnostic(new vscode.Range(1, 2, 1, 3), 'Something is off', vscode.DiagnosticSeverity.Warning);
  diagnostic.source = 'Probe';
  diagnostic.code = 'P1';
  diagnostics.set(vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, 'letters.txt'), [diagnostic]);
  const html = '<p id="text">Nobody pressed yet</p><button onclick="document.querySelector(\\'#text\\').textContent=\\'Pressed\\'">Press</button>';
  context.subscriptions.push(
    vscode.commands.registerCommand('probe.greet', async () => {
      const answer = await vscode.window.showInformationMessage('Hello from the host', 'Hello', 'Go away');
      void vscode.window.showWarningMessage('They said: ' + answer + ', ' + process.env.PROBE_GIVEN + ', ' + process.env.PROBE_TAKEN);
    }),
    vscode.commands.registerCommand('probe.ask', async () => {
      const fruit = await vscode.window.showQuickPick(['Apple', 'Banana cake']);
      const count = await vscode.window.showInputBox({ prompt: 'How many?' });
      void vscode.window.showInformationMessage(count + ' times ' + fruit);
    }),
    vscode.window.registerWebviewViewProvider('probe.view', {
      resolveWebviewView(view) {
        view.webview.options = { enableScripts: true };
        view.webview.html = html;
      },
    }),
  );
};
`;

let root: string;
let workspace: string;
let server: EngineServer;
let window: VsCodeWindow;
const cleanups: (() => Promise<unknown>)[] = [];

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'tandem-engine-'));
  cleanups.unshift(() => rm(root, { recursive: true, force: true }));
  workspace = join(root, 'workspace');
  const extension = join(root, 'extension');
  await mkdir(workspace);
  await mkdir(extension);
  await writeFile(join(workspace, 'letters.txt'), 'alpha\nbeta\ngamma\n');
  await writeFile(join(extension, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(extension, 'main.cjs'), main);
  await writeFile(
    join(extension, 'icon.svg'),
    '<svg xmlns="http://www.w3.org/2000/svg"><circle cx="12" cy="12" r="8"/></svg>',
  );
  const log = (line: string): void => console.log(line);
  process.env['PROBE_TAKEN'] = 'still there';
  server = await serveEngine({
    engine: await ensureEngine(log),
    profile: join(root, 'profile'),
    token: 'a-test-token',
    environment: { PROBE_GIVEN: 'given', PROBE_TAKEN: undefined },
    install: [extension],
  });
  cleanups.unshift(() => server.dispose());
  window = await openWindow({ browser: await ensureBrowser(log), server, folder: workspace });
  cleanups.unshift(() => window.close());
});

after(async () => {
  for (const cleanup of cleanups) await cleanup();
});

test('only who has the token is let in', async () => {
  const stranger = await fetch(`http://127.0.0.1:${server.port}/?folder=${encodeURIComponent(workspace)}`);
  assert.equal(stranger.status, 403);
});

test('a command of the palette, its notification and the button in it', async () => {
  await window.command('Probe: Greet');
  assert.deepEqual((await window.notifications.waitFor('Hello from the host')).buttons, ['Hello', 'Go away']);
  await window.notifications.press('Hello from the host', 'Hello');
  await window.notifications.waitFor('They said: Hello, given, undefined');
});

test('a quick pick and an input box', async () => {
  await window.command('Probe: Ask');
  await window.quickInput.pick('Banana cake');
  await window.quickInput.answer('How many?', '3');
  await window.notifications.waitFor('3 times Banana cake');
});

test('a file, the Problems panel and the status bar', async () => {
  await window.openFile('letters.txt');
  const shown = async (): Promise<Problem[] | false> => {
    const problems = await window.problems();
    return problems.length > 0 && problems;
  };
  assert.deepEqual(await waitFor('a row in the Problems panel', shown), [
    {
      file: 'letters.txt',
      severity: 'warning',
      message: 'Something is off',
      source: 'Probe',
      code: 'P1',
      line: 2,
      column: 3,
    },
  ]);
  assert.ok((await window.statusBar()).includes('probe ready'));
});

test('a webview answers a click', async () => {
  await window.openContainer('Probe Room');
  const view = window.webview('test.probe');
  await view.getByText('Nobody pressed yet').waitFor({ timeout: 30_000 });
  await view.getByRole('button', { name: 'Press' }).click();
  await view.getByText('Pressed', { exact: true }).waitFor({ timeout: 30_000 });
});

test('a terminal takes keys and shows what they do', async () => {
  await window.openTerminal();
  await window.terminals.type('echo $((6 * 7)) in $PWD');
  await window.terminals.press('Enter');
  await window.terminals.waitForText(`42 in ${workspace}`);
  await window.terminals.press('ArrowUp');
  await window.terminals.press('Enter');
  await window.terminals.waitForText(/42 in [^]*42 in /);
});

test('a picture of the window', async () => {
  const file = process.env['TANDEM_ENGINE_SHOT'] ?? join(root, 'window.png');
  await window.screenshot(file);
  const bytes = await readFile(file);
  // IHDR: width and height as big-endian 32-bit numbers at bytes 16 and 20 (PNG specification, 11.2.2).
  assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [1400, 900]);
});

test('a reloaded window works again', async () => {
  await window.reload();
  await window.command('Probe: Greet');
  await window.notifications.waitFor('Hello from the host');
});

test('nothing is left when the engine is disposed of', async () => {
  await window.openTerminal();
  await window.terminals.type('setsid sleep 601');
  await window.terminals.press('Enter');
  for (const word of ['server-main', 'extensionHost', 'ptyHost', 'sleep 600', 'sleep 601']) {
    await waitFor(
      `${word} to run`,
      () => server.processes().some(({ command }) => command.includes(word)),
      10_000,
    );
  }
  const before = server.processes();
  await window.close();
  const killed = await server.dispose();
  assert.deepEqual(before.filter(isAlive), []);
  assert.deepEqual(server.processes(), []);
  // What ignored the end of its host is told, so that a test can blame it.
  assert.ok(killed.some(({ command }) => command === 'sleep 600'));
  assert.ok(!killed.some(({ command }) => command.includes('extensionHost')));
  await assert.rejects(fetch(`http://127.0.0.1:${server.port}/`));
  assert.ok(existsSync(join(root, 'profile/user/User/settings.json')));
});
