import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../base/errors.ts';
import { orEmpty } from '../base/orEmpty.ts';
import { type Discovery, discoveryFolder, parseDiscovery } from '../protocol/discovery.ts';

/** What all hosts of this state folder have published, living or not. */
export async function publishedHosts(stateHome: string): Promise<Discovery[]> {
  const folder = discoveryFolder(stateHome);
  const names = (await orEmpty(readdir(folder), [])).filter((name) => name.endsWith('.json'));
  const found = await Promise.all(names.map((name) => readDiscovery(path.join(folder, name))));
  return found.filter((discovery) => discovery !== null);
}

export async function readDiscovery(file: string): Promise<Discovery | null> {
  try {
    return parseDiscovery(await readFile(file, 'utf8'));
  } catch (error) {
    // Hosts come and go while we look; a file that we may not read is not ours.
    if (errorCode(error) !== undefined) return null;
    throw error;
  }
}
