import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { repositoryFolder } from '../../../src/base/paths.ts';
import { ReviewedTexts, maxTextBytes } from '../../../src/findings/reviewedTexts.ts';
import { createTempFolder } from '../../support/temp.ts';

describe('the texts of reviewed files', () => {
  const home = createTempFolder('reviewed-texts');
  after(() => home.dispose());
  const warnings: string[] = [];
  const quiet = () => undefined;
  const warn = (message: string) => void warnings.push(message);
  const logger = { trace: quiet, debug: quiet, info: quiet, warn, error: quiet };
  const texts = new ReviewedTexts(home.path, '/repository', logger);
  const folder = path.join(repositoryFolder(home.path, '/repository'), 'texts');
  const keep = async (text: string) => {
    const key = await texts.keep(text);
    assert.ok(key);
    return key;
  };
  beforeEach(() => warnings.splice(0));

  test('are kept once, for the user alone, and read back as they were', async () => {
    const key = await keep('grüße\r\n');
    assert.equal(await keep('grüße\r\n'), key);
    assert.deepEqual(readdirSync(folder), [`${key}.gz`]);
    assert.equal(statSync(path.join(folder, `${key}.gz`)).mode & 0o777, 0o600);
    assert.equal(await texts.read(key), 'grüße\r\n');
  });

  test('that are too long are not kept', async () => {
    assert.equal(await texts.keep('x'.repeat(maxTextBytes + 1)), null);
  });

  test('that are not there are null; a key is never another path', async () => {
    assert.equal(await texts.read('0'.repeat(64)), null);
    assert.equal(await texts.read('../../secret'), null);
    assert.deepEqual(warnings, []);
  });

  test('that the disk does not take are not kept, and the log says so', async () => {
    const other = new ReviewedTexts(home.path, '/full', logger);
    const parent = repositoryFolder(home.path, '/full');
    mkdirSync(parent, { recursive: true });
    writeFileSync(path.join(parent, 'texts'), 'a file where the folder would be');
    assert.equal(await other.keep('text'), null);
    assert.match(warnings.join(), /^A reviewed text could not be kept: ENOTDIR/);
  });

  test('that are damaged are null, and the log says so', async () => {
    const key = await keep('will be damaged');
    writeFileSync(path.join(folder, `${key}.gz`), 'damaged');
    assert.equal(await texts.read(key), null);
    assert.equal(warnings.length, 1);
  });

  test('are removed when no finding needs them any more, but not the day they were kept', async () => {
    const [used, unused, fresh] = [await keep('used'), await keep('unused'), await keep('fresh')];
    const old = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000);
    for (const key of [used, unused]) utimesSync(path.join(folder, `${key}.gz`), old, old);
    await texts.prune(new Set([used]));
    assert.equal(await texts.read(used), 'used');
    assert.equal(await texts.read(unused), null);
    assert.equal(await texts.read(fresh), 'fresh');
  });
});
