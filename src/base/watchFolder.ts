import { watch } from 'node:fs';
import type { Disposable } from './disposable.ts';
import { messageOf } from './errors.ts';
import { makePrivateFolder } from './files.ts';
import type { Logger } from './logger.ts';

/** Makes the folder where it is not there, and calls the listener with the name of each file in it that changes. */
export async function watchFolder(
  folder: string,
  listener: (name: string) => void,
  logger: Logger,
): Promise<Disposable> {
  await makePrivateFolder(folder);
  const watcher = watch(folder, { persistent: false }, (_, name) => {
    if (name !== null) listener(name);
  });
  watcher.on('error', (error) => logger.warn(`${folder} is no longer watched: ${messageOf(error)}`));
  return { dispose: () => watcher.close() };
}
