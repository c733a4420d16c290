import { mkdirSync } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod/mini';
import { errorCode, messageOf } from './errors.ts';
import type { Logger } from './logger.ts';

/** Makes a folder that only its owner can look into. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

/** Replaces the file as a whole: a reader (or a crash) sees the old content or the new one. Mode 0600. */
export async function writePrivateFile(file: string, content: string | Buffer): Promise<void> {
  await makePrivateFolder(path.dirname(file));
  await writeFileAtomic(file, content, { mode: 0o600 });
}

/**
 * Makes a file, mode 0600, that nobody else makes at the same time. One that cannot be written (the disk is full) does not stay.
 * @returns false if it is there already
 */
export async function createPrivateFile(file: string, content: string): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'wx', 0o600);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    await handle.writeFile(content);
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return true;
}

export async function writeJson(file: string, value: unknown): Promise<void> {
  await writePrivateFile(file, jsonText(value));
}

/** The same before anything else happens; for small files that need not survive the machine. */
export function writeJsonSync(file: string, value: unknown): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileAtomic.sync(file, jsonText(value), { mode: 0o600, fsync: false });
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}

/**
 * Reads a JSON file and checks its shape. Null if there is none. A damaged file is set aside under the name
 * `<file>.damaged` (so that nothing is lost and the next write does not trip over it), which is logged; then null.
 */
export async function readJson<T>(file: string, schema: z.ZodMiniType<T>, logger: Logger): Promise<T | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    return z.parse(schema, JSON.parse(text));
  } catch (error) {
    const aside = `${file}.damaged`;
    logger.warn(
      `${file} could not be read and was set aside as ${path.basename(aside)}: ${messageOf(error)}`,
    );
    await setAside(file, aside);
    return null;
  }
}

async function setAside(file: string, aside: string): Promise<void> {
  try {
    await rename(file, aside);
  } catch (error) {
    // Another reader was faster.
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
