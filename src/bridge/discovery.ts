import { rmSync } from 'node:fs';
import { chmod, readFile, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { isAlive } from '../base/childProcess.ts';
import { errorCode, messageOf } from '../base/errors.ts';
import { makePrivateFolder, writeJson } from '../base/files.ts';
import type { Logger } from '../base/logger.ts';
import { type Discovery, discoveryFolder, parseDiscovery } from '../protocol/discovery.ts';
import { removeAddress } from './endpoint.ts';

/** Writes the host's discovery file as a whole (0600) and returns its path. */
export async function publish(stateHome: string, discovery: Discovery): Promise<string> {
  const folder = discoveryFolder(stateHome);
  await makePrivateFolder(folder);
  // It may be there already, made by somebody with a wider mask.
  await chmod(folder, 0o700);
  const file = path.join(folder, `${discovery.id}.json`);
  await writeJson(file, discovery);
  return file;
}

export async function unpublish(file: string): Promise<void> {
  await rm(file, { force: true });
}

/** The same for the end of the process. Never throws: nobody is left to be told. */
export function unpublishSync(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // The next host's sweep finds what stays.
  }
}

/**
 * Removes what hosts left behind that were killed: their discovery files and socket folders. On any doubt a file stays:
 * it may be half written, of another machine that shares the home folder, or of a later version.
 */
export async function sweepStaleHosts(stateHome: string, logger: Logger): Promise<void> {
  const folder = discoveryFolder(stateHome);
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    try {
      const discovery = await readDiscovery(file);
      if (discovery === null || !isProvablyGone(discovery)) continue;
      await removeAddress(discovery.address);
      await unpublish(file);
      logger.info(`Removed what host ${discovery.pid} left behind.`);
    } catch (error) {
      logger.warn(`What a former host left behind stays for now (${name}): ${messageOf(error)}`);
    }
  }
}

function isProvablyGone({ machine, pid, startTime }: Discovery): boolean {
  return machine === hostname() && !isAlive({ pid, startTime });
}

async function readDiscovery(file: string): Promise<Discovery | null> {
  try {
    return parseDiscovery(await readFile(file, 'utf8'));
  } catch (error) {
    // Another host's sweep, or that host itself, was faster.
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
