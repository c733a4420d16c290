import { BridgeServer } from '../../src/bridge/bridgeServer.ts';
import { FakeService } from '../unit/bridge/fakeService.ts';
import { createRecordingLogger } from '../unit/bridge/samples.ts';

/** A host in a process of its own: prints its discovery file, and ends with its stdin. `node --import tsx otherHost.ts STATE_HOME` */
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
process.stdin.resume().on('end', () => void bridge.close());
