import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { orEmpty } from '../base/orEmpty.ts';
import { writeJson } from '../base/files.ts';

/** No run takes so long. Milliseconds. */
const surelyOver = 24 * 60 * 60_000;

/**
 * Calls with a file for `--settings` (0600), which is there as long as that takes: other users see what is in arguments, and the
 * command of a login helper may hold a key.
 */
export async function withSettingsFile<T>(
  stateHome: string,
  settings: object,
  use: (file: string) => Promise<T>,
): Promise<T> {
  const folder = path.join(stateHome, 'claude-settings');
  await removeAbandoned(folder);
  const file = path.join(folder, `${randomUUID()}.json`);
  try {
    await writeJson(file, settings);
    return await use(file);
  } finally {
    await rm(file, { force: true });
  }
}

/** What killed hosts left behind. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await orEmpty(readdir(folder), [])) {
    const file = path.join(folder, name);
    const modified = await orEmpty(
      stat(file).then(({ mtimeMs }) => mtimeMs),
      Infinity,
    );
    if (Date.now() - modified > surelyOver) await rm(file, { force: true });
  }
}
