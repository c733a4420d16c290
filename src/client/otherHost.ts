import type { ProcessIdentity } from '../base/childProcess.ts';
import { UserError } from '../base/errors.ts';
import type { Client } from '../protocol/bridge.ts';
import { publishedHosts } from './discoverHosts.ts';
import { HostConnection, HostUnusable } from './hostConnection.ts';

/**
 * Does something with the host that is this process, over its own socket.
 * @throws UserError if it cannot be reached, and whatever it answers
 */
export async function withHost<T>(
  owner: ProcessIdentity,
  options: { stateHome: string; client: Client; ownId: string | undefined },
  work: (connection: HostConnection) => Promise<T>,
): Promise<T> {
  const hosts = await publishedHosts(options.stateHome);
  // A process may hold several hosts, as tests do; the one that asks is never meant.
  const host = hosts.find(
    ({ id, pid, startTime }) => id !== options.ownId && pid === owner.pid && startTime === owner.startTime,
  );
  if (!host) throw unreachable(owner);
  const connection = await open(host, options.client, owner);
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}

async function open(
  host: Parameters<typeof HostConnection.open>[0],
  client: Client,
  owner: ProcessIdentity,
): Promise<HostConnection> {
  try {
    return await HostConnection.open(host, client);
  } catch (error) {
    throw error instanceof HostUnusable ? unreachable(owner) : error;
  }
}

function unreachable({ pid }: ProcessIdentity): UserError {
  return new UserError(
    `The window or terminal that runs this job (process ${pid}) does not answer.`,
    'Look at it there, or end that process: then the job ends as interrupted.',
  );
}
