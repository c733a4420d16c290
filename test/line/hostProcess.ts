import type { Host } from '../../src/app/host.ts';
import type { Settings } from '../../src/app/settings.ts';
import type { RaceOrder } from '../../src/jobs/orders.ts';
import type { Order } from '../../src/protocol/order.ts';
import type { Environment } from '../support/environment.ts';
import { createPlainHost } from './plainHost.ts';

/**
 * A host in a process of its own, to be killed by a test: `argv[2]` is the JSON of `HostProcessOptions`. Prints `ready`
 * once it listens. Ends with its input, so that it does not outlive a test that could not kill it.
 */
export interface HostProcessOptions {
  codex: string;
  stateHome: string;
  folders: string[];
  kind?: Host['kind'];
  settings?: Partial<Settings>;
  /** Placed in the first folder once it listens. */
  order?: Order;
  /** The same of a fix race. */
  race?: RaceOrder;
}

/** What the test gave this process: it is clean already. */
function ownEnvironment(): Environment {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

const options = JSON.parse(process.argv[2] ?? '{}') as HostProcessOptions;
const host = createPlainHost({ ...options, env: ownEnvironment() });
process.stdin.resume().on('end', () => {
  void host.dispose().then(() => process.exit());
});
await host.app.start();
const [folder = ''] = options.folders;
if (options.order) await host.place(folder, options.order);
if (options.race) await host.app.race(options.race, { cwd: folder, origin: 'editor', session: null });
process.stdout.write('ready\n');
