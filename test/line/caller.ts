import assert from 'node:assert/strict';
import { readDiscovery } from '../../src/client/discoverHosts.ts';
import { HostConnection } from '../../src/client/hostConnection.ts';
import type { Client } from '../../src/protocol/bridge.ts';
import type { PlainHost } from './plainHost.ts';

/** Asks a host that has started something over its real socket, as the companion does behind a slash command. */
export async function callHost<T>(
  { app }: PlainHost,
  client: Partial<Client>,
  question: (connection: HostConnection) => Promise<T>,
): Promise<T> {
  const discovery = await readDiscovery(app.bridge.discoveryFile ?? '');
  assert.ok(discovery, 'the host does not listen');
  const caller = { door: 'hook', pid: process.pid, version: '0.0.0', ...client } as const;
  const connection = await HostConnection.open(discovery, caller);
  try {
    return await question(connection);
  } finally {
    connection.close();
  }
}
