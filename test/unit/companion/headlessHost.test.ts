import './version.ts';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { BridgeServer } from '../../../src/bridge/bridgeServer.ts';
import { startHeadlessHost } from '../../../src/companion/headlessHost.ts';
import { cleanEnvironment } from '../../support/environment.ts';
import { nothingLeft, snapshotLeftovers } from '../../support/processes.ts';
import { createTempFolder } from '../../support/temp.ts';
import { FakeService } from '../bridge/fakeService.ts';
import { createRecordingLogger } from '../bridge/samples.ts';

/** Programs in the place of the headless host, to see the companion meet what no good one does. */
let folder = '';
let before = await snapshotLeftovers();

beforeEach(async () => {
  folder = createTempFolder('headless').path;
  before = await snapshotLeftovers();
});
afterEach(() => nothingLeft(before));

function start(script: string) {
  const program = path.join(folder, 'headless.mjs');
  writeFileSync(program, script);
  const client = { door: 'cli', pid: process.pid, version: '0.0.0' } as const;
  return startHeadlessHost({ folder, client, env: { ...cleanEnvironment() }, stateHome: folder }, program);
}

const untilStdinEnds = 'process.stdin.resume().on("end", () => process.exit());';

describe('a host that does not come up', () => {
  test('says why in its own words', async () => {
    const error = { message: 'The state folder cannot be written.', advice: 'Free some space.' };
    await assert.rejects(start(`console.log('${JSON.stringify({ error })}')`), error);
  });

  for (const [what, script, words] of [
    ['crashes', 'throw new Error("no such luck")', /no such luck/],
    ['ends without a word', '', /could not be started without VS Code/],
    [
      'prints something else',
      `console.log("hello"); ${untilStdinEnds}`,
      /could not be started without VS Code/,
    ],
    [
      'names a file that is not there',
      `console.log('{"discovery":"/nowhere"}'); ${untilStdinEnds}`,
      /ended right after/,
    ],
  ] as const) {
    test(`and ${what} is reported and leaves nothing`, async () => {
      await assert.rejects(start(script), words);
    });
  }

  test('because it is not there is reported', async () => {
    const client = { door: 'cli', pid: 1, version: '0.0.0' } as const;
    const missing = path.join(folder, 'missing.mjs');
    await assert.rejects(
      startHeadlessHost({ folder, client, env: {}, stateHome: folder }, missing),
      /missing\.mjs is missing/,
    );
  });
});

test('a host that comes up is connected to, and let go by its life line', async () => {
  const bridge = new BridgeServer({
    kind: 'headless',
    version: '1.2.3',
    stateHome: folder,
    logger: createRecordingLogger(),
    folders: () => [folder],
    service: new FakeService(),
  });
  await bridge.listen();
  const line = JSON.stringify({ discovery: bridge.discoveryFile });
  const host = await start(`console.log('${line}'); ${untilStdinEnds}`);
  assert.equal((await host.connection.status({ cwd: folder })).jobs.length, 1);
  host.connection.close();
  await host.release(true);
  await bridge.close();
});
