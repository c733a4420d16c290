import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Environment } from './environment.ts';
import { createTempFolder } from './temp.ts';

/** A home folder for the real programs: a new one, or one that both vendors' programs share. */
export interface Home {
  readonly path: string;
  /**
   * HOME, the XDG folders and the folder for temporary files, all below `path`: nothing is read from or written to the user's own.
   * (Both programs leave things in the folder for temporary files.)
   */
  readonly environment: Environment;
  /** Removes the folder, unless it was given by the caller. */
  dispose(): Promise<void>;
}

export function createHome(given?: string): Home {
  const made = given === undefined ? createTempFolder('home') : undefined;
  const folder = made?.path ?? given ?? '';
  const temporary = path.join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true, mode: 0o700 });
  return {
    path: folder,
    environment: {
      HOME: folder,
      USERPROFILE: folder,
      XDG_CONFIG_HOME: path.join(folder, '.config'),
      XDG_CACHE_HOME: path.join(folder, '.cache'),
      XDG_DATA_HOME: path.join(folder, '.local', 'share'),
      XDG_STATE_HOME: path.join(folder, '.local', 'state'),
      TMPDIR: temporary,
      TEMP: temporary,
      TMP: temporary,
    },
    dispose: async () => made?.dispose(),
  };
}
