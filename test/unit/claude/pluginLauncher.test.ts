import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { type RunResult, run } from '../../../src/base/childProcess.ts';
import { findNode } from '../../../src/claude/nodeRuntime.ts';
import { companionStart, hasRuntime, prepareLauncher } from '../../../src/claude/pluginLauncher.ts';
import { listOf, objectOf, objectsOf } from '../../support/json.ts';
import { createTempFolder } from '../../support/temp.ts';

const posix = process.platform !== 'win32';
const source = path.resolve(import.meta.dirname, '../../../prompts/plugin');

/** A state folder as on macOS, with a space in its path, and the plugin in it. */
let stateHome = '';
let plugin = '';
let bin = '';

beforeEach(() => {
  stateHome = path.join(createTempFolder('state').path, "Application Support's ünï");
  plugin = path.join(stateHome, 'claude-plugin');
  cpSync(source, plugin, { recursive: true });
  const tell = (name: string) =>
    `process.stdout.write(JSON.stringify({ name: ${JSON.stringify(name)}, args: process.argv.slice(2), node: process.execPath,
       home: process.env.TANDEM_HOME, electron: process.env.ELECTRON_RUN_AS_NODE }));`;
  for (const name of ['tandem.mjs', 'mcp.mjs']) writeFileSync(path.join(plugin, name), tell(name));
  bin = createTempFolder('bin').path;
});

/** What looks like Node of that version, and is one. Everything it is started with goes to Node, marked as its own. */
function makeNode(name: string, version: string): string {
  const file = path.join(bin, name);
  const script = `#!/bin/sh\n[ "$1" = --version ] && echo ${version} && exit 0\nPRETENDS=${name}; export PRETENDS\nexec "${process.execPath}" "$@"\n`;
  writeFileSync(file, script, { mode: 0o755 });
  return file;
}

function launch(args: string[], env: NodeJS.ProcessEnv = {}): Promise<RunResult> {
  return run(path.join(plugin, 'bin', 'tandem'), args, { env: { PATH: bin, ...env }, timeout: 20_000 });
}

async function launched(args: string[], env?: NodeJS.ProcessEnv): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await launch(args, env);
  assert.equal(stderr, '');
  return objectOf(JSON.parse(stdout));
}

describe('the launcher', { skip: !posix }, () => {
  test('starts the Node that the installation found, where PATH has none', async () => {
    await prepareLauncher(plugin, { node: process.execPath, own: '/nowhere' });
    const { node, electron, name } = await launched(['check']);
    assert.deepEqual([node, electron, name], [process.execPath, undefined, 'tandem.mjs']);
  });

  test('else the one on PATH, if it is new enough', async () => {
    await prepareLauncher(plugin, { node: '/nowhere/node', own: makeNode('code', 'v22.0.0') });
    makeNode('node', 'v20.1.0');
    assert.equal((await launched(['check']))['electron'], undefined);
    makeNode('node', 'v18.20.0');
    assert.equal((await launched(['check']))['electron'], '1');
  });

  test('else VS Code’s own runtime, told to be Node', async () => {
    await prepareLauncher(plugin, { node: null, own: makeNode('code', 'v22.0.0') });
    const { electron, name } = await launched(['mcp']);
    assert.deepEqual([electron, name], ['1', 'mcp.mjs']);
  });

  test('else says what to do', async () => {
    await prepareLauncher(plugin, { node: null, own: '/nowhere/code' });
    const { code, stderr, stdout } = await launch(['hook', 'expand']);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /no Node 20 or later/);
  });

  test('hands every argument on as it is', async () => {
    await prepareLauncher(plugin, { node: process.execPath, own: '' });
    const args = [
      'review',
      '$(touch PWNED)',
      '`id`',
      '"; exit 1; "',
      "it's",
      '*',
      'a\nb',
      '',
      '-n',
      '\\',
      '🙂 ü',
    ];
    assert.deepEqual(listOf((await launched(args))['args']), args);
  });

  test('tells the program the state folder that it lies in, unless the user names one', async () => {
    await prepareLauncher(plugin, { node: process.execPath, own: '' });
    const home = async (env?: NodeJS.ProcessEnv) =>
      path.resolve(String((await launched(['status'], env))['home']));
    assert.equal(await home(), stateHome);
    assert.equal(await home({ TANDEM_HOME: bin }), bin);
  });

  test('from a folder that nobody installed it leaves everything to the program', async () => {
    makeNode('node', 'v20.0.0');
    chmodSync(path.join(plugin, 'bin', 'tandem'), 0o755);
    const { home, args } = await launched(['hook', 'stop']);
    assert.deepEqual([home, args], [undefined, ['hook', 'stop']]);
  });

  test('starts nothing at the end of a turn where no gate is on', async () => {
    await prepareLauncher(plugin, { node: process.execPath, own: '' });
    mkdirSync(path.join(stateHome, 'gates', 'turns'), { recursive: true });
    for (const hook of ['stop', 'stop-waking']) {
      const { code, stdout, stderr } = await launch(['hook', hook]);
      assert.deepEqual([code, stdout, stderr], [0, '', '']);
    }
    assert.equal((await launched(['hook', 'session']))['name'], 'tandem.mjs');
    writeFileSync(path.join(stateHome, 'gates', 'shop-1234.json'), '{}');
    assert.deepEqual((await launched(['hook', 'stop-waking']))['args'], ['hook', 'stop-waking']);
    assert.equal((await launch(['hook', 'stop'], { TANDEM_HOME: bin })).stdout, '', 'another state folder');
  });

  test('is executable again after a copy that lost that', async () => {
    chmodSync(path.join(plugin, 'bin', 'tandem'), 0o644);
    await prepareLauncher(plugin, { node: process.execPath, own: '' });
    assert.equal((await launched(['check']))['name'], 'tandem.mjs');
  });
});

