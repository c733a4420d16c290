import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './errors.ts';

/** No write takes so long. Milliseconds. */
const surelyOver = 60 * 60_000;

/**
 * Removes what killed processes left of their atomic writes in the folder and below: `write-file-atomic` writes
 * `<file>.<number>` first and renames it then.
 * @param now in milliseconds since the epoch
 */
export async function removeHalfWritten(folder: string, now = Date.now()): Promise<void> {
  for (const file of await filesBelow(folder)) {
    if (!/\.(json|jsonl|gz|txt)\.\d+$/.test(file)) continue;
    if (now - (await modified(file)) > surelyOver) await rm(file, { force: true });
  }
}

/** In milliseconds since the epoch; of a file that is there no longer: the end of time. */
async function modified(file: string): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return Infinity;
    throw error;
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    return entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => path.join(parentPath, name));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
