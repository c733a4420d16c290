import './version.ts';
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { UsageError, UserError } from '../../../src/base/errors.ts';
import { BridgeServer } from '../../../src/bridge/bridgeServer.ts';
import { HostConnection } from '../../../src/client/hostConnection.ts';
import { waitFor } from '../../engine/wait.ts';
import { createTempFolder } from '../../support/temp.ts';
import { FakeService } from '../bridge/fakeService.ts';
import { discoveryOf } from '../bridge/rawClient.ts';
import { createRecordingLogger } from '../bridge/samples.ts';

let server: BridgeServer | undefined;
afterEach(() => server?.close());

async function connect(service: FakeService): Promise<HostConnection> {
  server = new BridgeServer({
    kind: 'window',
    version: '1.2.3',
    stateHome: createTempFolder('state').path,
    logger: createRecordingLogger(),
    folders: () => [],
    service,
  });
  await server.listen();
  return HostConnection.open(discoveryOf(server.discoveryFile), { door: 'cli', pid: 1, version: '0.0.0' });
}

test('what waits ends with a clear error when the host goes away', async () => {
  const service = new FakeService();
  service.report = undefined;
  const connection = await connect(service);
  const waiting = connection.wait('review-1234abcd', () => undefined);
  await waitFor('the wait', () => service.waits.length === 1);
  await Promise.all([server?.close(), assert.rejects(waiting, /Tandem ended before it answered/)]);
  await assert.rejects(connection.status({ cwd: '/' }), UserError);
});

test('what waits ends when we close', async () => {
  const service = new FakeService();
  service.report = undefined;
  const connection = await connect(service);
  const waiting = connection.wait('review-1234abcd', () => undefined);
  const rejected = assert.rejects(waiting, UserError);
  connection.close();
  await rejected;
});

test('errors arrive as what they were, with their advice', async () => {
  const service = new FakeService();
  const connection = await connect(service);
  service.failure = new UsageError('There is no branch nope.', 'Try main.');
  await assert.rejects(connection.status({ cwd: '/' }), service.failure);
  service.failure = new UserError('Codex is not logged in.', 'Run `codex login`.');
  await assert.rejects(connection.setup({ cwd: '/' }), service.failure);
  connection.close();
});
