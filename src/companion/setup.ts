import type { SetupResult } from '../protocol/bridge.ts';
import { type Door, openHost } from './openHost.ts';

/** What Tandem needs on this machine, and what of it is there. */
export async function setup(door: Door): Promise<SetupResult> {
  const host = await openHost(door, 'looks');
  try {
    return await host.connection.setup({ cwd: host.folder });
  } finally {
    await host.leave(true);
  }
}
