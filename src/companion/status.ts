import type { StatusResult } from '../protocol/bridge.ts';
import type { StatusOptions } from '../protocol/commandLine.ts';
import { type Door, openHost } from './openHost.ts';

/** The jobs of the caller's repository, or one of them. */
export async function status(door: Door, { id }: StatusOptions): Promise<StatusResult> {
  const host = await openHost(door, 'looks');
  try {
    return await host.connection.status({ cwd: host.folder, ...(id !== undefined && { id }) });
  } finally {
    await host.leave(true);
  }
}
