import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { makePrivateFolder, writePrivateFile } from '../base/files.ts';
import type { AppServer } from '../codex/appServer.ts';
import type { AppServerConnection } from '../codex/connection.ts';
import { parseEndpoint } from '../codex/endpoint.ts';
import { runRemotely } from '../codex/remoteCommand.ts';
import { gitArguments, gitOrThrow, gitVariables } from '../git/git.ts';
import type { Host } from './host.ts';
import { worktreesFolder } from './workplaces.ts';

export interface ServerSightParts {
  host: Pick<Host, 'settings' | 'stateHome' | 'env'>;
  appServer: Pick<AppServer, 'use'>;
}

/** An App Server that does not see the worktrees of this machine. */
export interface Elsewhere {
  /** Its address, for people. */
  readonly server: string;
  /** The repository is the one of this machine all the same, as in a container that has been given it. */
  readonly sharesRepository: boolean;
}

/**
 * Whether Codex works where it does not see our worktrees; null where it sees them. A loopback address or a socket may
 * lead through a tunnel or into a container, so that the server is asked for files that have just been written.
 * @throws UserError if it cannot be reached
 */
export async function elsewhereOf(
  { host, appServer }: ServerSightParts,
  repository: string,
): Promise<Elsewhere | null> {
  const endpoint = parseEndpoint(host.settings().appServerEndpoint);
  if (endpoint === null) return null;
  const { text: server } = endpoint;
  if (endpoint.kind === 'network' && !endpoint.isLoopback) return { server, sharesRepository: false };
  return appServer.use(async (connection) => {
    const look = { connection, repository, env: host.env };
    if (await sees(worktreesFolder(host.stateHome), look)) return null;
    const gitFolder = await gitOrThrow(repository, ['rev-parse', '--absolute-git-dir'], look);
    return { server, sharesRepository: await sees(gitFolder.trim(), look) };
  });
}

interface Look {
  connection: AppServerConnection;
  repository: string;
  env: NodeJS.ProcessEnv;
}

/** Whether a file of this folder is the same for the server. Its git hashes it, because git is what it has to have. */
async function sees(folder: string, { connection, repository, env }: Look): Promise<boolean> {
  await makePrivateFolder(folder);
  const file = path.join(folder, `tandem-${randomBytes(8).toString('hex')}.look`);
  await writePrivateFile(file, randomBytes(16).toString('hex'));
  try {
    const args = ['hash-object', '--no-filters', file];
    const here = await gitOrThrow(repository, args, { env });
    const command = ['git', ...gitArguments(repository, args)];
    const there = await runRemotely(connection, { command, cwd: repository, env: gitVariables() });
    return there.code === 0 && there.stdout.trim() === here.trim();
  } finally {
    await rm(file, { force: true });
  }
}
