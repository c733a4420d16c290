import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { checkHooks, checkOtherClaude, checkRuntime, pluginChecks } from '../../../src/claude/doctor.ts';
import { HooksSeen, afterEdits } from '../../../src/claude/hooksSeen.ts';
import { pluginFolder } from '../../../src/claude/pluginFolder.ts';
import { createTempFolder } from '../../support/temp.ts';
import { createRecordingLogger } from '../bridge/samples.ts';

function setUp() {
  const stateHome = createTempFolder('state').path;
  const folder = pluginFolder(stateHome);
  const program = (file: string, text = '#!/bin/sh\n') => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, 0o755);
    return file;
  };
  return {
    stateHome,
    program,
    seen: new HooksSeen(stateHome, createRecordingLogger()),
    install: (...runtimes: string[]) => {
      mkdirSync(path.join(folder, '.claude-plugin'), { recursive: true });
      mkdirSync(path.join(folder, 'bin'), { recursive: true });
      writeFileSync(path.join(folder, '.claude-plugin', 'plugin.json'), '{"version":"0.1.0"}');
      writeFileSync(path.join(folder, 'bin', 'runtime'), `${runtimes.join('\n')}\n`);
    },
  };
}

describe('the plugin', () => {
  test('what is wrong with it, and with the other one', () => {
    const states = (own: Parameters<typeof pluginChecks>[0]['own'], version: string | null = '0.1.0') =>
      pluginChecks({ own, version, peer: 'absent' }).map(({ id, state, detail }) => [id, state, detail]);
    assert.deepEqual(states('current'), [['plugin', 'ok', 'codex@tandem 0.1.0']]);
    // The editor tells by this text whether to offer an installation or a repair.
    assert.deepEqual(states('missing', null), [['plugin', 'warning', 'not installed']]);
    assert.deepEqual(states('disabled'), [['plugin', 'warning', 'installed, but disabled in Claude Code']]);
    assert.deepEqual(states('outdated'), [['plugin', 'warning', 'outdated (0.1.0)']]);
    const [, peer] = pluginChecks({ own: 'current', version: '0.1.0', peer: 'enabled' });
    assert.deepEqual([peer?.id, peer?.state], ['peer', 'warning']);
    assert.match(peer?.advice ?? '', /claude plugin disable codex@openai-codex/);
  });
});

describe('hooks', () => {
  test('that were never seen are a warning with the way to see them, where there is a plugin at all', async () => {
    const { seen, stateHome, install } = setUp();
    assert.deepEqual(await checkHooks(seen, stateHome, Date.now()), []);
    install();
    const [check] = await checkHooks(seen, stateHome, Date.now());
    assert.deepEqual([check?.state, check?.detail], ['warning', 'have not been seen working yet']);
    assert.match(check?.advice ?? '', /\/codex:status.*VS Code panel.*tandem\.gate\.afterEdits/);
  });

  test('that were seen are told with their time, the last one first, also if it is just being noted', async () => {
    const { seen, stateHome } = setUp();
    const hours = 3_600_000;
    const now = Date.parse('2026-01-05T12:00:00.000Z');
    const at = (before: number) => new Date(now - before).toISOString();
    const record = {
      SessionStart: { at: at(50 * hours), claude: '2.1.330' },
      UserPromptExpansion: { at: at(5 * 60_000), claude: null },
      Stop: { at: at(2.5 * hours), claude: null },
      [afterEdits]: { at: at(61_000), claude: null },
    };
    writeFileSync(path.join(stateHome, 'hooks-seen.json'), JSON.stringify(record));
    const [check] = await checkHooks(seen, stateHome, now);
    assert.equal(check?.state, 'ok');
    assert.equal(
      check.detail,
      'seen review after edits 1 min ago, UserPromptExpansion 5 min ago, Stop 2 h ago, SessionStart 2 d ago (Claude Code 2.1.330)',
    );
    void seen.sawHook('SessionEnd');
    assert.match(
      (await checkHooks(seen, stateHome, Date.now()))[0]?.detail ?? '',
      /^seen SessionEnd just now, /,
    );
  });
});

describe('the runtime', () => {
  test('is the first recorded one that is still there, else the Node on PATH', async () => {
    const { stateHome, install, program } = setUp();
    const none = { PATH: '' };
    assert.deepEqual(await checkRuntime(stateHome, none), []);
    const node = program(path.join(stateHome, 'node'));
    const code = program(path.join(stateHome, 'code'));
    install(node, code);
    const detail = async (env: NodeJS.ProcessEnv = none) => (await checkRuntime(stateHome, env))[0]?.detail;
    assert.equal(await detail(), `${node} (recorded by the installation)`);
    rmSync(node);
    assert.equal(await detail(), `${code} (recorded by the installation)`);
    rmSync(code);
    assert.equal(await detail({ PATH: path.dirname(process.execPath) }), process.execPath);
  });
});

test('other executables are told with where they were found; links to the chosen one are not others', async () => {
  const { stateHome, program } = setUp();
  const folder = (name: string) => path.join(stateHome, name);
  const chosen = program(path.join(folder('a'), 'claude'));
  mkdirSync(folder('link'));
  symlinkSync(chosen, path.join(folder('link'), 'claude'));
  const other = program(path.join(folder('b'), 'claude'));
  const env = { PATH: [folder('a'), folder('link'), folder('b')].join(':'), HOME: stateHome };
  const [check] = await checkOtherClaude('', env);
  assert.deepEqual([check?.id, check?.state], ['claude-candidates', 'info']);
  assert.ok(check?.detail.startsWith(`${other} (on PATH)`), check?.detail);
  const setting = program(path.join(folder('c'), 'claude'));
  const [beside] = await checkOtherClaude(setting, env);
  assert.ok(beside?.detail.startsWith(`${chosen} (on PATH), ${other} (on PATH)`), beside?.detail);
});
