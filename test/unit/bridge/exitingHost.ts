import { BridgeServer } from '../../../src/bridge/bridgeServer.ts';
import { FakeService } from './fakeService.ts';
import { createRecordingLogger } from './samples.ts';

/** A host that prints its discovery file, and exits without closing when its stdin ends. */
const bridge = new BridgeServer({
  kind: 'window',
  version: '0.1.0',
  stateHome: process.argv[2] ?? '',
  logger: createRecordingLogger(),
  folders: () => [],
  service: new FakeService(),
});
await bridge.listen();
process.stdout.write(`${bridge.discoveryFile}\n`);
process.stdin.resume().on('end', () => process.exit());
