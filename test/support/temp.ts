import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { atProcessEnd } from './cleanup.ts';

export interface TempFolder {
  /** Absolute, with symbolic links resolved (macOS: /private/var…), because real programs report resolved paths. */
  readonly path: string;
  dispose(): Promise<void>;
}

let root: string | undefined;
let count = 0;

/**
 * The folder that holds everything this process makes; removed when the process ends.
 * Its path is short because Unix socket paths below it may have at most 107 bytes.
 */
export function tempRoot(): string {
  if (root === undefined) {
    const made = mkdtempSync(path.join(realpathSync(tmpdir()), 'tandem-'));
    atProcessEnd(() => rmSync(made, { recursive: true, force: true }));
    root = made;
  }
  return root;
}

/** A new empty folder below `tempRoot()`. `label` appears in its name and must be a plain word. */
export function createTempFolder(label = 'temp'): TempFolder {
  count += 1;
  const folder = path.join(tempRoot(), `${label}-${count}`);
  mkdirSync(folder, { mode: 0o700 });
  return { path: folder, dispose: () => rm(folder, { recursive: true, force: true }) };
}
