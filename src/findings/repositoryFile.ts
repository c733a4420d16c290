import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../base/errors.ts';
import { isInside, realPathOrNull } from '../base/paths.ts';

/** Larger files are not read for their lines; ranges in them are kept as they are. Bytes. */
export const maxFileBytes = 10 * 1024 * 1024;

/**
 * The absolute path if it is a place inside the repository for certain, following links as far as they exist; else null.
 * @param written by whoever: absolute, relative to the repository, elsewhere, or nonsense
 * @param repository absolute real path
 */
export async function resolveInside(written: string, repository: string): Promise<string | null> {
  if (written === '' || written.includes('\0')) return null;
  const absolute = path.resolve(repository, written);
  const real = await realPathOrNull(absolute);
  if (real !== null) return isInside(repository, real) && real !== repository ? real : null;
  // The file is gone: its nearest existing folder decides.
  const parent = await nearestRealFolder(path.dirname(absolute));
  const resolved = path.join(parent.real, path.relative(parent.written, absolute));
  return isInside(repository, resolved) && resolved !== repository ? resolved : null;
}

async function nearestRealFolder(folder: string): Promise<{ written: string; real: string }> {
  const real = await realPathOrNull(folder);
  if (real !== null) return { written: folder, real };
  const parent = path.dirname(folder);
  return parent === folder ? { written: folder, real: folder } : nearestRealFolder(parent);
}

/** The path of a file as findings have it: relative to the repository, with `/`. */
export function relativeFile(repository: string, absolute: string): string {
  return path.relative(repository, absolute).split(path.sep).join('/');
}

/** What a file holds. */
export type FileText = { text: string } | 'too large';

/** The text of a file; null if there is no such file, or it cannot be read. */
export async function readText(file: string): Promise<FileText | null> {
  try {
    const info = await stat(file);
    if (!info.isFile()) return null;
    return info.size > maxFileBytes ? 'too large' : { text: await readFile(file, 'utf8') };
  } catch (error) {
    // Gone, unreadable, or a name that no file can have: whatever the system says, there are no lines to point at.
    if (errorCode(error) !== undefined) return null;
    throw error;
  }
}

/** The lines of a text, without their ends. */
export function linesOfFile(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  // A newline at the end closes the last line; it does not begin another one.
  return lines.length > 1 && lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