describe('what the installation found', { skip: !posix }, () => {
  test('is enough while one of the programs is there', async () => {
    assert.equal(await hasRuntime(plugin), false);
    await prepareLauncher(plugin, { node: '/nowhere', own: process.execPath });
    assert.equal(await hasRuntime(plugin), true);
    await prepareLauncher(plugin, { node: '/nowhere', own: '/gone/with/the/update' });
    assert.equal(await hasRuntime(plugin), false);
    await prepareLauncher(plugin, { node: null, own: process.execPath });
    assert.equal(await hasRuntime(plugin), true);
  });

  test('a Node behind a shim is found as the program itself; what is too old or no Node is passed over', async () => {
    const env = (...folders: string[]) => ({ PATH: folders.join(path.delimiter), HOME: bin });
    symlinkSync(process.execPath, path.join(bin, 'node'));
    assert.equal(await findNode(env(bin)), process.execPath);
    const other = createTempFolder('other').path;
    for (const script of ['echo "[18,\\"/old\\"]"', 'echo hello', 'exit 3']) {
      writeFileSync(path.join(other, 'node'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      assert.equal(await findNode(env(other, bin)), process.execPath, script);
    }
  });
});

describe('on Windows', () => {
  test('hooks and server start the node of PATH, with the same arguments', async () => {
    const before = hooksOf(plugin);
    await prepareLauncher(plugin, { node: null, own: 'C:\\Code.exe' }, 'win32');
    const after = hooksOf(plugin);
    assert.equal(after.length, before.length);
    for (const [index, { args, ...rest }] of after.entries()) {
      const { args: words, ...others } = before[index] ?? {};
      assert.deepEqual(rest, { ...others, command: 'node' });
      assert.deepEqual(args, ['${CLAUDE_PLUGIN_ROOT}/tandem.mjs', ...listOf(words)]);
    }
    const servers = objectOf(JSON.parse(readFileSync(path.join(plugin, '.mcp.json'), 'utf8')))['mcpServers'];
    assert.deepEqual(objectOf(servers)['tandem'], {
      command: 'node',
      args: ['${CLAUDE_PLUGIN_ROOT}/mcp.mjs', 'mcp'],
      timeout: 3_600_000,
    });
  });

  test('without node there is nothing to start', () => {
    assert.equal(companionStart('C:\\p', { node: null, own: 'C:\\Code.exe' }, 'win32'), null);
    assert.equal(companionStart('C:\\p', { node: 'C:\\node.exe', own: '' }, 'win32')?.file, 'C:\\node.exe');
  });
});

function hooksOf(folder: string): Record<string, unknown>[] {
  const { hooks } = objectOf(JSON.parse(readFileSync(path.join(folder, 'hooks', 'hooks.json'), 'utf8')));
  return Object.values(objectOf(hooks))
    .flatMap((entries) => objectsOf(entries))
    .flatMap((entry) => objectsOf(entry['hooks']));
}
