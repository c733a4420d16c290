import { UserError } from '../base/errors.ts';
import type { HelloParams } from '../protocol/bridge.ts';
import { realPathOrNull, stateHome } from '../base/paths.ts';
import type { HostConnection, HostProblem } from './connection.ts';
import { type Caller, findHost } from './findHost.ts';
import { startHeadlessHost } from './headlessHost.ts';

/** The host that serves this call, and how to leave it. */
export interface OpenHost {
  connection: HostConnection;
  /** Real path of the caller's folder. */
  folder: string;
  /** With `wait`, a host that was started for this call is gone afterwards. */
  leave(wait: boolean): Promise<void>;
}

export interface Door {
  kind: HelloParams['client']['door'];
  /** The folder that the caller works in; need not be a real path. */
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Session of Claude Code. */
  session?: string;
  /** One line for the user about how the call is served. */
  notice(line: string): void;
}

/**
 * The living host of the caller's folder, or a headless one started for this call.
 * @param doing completes the notice “…: Tandem ___ itself.”
 */
export async function openHost(door: Door, doing: string): Promise<OpenHost> {
  const folder = await realPathOrNull(door.cwd);
  if (folder === null) throw new UserError(`The folder ${door.cwd} is not there.`);
  const caller: Caller = { folder, client: clientOf(door), env: door.env, stateHome: stateHome(door.env) };
  const { connection, problems } = await findHost(caller);
  if (connection !== null) {
    return {
      connection,
      folder,
      leave: () => {
        connection.close();
        return Promise.resolve();
      },
    };
  }
  door.notice(`${reasonFor(problems)}: Tandem ${doing} itself.`);
  const headless = await startHeadlessHost(caller);
  return {
    connection: headless.connection,
    folder,
    leave: (wait) => {
      headless.connection.close();
      return headless.release(wait);
    },
  };
}

export function clientOf({ kind, session }: Pick<Door, 'kind' | 'session'>): HelloParams['client'] {
  return {
    door: kind,
    pid: process.pid,
    version: TANDEM_VERSION,
    ...(session !== undefined && { session }),
  };
}

function reasonFor([problem]: readonly HostProblem[]): string {
  switch (problem) {
    case 'other version':
      return 'The VS Code window of this folder runs another version of Tandem and needs a reload';
    case 'silent':
      return 'The VS Code window of this folder does not answer';
    default:
      return 'No VS Code window has this folder open';
  }
}
