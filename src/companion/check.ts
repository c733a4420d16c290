import { UsageError, UserError } from '../base/errors.ts';
import { readDiscovery } from '../client/discoverHosts.ts';
import { HostConnection, HostUnusable } from '../client/hostConnection.ts';
import type { HelloResult } from '../protocol/bridge.ts';
import { bridgeProtocolVersion, hostVariable } from '../protocol/discovery.ts';
import { clientOf } from './openHost.ts';

export interface CheckResult {
  companion: { version: string; protocol: number };
  host: HelloResult['host'];
}

/**
 * Shakes hands with the host that `TANDEM_HOST` names, and with no other: the proof that an installed companion starts,
 * and reaches the window that installed it.
 * @throws UsageError, UserError
 */
export async function check(env: NodeJS.ProcessEnv): Promise<CheckResult> {
  const file = env[hostVariable] ?? '';
  if (file === '') throw new UsageError(`${hostVariable} does not name a host's file.`);
  const discovery = await readDiscovery(file);
  if (discovery === null) throw new UserError(`There is no host at ${file}.`);
  try {
    const connection = await HostConnection.open(discovery, clientOf({ kind: 'check' }));
    connection.close();
    return {
      companion: { version: TANDEM_VERSION, protocol: bridgeProtocolVersion },
      host: connection.host,
    };
  } catch (error) {
    if (error instanceof HostUnusable)
      throw new UserError(`The host at ${file} cannot be used: ${error.problem}.`);
    throw error;
  }
}
