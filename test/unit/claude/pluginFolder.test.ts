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

const asItIs = () => Promise.resolve();

test('the folder is replaced as a whole, and no copy is left', async () => {
  const home = createTempFolder('state').path;
  const old = makeSource('1.0.0');
  writeFileSync(path.join(old, 'gone-in-2.md'), '');
  await replacePluginFolder(old, home, asItIs);
  await replacePluginFolder(makeSource('2.0.0'), home, asItIs);
  assert.equal(await pluginVersion(pluginFolder(home)), '2.0.0');
  assert.deepEqual(readdirSync(pluginFolder(home)).sort(), ['.claude-plugin', 'tandem.mjs']);
  assert.deepEqual(readdirSync(home), ['claude-plugin']);
});

test('windows that do it at the same time do not harm each other', async () => {
  const home = createTempFolder('state').path;
  const source = makeSource('1.0.0');
  await Promise.all(Array.from({ length: 8 }, () => replacePluginFolder(source, home, asItIs)));
  assert.equal(readFileSync(path.join(pluginFolder(home), 'tandem.mjs'), 'utf8'), '1.0.0');
  assert.deepEqual(readdirSync(home), ['claude-plugin']);
});

test('what a killed install left goes, what a living one needs stays', async () => {
  const home = createTempFolder('state').path;
  const living = `.claude-plugin-new-${process.pid}-1`;
  for (const name of ['.claude-plugin-old-999999999-1', living, '.claude-plugin-notes'])
    mkdirSync(path.join(home, name));
  await replacePluginFolder(makeSource('1.0.0'), home, asItIs);
  assert.deepEqual(readdirSync(home).sort(), [living, '.claude-plugin-notes', 'claude-plugin'].sort());
});

test('no folder, no version; a damaged manifest says so', async () => {
  const home = createTempFolder('state').path;
  assert.equal(await pluginVersion(pluginFolder(home)), null);
  const source = makeSource('1.0.0');
  writeFileSync(path.join(source, '.claude-plugin', 'plugin.json'), '{"name"');
  await replacePluginFolder(source, home, asItIs);
  await assert.rejects(pluginVersion(pluginFolder(home)), /is damaged/);
});

test('nobody sees a copy before it is ready, and one that does not get ready leaves the old one', async () => {
  const home = createTempFolder('state').path;
  await replacePluginFolder(makeSource('1.0.0'), home, (folder) => {
    assert.notEqual(folder, pluginFolder(home));
    writeFileSync(path.join(folder, 'ready'), '');
    return Promise.resolve();
  });
  assert.ok(readdirSync(pluginFolder(home)).includes('ready'));
  const failing = replacePluginFolder(makeSource('2.0.0'), home, () =>
    Promise.reject(new Error('disk full')),
  );
  await assert.rejects(failing, /disk full/);
  assert.equal(await pluginVersion(pluginFolder(home)), '1.0.0');
  assert.deepEqual(readdirSync(home), ['claude-plugin']);
});
