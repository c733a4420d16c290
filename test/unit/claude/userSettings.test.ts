import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { UserError } from '../../../src/base/errors.ts';
import { withSettingsFile } from '../../../src/claude/settingsFile.ts';
import { readUserSettings } from '../../../src/claude/userSettings.ts';
import { createTempFolder } from '../../support/temp.ts';

const settingsIn = (content: string) => {
  const folder = createTempFolder('claude').path;
  const file = path.join(folder, 'settings.json');
  writeFileSync(file, content);
  return { file, read: () => readUserSettings({ CLAUDE_CONFIG_DIR: folder }) };
};

describe('what a run gets of the user’s settings of Claude Code', () => {
  test('its login, its model and what it must not do; nothing that allows anything or runs beside it', async () => {
    const { read } = settingsIn(
      JSON.stringify({
        apiKeyHelper: '/bin/key',
        model: 'opus',
        env: { HTTPS_PROXY: 'http://proxy', RETRIES: 3, CLAUDE_CODE_USE_BEDROCK: true },
        permissions: {
          allow: ['Write(//**)'],
          deny: ['Read(.env)'],
          ask: ['Edit'],
          additionalDirectories: ['/etc'],
          defaultMode: 'bypassPermissions',
        },
        hooks: { Stop: [] },
        enabledPlugins: { 'x@y': true },
        enabledMcpjsonServers: ['x'],
        sandbox: { enabled: false },
        statusLine: { type: 'command', command: 'x' },
      }),
    );
    assert.deepEqual(await read(), {
      env: { HTTPS_PROXY: 'http://proxy', RETRIES: '3', CLAUDE_CODE_USE_BEDROCK: 'true' },
      settings: {
        apiKeyHelper: '/bin/key',
        model: 'opus',
        permissions: { deny: ['Read(.env)'], ask: ['Edit'] },
      },
    });
  });

  test('no file, an empty one and a byte order mark are nothing wrong', async () => {
    const nothing = { env: {}, settings: {} };
    assert.deepEqual(await readUserSettings({ CLAUDE_CONFIG_DIR: '/nowhere' }), nothing);
    assert.deepEqual(await settingsIn(' \n').read(), nothing);
    assert.deepEqual(await settingsIn('\uFEFF{}').read(), nothing);
  });

  for (const [name, content, message] of [
    ['cut off', '{ "env": { "KEY": "sk-secret"', /settings\.json is not valid JSON\. Claude is not started/],
    ['of another kind', '[]', /holds a value of the wrong kind/],
    ['with a value of another kind', '{ "env": { "KEY": ["sk-secret"] } }', /at “env\.KEY”/],
    ['with rules of another kind', '{ "permissions": { "deny": "sk-secret" } }', /at “permissions\.deny”/],
  ] as const)
    test(`a damaged file is told, quoted by nobody and left as it is: ${name}`, async () => {
      const { file, read } = settingsIn(content);
      await assert.rejects(read(), (error) => {
        assert.ok(error instanceof UserError);
        assert.match(error.message, message);
        assert.doesNotMatch(`${error.message} ${error.advice}`, /sk-secret/);
        return true;
      });
      assert.equal(readFileSync(file, 'utf8'), content);
    });
});

test('the file for a run is private, is gone after it, and what a killed host left is removed', async () => {
  const stateHome = createTempFolder('state').path;
  const folder = path.join(stateHome, 'claude-settings');
  mkdirSync(folder);
  const left = (name: string, hours: number) => {
    const file = path.join(folder, name);
    writeFileSync(file, '{}');
    const then = Date.now() / 1000 - hours * 3600;
    utimesSync(file, then, then);
    return file;
  };
  const old = left('old.json', 25);
  const another = left('another.json', 1);
  const failure = new Error('no');
  await assert.rejects(
    withSettingsFile(stateHome, { model: 'opus' }, async (file) => {
      assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { model: 'opus' });
      if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600);
      await Promise.reject(failure);
    }),
    failure,
  );
  assert.deepEqual([existsSync(old), readdirSync(folder)], [false, [path.basename(another)]]);
});
