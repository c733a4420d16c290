import { UserError } from '../base/errors.ts';
import { realPathOrNull, stateHome } from '../base/paths.ts';
import type { HostConnection, HostProblem } from '../client/hostConnection.ts';
import type { Client } from '../protocol/bridge.ts';
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
  kind: Client['door'];
  /** The folder that the caller works in; need not be a real path. */
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Session of Claude Code, and the event of its hook. */
  session?: string;
  event?: string;
  /** One line for the user about how the call is served. */
  notice(line: string): void;
}

/** What a host is wanted for; completes the notice “…: Tandem ___ itself.” */
export type Doing = 'runs it' | 'runs the gate' | 'answers';

/** The living host of the caller's folder, or a headless one started for this call. */
export async function openHost(door: Door, doing: Doing): Promise<OpenHost> {
  const caller = await callerOf(door);
  const { connection, problems } = await findHost(caller);
  if (connection !== null) return found(connection, caller);
  // Who answers a question is worth a word only where a window should have.
  if (doing !== 'answers' || problems.length > 0)
    door.notice(`${reasonFor(problems)}: Tandem ${doing} itself.`);
  const headless = await startHeadlessHost(caller);
  return {
    connection: headless.connection,
    folder: caller.folder,
    leave: (wait) => {
      headless.connection.close();
      return headless.release(wait);
    },
  };
}

/** Asks the host of the caller's folder something that takes it no longer than this call. */
export async function ask<T>(
  door: Door,
  doing: Doing,
  question: (connection: HostConnection, cwd: string) => Promise<T>,
): Promise<T> {
  const host = await openHost(door, doing);
  try {
    return await question(host.connection, host.folder);
  } finally {
    await host.leave(true);
  }
}

/** Tells the living host of the caller's folder something, if there is one; none is started for it. */
export async function tell(
  door: Door,
  message: (connection: HostConnection, cwd: string) => Promise<unknown>,
): Promise<void> {
  const caller = await callerOf(door);
  const { connection } = await findHost(caller);
  if (connection === null) return;
  try {
    await message(connection, caller.folder);
  } finally {
    connection.close();
  }
}

export function clientOf({ kind, session, event }: Pick<Door, 'kind' | 'session' | 'event'>): Client {
  return {
    door: kind,
    pid: process.pid,
    version: TANDEM_VERSION,
    ...(session !== undefined && { session }),
    ...(event !== undefined && { event }),
  };
}

async function callerOf(door: Door): Promise<Caller> {
  const folder = await realPathOrNull(door.cwd);
  if (folder === null) throw new UserError(`The folder ${door.cwd} is not there.`);
  return { folder, client: clientOf(door), env: door.env, stateHome: stateHome(door.env) };
}

function found(connection: HostConnection, { folder }: Caller): OpenHost {
  return {
    connection,
    folder,
    leave: () => {
      connection.close();
      return Promise.resolve();
    },
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
