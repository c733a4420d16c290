import { chmod, lstat, mkdir, readFile, readdir, readlink, rm, rmdir, symlink } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { UserError, errorCode } from '../base/errors.ts';
import { isInside } from '../base/paths.ts';

/** A file, or a symbolic link, of the working tree as it is on disk. */
export interface WorkingFile {
  /** Of a link: where it points. */
  readonly content: Buffer;
  /** As git writes it: `100644`, `100755`, `120000`. */
  readonly mode: string;
}

/** Something that has to go before there can be a file at a place. */
export interface Obstacle {
  /** Relative to the root, with `/`: the place itself, or a folder on the way to it. */
  readonly path: string;
  readonly kind: 'file' | 'link' | 'folder';
}

/**
 * What is at a place of the working tree; null where there is neither a file nor a link.
 * @param file relative to the root, with `/`
 * @throws UserError where the place is not in the repository, or a folder on the way is a link
 */
export async function readWorkingFile(root: string, file: string): Promise<WorkingFile | null> {
  const absolute = await placeOf(root, file);
  const info = await lookAt(absolute);
  if (info === null || info.isDirectory()) return null;
  if (info.isSymbolicLink()) return { content: Buffer.from(await readlink(absolute)), mode: '120000' };
  if (!info.isFile()) throw new UserError(`${file} is not a file.`);
  return { content: await readFile(absolute), mode: info.mode & 0o111 ? '100755' : '100644' };
}

/** What keeps a file from being at a place; null for nothing. @throws UserError for a place outside of the repository */
export async function obstacleTo(root: string, file: string): Promise<Obstacle | null> {
  const absolute = inside(root, file);
  const names = file.split('/');
  for (let depth = 1; depth < names.length; depth += 1) {
    const folder = names.slice(0, depth).join('/');
    const info = await lookAt(path.join(root, folder));
    if (info === null) return null;
    if (!info.isDirectory()) return { path: folder, kind: info.isSymbolicLink() ? 'link' : 'file' };
  }
  return (await lookAt(absolute))?.isDirectory() === true ? { path: file, kind: 'folder' } : null;
}

/**
 * Replaces what is at a place of the working tree; null removes it, and the folders that are empty then, as git does.
 * @throws UserError as `readWorkingFile`; what the file system says
 */
export async function writeWorkingFile(root: string, file: string, to: WorkingFile | null): Promise<void> {
  const absolute = await placeOf(root, file);
  const former = await lookAt(absolute);
  if (to === null) {
    if (former !== null) await remove(root, absolute);
    return;
  }
  await mkdir(path.dirname(absolute), { recursive: true });
  if (former?.isDirectory() === true) await removeEmptyFolder(absolute);
  // An atomic write follows a link to what it points at.
  if (former?.isSymbolicLink() === true || (former?.isFile() === true && isLink(to))) await rm(absolute);
  if (isLink(to)) {
    await symlink(to.content.toString(), absolute);
    return;
  }
  await writeFileAtomic(absolute, to.content);
  await makeExecutable(absolute, to.mode === '100755');
}

export function isSameFile(a: WorkingFile | null, b: WorkingFile | null): boolean {
  if (a === null || b === null) return a === b;
  return a.content.equals(b.content) && (a.mode === b.mode || process.platform === 'win32');
}

export function isLink({ mode }: Pick<WorkingFile, 'mode'>): boolean {
  return mode === '120000';
}

/** True for a link at that place whose target is outside of the repository. */
export function leadsOut(root: string, file: string, link: WorkingFile): boolean {
  return !isInside(root, path.resolve(root, path.dirname(file), link.content.toString()));
}

async function remove(root: string, absolute: string): Promise<void> {
  await rm(absolute);
  for (let folder = path.dirname(absolute); folder !== root; folder = path.dirname(folder)) {
    if ((await readdir(folder)).length > 0) return;
    await rmdir(folder);
  }
}

/** With the empty folders in it. */
async function removeEmptyFolder(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await removeEmptyFolder(path.join(folder, entry.name));
  await rmdir(folder);
}

/** For those who may read it. */
async function makeExecutable(absolute: string, wanted: boolean): Promise<void> {
  if (process.platform === 'win32') return;
  const mode = (await lstat(absolute)).mode & 0o777;
  const executable = mode & 0o111;
  if (wanted && executable === 0) await chmod(absolute, mode | ((mode & 0o444) >> 2));
  if (!wanted && executable !== 0) await chmod(absolute, mode & ~0o111);
}

/** Its folders as far as they exist must be real ones: nothing is written through a link. */
async function placeOf(root: string, file: string): Promise<string> {
  const absolute = inside(root, file);
  if ((await obstacleTo(root, file))?.kind === 'link') throw behindLink(file);
  return absolute;
}

export function behindLink(file: string): UserError {
  return new UserError(`${file} is behind a symbolic link, and is left as it is.`);
}

function inside(root: string, file: string): string {
  const absolute = path.resolve(root, file);
  const isGit = file.split('/').some((name) => name.toLowerCase() === '.git');
  if (!isInside(root, absolute) || absolute === root || isGit)
    throw new UserError(`${file} is not a file of the repository.`);
  return absolute;
}

/** Null for nothing. A file on the way is no folder that could hold anything. */
async function lookAt(absolute: string): Promise<Stats | null> {
  try {
    return await lstat(absolute);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
    throw error;
  }
}
