import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { removeHalfWritten } from '../../../src/base/halfWritten.ts';
import { createTempFolder } from '../../support/temp.ts';

const twoHours = 2 * 60 * 60_000;

test('what killed writes left is removed once no write can still be at it; nothing else is', async () => {
  const folder = createTempFolder().path;
  mkdirSync(path.join(folder, 'jobs'));
  const names = ['12.json', '12.json.248992109', 'x.claim-77', 'notes.1'];
  for (const name of names) writeFileSync(path.join(folder, 'jobs', name), '');
  await removeHalfWritten(folder);
  assert.deepEqual(readdirSync(path.join(folder, 'jobs')).sort(), [...names].sort());
  await removeHalfWritten(folder, Date.now() + twoHours);
  assert.deepEqual(readdirSync(path.join(folder, 'jobs')).sort(), ['12.json', 'notes.1', 'x.claim-77']);
});

test('no folder, no error', async () => {
  await removeHalfWritten(path.join(createTempFolder().path, 'none'));
});
