import { isInside } from '../base/paths.ts';
import { publishedHosts, readDiscovery } from '../client/discoverHosts.ts';
import { HostConnection, type HostProblem, HostUnusable } from '../client/hostConnection.ts';
import type { Client } from '../protocol/bridge.ts';
import { type Discovery, hostVariable } from '../protocol/discovery.ts';

export interface Caller {
  /** Real path of the folder that the caller works in. */
  folder: string;
  client: Client;
  env: NodeJS.ProcessEnv;
  stateHome: string;
}

export interface Search {
  connection: HostConnection | null;
  /** Why windows that hold the folder could not be used; `gone` ones are left out, they are nothing to talk about. */
  problems: HostProblem[];
}

/** Finds a living host for the caller's folder: its own window first, then the best of those that published themselves. */
export async function findHost(caller: Caller): Promise<Search> {
  const problems: HostProblem[] = [];
  const own = await ownHost(caller);
  const others = await otherHosts(caller, own);
  for (const discovery of own === null ? others : [own, ...others]) {
    try {
      return { connection: await HostConnection.open(discovery, caller.client), problems };
    } catch (error) {
      if (!(error instanceof HostUnusable)) throw error;
      if (error.problem !== 'gone') problems.push(error.problem);
    }
  }
  return { connection: null, problems };
}

/** The window of the integrated terminal, unless the user has gone to a folder that it does not hold. */
async function ownHost({ env, folder }: Caller): Promise<Discovery | null> {
  const file = env[hostVariable];
  if (file === undefined || file === '') return null;
  const discovery = await readDiscovery(file);
  return discovery !== null && depth(discovery, folder) > 0 ? discovery : null;
}

async function otherHosts({ stateHome, folder }: Caller, own: Discovery | null): Promise<Discovery[]> {
  const others = (await publishedHosts(stateHome)).filter(({ id }) => id !== own?.id);
  return rankHosts(others, folder);
}

/** Those that hold the folder, best first: deepest workspace folder, then windows before headless hosts, then the newest. */
export function rankHosts(hosts: readonly Discovery[], folder: string): Discovery[] {
  return hosts
    .filter((host) => depth(host, folder) > 0)
    .sort(
      (a, b) =>
        depth(b, folder) - depth(a, folder) ||
        Number(a.kind === 'headless') - Number(b.kind === 'headless') ||
        b.startedAt.localeCompare(a.startedAt),
    );
}

/** Length of the host's deepest folder that holds this one; 0 if none does. All of them lie on one line, so longer is deeper. */
function depth({ folders }: Discovery, folder: string): number {
  return Math.max(0, ...folders.filter((parent) => isInside(parent, folder)).map(({ length }) => length));
}
