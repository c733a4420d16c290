import './version.ts';
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { UserError } from '../../../src/base/errors.ts';
import { BridgeServer } from '../../../src/bridge/bridgeServer.ts';
import type { Door } from '../../../src/companion/openHost.ts';
import { askExport } from '../../../src/companion/queries.ts';
import { createTempFolder } from '../../support/temp.ts';
import { FakeService } from '../bridge/fakeService.ts';
import { createRecordingLogger } from '../bridge/samples.ts';

describe('asking a window for an export', () => {
  let service: FakeService;
  let server: BridgeServer;
  let door: Door;

  beforeEach(async () => {
    service = new FakeService();
    const stateHome = createTempFolder('state').path;
    const cwd = createTempFolder('shop').path;
    const logger = createRecordingLogger();
    server = new BridgeServer({
      kind: 'window',
      version: '1.2.3',
      stateHome,
      logger,
      folders: () => [cwd],
      service,
    });
    await server.listen();
    door = { kind: 'cli', cwd, env: { TANDEM_HOME: stateHome }, notice: () => undefined };
  });
  afterEach(() => server.close());

  test('the text of the file, as it was asked for', async () => {
    assert.equal(await askExport(door, { format: 'sarif', all: true }), 'sarif of all\n');
    assert.equal(await askExport(door, { format: 'json', all: false }), 'json of open ones\n');
  });

  test('a window of an older version: what it knows, or what to do', async () => {
    service.exports = false;
    assert.equal(await askExport(door, { format: 'markdown', all: false }), service.markdown.findings);
    for (const options of [
      { format: 'sarif', all: false },
      { format: 'markdown', all: true },
    ] as const)
      await assert.rejects(
        askExport(door, options),
        (error) => error instanceof UserError && error.advice === 'Reload the window.',
      );
  });
});
