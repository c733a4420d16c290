import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { HooksSeen } from '../../../src/claude/hooksSeen.ts';
import { createTempFolder } from '../../support/temp.ts';
import { createRecordingLogger } from '../bridge/samples.ts';

function setUp() {
  const folder = createTempFolder('state').path;
  const logger = createRecordingLogger();
  return { file: path.join(folder, 'hooks-seen.json'), logger, seen: new HooksSeen(folder, logger), folder };
}

describe('hooks seen alive', () => {
  test('each event with its time and the version, for every host', async () => {
    const { seen, folder, logger, file } = setUp();
    assert.deepEqual(await seen.lastSeen(), new Map());
    const before = Date.now();
    await Promise.all([seen.sawHook('UserPromptExpansion'), seen.sawHook('Stop', '2.1.330')]);
    const sightings = await new HooksSeen(folder, logger).lastSeen();
    assert.deepEqual([...sightings.keys()].sort(), ['Stop', 'UserPromptExpansion']);
    assert.equal(sightings.get('Stop')?.claude, '2.1.330');
    assert.equal(sightings.get('UserPromptExpansion')?.claude, null);
    assert.ok(Date.parse(sightings.get('Stop')?.at ?? '') >= before);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(logger.at('warn', 'error'), []);
  });

  test('is written again when it is old or the version is another, not at every prompt', async () => {
    const { seen, file } = setUp();
    const write = (at: string) => writeFileSync(file, JSON.stringify({ Stop: { at, claude: '2.1.197' } }));
    const now = new Date().toISOString();
    write(now);
    await seen.sawHook('Stop');
    assert.equal((await seen.lastSeen()).get('Stop')?.at, now);
    await seen.sawHook('Stop', '2.1.330');
    assert.equal((await seen.lastSeen()).get('Stop')?.claude, '2.1.330');
    for (const at of ['2020-01-01T00:00:00.000Z', '2999-01-01T00:00:00.000Z', 'yesterday']) {
      write(at);
      await seen.sawHook('Stop');
      const sighting = (await seen.lastSeen()).get('Stop');
      assert.ok(Date.parse(sighting?.at ?? '') >= Date.parse(now), at);
      assert.equal(sighting?.claude, '2.1.197');
    }
  });

  test('a damaged record is set aside; one that can’t be written is logged and harms nobody', async () => {
    const { seen, file, logger } = setUp();
    writeFileSync(file, '{"Stop":');
    await seen.sawHook('Stop');
    assert.equal((await seen.lastSeen()).size, 1);
    assert.equal(readFileSync(`${file}.damaged`, 'utf8'), '{"Stop":');
    assert.equal(logger.at('warn').length, 1);

    const nowhere = new HooksSeen(path.join(file, 'below a file'), logger);
    await nowhere.sawHook('Stop');
    assert.match(logger.at('warn')[1] ?? '', /could not be noted/);
  });
});
