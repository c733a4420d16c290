import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { run } from '../../src/base/childProcess.ts';
import { locateClaude } from '../../src/claude/locate.ts';
import { ClaudePlugin } from '../../src/claude/plugin.ts';
import { claudeVersions } from '../support/binaries.ts';
import { listOf, textOf } from '../support/json.ts';
import { createTempFolder } from '../support/temp.ts';
import { buildPlugin } from './builtPlugin.ts';
import { type Rig, createRig, version } from './rig.ts';

for (const claudeVersion of claudeVersions) {
  describe(`installing into Claude Code ${claudeVersion}`, () => {
    let rig: Rig;
    before(async () => {
      rig = await createRig(claudeVersion);
    });
    after(() => rig.dispose());

    const claude = (...args: string[]) =>
      run(rig.claude, args, { cwd: rig.work, env: rig.env, timeout: 60_000 });
    const install = () => rig.plugin.install(rig.bridge.discoveryFile ?? '');

    test('the program is found and gives its version', async () => {
      const found = await locateClaude(rig.claude, { ...rig.env });
      assert.deepEqual([found.version, found.found.source], [claudeVersion, 'setting']);
      await assert.rejects(locateClaude('/nowhere/claude', {}), /tandem\.claude\.path/);
      await assert.rejects(locateClaude(process.execPath, {}), /is not a working Claude Code/);
    });

    test('nothing is there at first', async () => {
      assert.deepEqual(await rig.plugin.state(), { own: 'missing', version: null, peer: 'absent' });
    });

    test('it is installed, listed and reaches this host, and again', async () => {
      await install();
      assert.deepEqual(await rig.plugin.state(), { own: 'current', version, peer: 'absent' });
      const folder = path.join(rig.stateHome, 'claude-plugin');
      const before = readFileSync(path.join(folder, 'tandem.mjs'), 'utf8');
      await install();
      assert.equal(readFileSync(path.join(folder, 'tandem.mjs'), 'utf8'), before);
      assert.deepEqual(
        readdirSync(rig.stateHome).filter((name) => name.startsWith('.claude-plugin')),
        [],
        'the copies that were swapped are left',
      );
    });

    test('what it was to start with has gone: it is installed anew', async () => {
      const runtime = path.join(rig.stateHome, 'claude-plugin', 'bin', 'runtime');
      assert.equal(readFileSync(runtime, 'utf8'), `${process.execPath}\n${process.execPath}\n`);
      writeFileSync(runtime, '/gone/with/nvm/node\n/gone/with/the/update/code\n');
      assert.equal((await rig.plugin.state()).own, 'outdated');
      await install();
      assert.equal((await rig.plugin.state()).own, 'current');
    });

    test('one that the user switched off is switched on again', async () => {
      await claude('plugin', 'disable', 'codex@tandem');
      assert.equal((await rig.plugin.state()).own, 'disabled');
      await install();
      assert.equal((await rig.plugin.state()).own, 'current');
    });

    test('a newer version replaces it', async () => {
      const newer = new ClaudePlugin({
        claude: rig.claude,
        env: rig.env,
        cwd: rig.work,
        stateHome: rig.stateHome,
        source: await buildPlugin('0.2.0'),
        version: '0.2.0',
        logger: rig.logger,
      });
      assert.deepEqual(await newer.state(), { own: 'outdated', version, peer: 'absent' });
      await newer.install(rig.bridge.discoveryFile ?? '');
      assert.deepEqual(await newer.state(), { own: 'current', version: '0.2.0', peer: 'absent' });
    });

    test('a folder that was removed shows as missing and comes back', async () => {
      rmSync(path.join(rig.stateHome, 'claude-plugin'), { recursive: true });
      assert.equal((await rig.plugin.state()).own, 'missing');
      await install();
      assert.equal((await rig.plugin.state()).own, 'current');
    });

    test('the peer is seen, and switched off without touching ours', async () => {
      const peer = makePeer();
      for (const args of [
        ['marketplace', 'add', peer],
        ['install', 'codex@openai-codex'],
      ])
        assert.equal((await claude('plugin', ...args)).code, 0);
      assert.equal((await rig.plugin.state()).peer, 'enabled');
      await rig.plugin.disablePeer();
      assert.deepEqual(await rig.plugin.state(), { own: 'current', version, peer: 'disabled' });
      await rig.plugin.disablePeer();
    });

    test('a handshake with another process is not taken for ours', async () => {
      const program = path.join(import.meta.dirname, 'otherHost.ts');
      const other = spawn(process.execPath, ['--import', 'tsx', program, rig.stateHome], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const ended = once(other, 'exit');
      try {
        const [line] = listOf(await once(other.stdout.setEncoding('utf8'), 'data'));
        await assert.rejects(rig.plugin.install(textOf(line).trim()), /instead of this one/);
      } finally {
        other.stdin.end();
        await ended;
      }
    });

    test('a dead host is an error that says so', async () => {
      await assert.rejects(
        rig.plugin.install('/nowhere/host.json'),
        /There is no host at \/nowhere\/host\.json/,
      );
    });

    test('a failing command shows what the program said', async () => {
      const broken = path.join(createTempFolder('broken').path, 'plugin');
      mkdirSync(broken);
      for (const name of ['tandem.mjs', 'bin'])
        cpSync(path.join(rig.stateHome, 'claude-plugin', name), path.join(broken, name), { recursive: true });
      const plugin = new ClaudePlugin({
        claude: rig.claude,
        env: rig.env,
        cwd: rig.work,
        stateHome: createTempFolder('state').path,
        source: broken,
        version,
        logger: rig.logger,
      });
      await assert.rejects(plugin.install(rig.bridge.discoveryFile ?? ''), /Marketplace file not found/);
    });
  });
}

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
