import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pluginFolder, pluginVersion, replacePluginFolder } from '../../../src/claude/pluginFolder.ts';
import { createTempFolder } from '../../support/temp.ts';

function makeSource(version: string): string {
  const folder = createTempFolder('source').path;
  mkdirSync(path.join(folder, '.claude-plugin'));
  writeFileSync(
    path.join(folder, '.claude-plugin', 'plugin.json'),
    JSON.stringify({ name: 'codex', version }),
  );
  writeFileSync(path.join(folder, 'tandem.mjs'), version);
  return folder;
}

test('the folder is replaced as a whole, and no copy is left', async () => {
  const home = createTempFolder('state').path;
  const old = makeSource('1.0.0');
  writeFileSync(path.join(old, 'gone-in-2.md'), '');
  await replacePluginFolder(old, home);
  await replacePluginFolder(makeSource('2.0.0'), home);
  assert.equal(await pluginVersion(pluginFolder(home)), '2.0.0');
  assert.deepEqual(readdirSync(pluginFolder(home)).sort(), ['.claude-plugin', 'tandem.mjs']);
  assert.deepEqual(readdirSync(home), ['claude-plugin']);
});

test('windows that do it at the same time do not harm each other', async () => {
  const home = createTempFolder('state').path;
  const source = makeSource('1.0.0');
  await Promise.all(Array.from({ length: 8 }, () => replacePluginFolder(source, home)));
  assert.equal(readFileSync(path.join(pluginFolder(home), 'tandem.mjs'), 'utf8'), '1.0.0');
  assert.deepEqual(readdirSync(home), ['claude-plugin']);
});

test('what a killed install left goes, what a living one needs stays', async () => {
  const home = createTempFolder('state').path;
  const living = `.claude-plugin-new-${process.pid}-1`;
  for (const name of ['.claude-plugin-old-999999999-1', living, '.claude-plugin-notes'])
    mkdirSync(path.join(home, name));
  await replacePluginFolder(makeSource('1.0.0'), home);
  assert.deepEqual(readdirSync(home).sort(), [living, '.claude-plugin-notes', 'claude-plugin'].sort());
});

test('no folder, no version; a damaged manifest says so', async () => {
  const home = createTempFolder('state').path;
  assert.equal(await pluginVersion(pluginFolder(home)), null);
  const source = makeSource('1.0.0');
  writeFileSync(path.join(source, '.claude-plugin', 'plugin.json'), '{"name"');
  await replacePluginFolder(source, home);
  await assert.rejects(pluginVersion(pluginFolder(home)), /is damaged/);
});
