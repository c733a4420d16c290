import { chmod, lstat, mkdir, readFile, readlink, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { UserError, errorCode } from '../base/errors.ts';
import { isInside, realPathOrNull } from '../base/paths.ts';

/** A file, or a symbolic link, of the working tree as it is on disk. */
export interface WorkingFile {
  /** Of a link: where it points. */
  readonly content: Buffer;
  /** As git writes it: `100644`, `100755`, `120000`. */
  readonly mode: string;
}

/**
 * What is at a place of the working tree; null for nothing.
 * @param file relative to the root, with `/`
 * @throws UserError where the place is not in the repository (a folder on the way is a link), or is a folder
 */
export async function readWorkingFile(root: string, file: string): Promise<WorkingFile | null> {
  const absolute = await placeOf(root, file);
  try {
    const info = await lstat(absolute);
    if (info.isSymbolicLink()) return { content: Buffer.from(await readlink(absolute)), mode: '120000' };
    if (!info.isFile()) throw new UserError(`${file} is not a file.`);
    return { content: await readFile(absolute), mode: info.mode & 0o111 ? '100755' : '100644' };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Replaces what is at a place of the working tree; null removes it.
 * @throws UserError as `readWorkingFile`, and for a link that leads out of the repository
 */
export async function writeWorkingFile(root: string, file: string, to: WorkingFile | null): Promise<void> {
  const absolute = await placeOf(root, file);
  if (to === null) {
    await rm(absolute, { force: true });
    return;
  }
  await mkdir(path.dirname(absolute), { recursive: true });
  if (to.mode === '120000') {
    await link(root, file, absolute, to.content.toString());
    return;
  }
  const former = await lstat(absolute).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
  // An atomic write follows a link to what it points at.
  if (former?.isSymbolicLink() === true) await rm(absolute);
  await writeFileAtomic(absolute, to.content);
  const isExecutable = former?.isFile() === true && (former.mode & 0o111) !== 0;
  if (process.platform !== 'win32' && isExecutable !== (to.mode === '100755'))
    await chmod(absolute, to.mode === '100755' ? 0o755 : 0o644);
}

export function isSameFile(a: WorkingFile | null, b: WorkingFile | null): boolean {
  if (a === null || b === null) return a === b;
  return a.content.equals(b.content) && (a.mode === b.mode || process.platform === 'win32');
}

async function link(root: string, file: string, absolute: string, target: string): Promise<void> {
  if (!isInside(root, path.resolve(path.dirname(absolute), target)))
    throw new UserError(`${file} would be a link that leads out of the repository.`);
  await rm(absolute, { force: true });
  await symlink(target, absolute);
}

/** Its folders as far as they exist must be real ones: nothing is written through a link. */
async function placeOf(root: string, file: string): Promise<string> {
  const absolute = path.resolve(root, file);
  if (!isInside(root, absolute) || absolute === root || file.split('/').includes('.git'))
    throw new UserError(`${file} is not a file of the repository.`);
  for (let folder = path.dirname(absolute); folder !== root; folder = path.dirname(folder)) {
    const real = await realPathOrNull(folder);
    if (real !== null && real !== folder)
      throw new UserError(`${file} is behind a symbolic link, and is left as it is.`);
  }
  return absolute;
}
