import { randomBytes } from 'node:crypto';
import { rmSync, rmdirSync } from 'node:fs';
import { lstat, mkdtemp, rmdir, stat, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UserError, errorCode, messageOf } from '../base/errors.ts';

/** `sun_path` holds 108 bytes on Linux and 104 on macOS, the closing zero included. */
const maxAddressBytes = process.platform === 'darwin' ? 103 : 107;
const folderPrefix = 'tandem-';

/**
 * Makes an address that nobody else can listen at or guess: a name in an own folder (0700), or a named pipe.
 * @throws UserError if no folder can be made.
 */
export async function makeAddress(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  if (process.platform === 'win32') return `\\\\.\\pipe\\tandem-${randomBytes(16).toString('hex')}`;
  const problems: string[] = [];
  for (const base of await baseFolders(env)) {
    const name = randomBytes(12).toString('base64url');
    if (Buffer.byteLength(path.join(base, `${folderPrefix}XXXXXX`, name)) > maxAddressBytes) {
      problems.push(`${base} is too long a path for a socket.`);
      continue;
    }
    try {
      return path.join(await mkdtemp(path.join(base, folderPrefix)), name);
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  throw new UserError(
    `No folder for Tandem's local socket could be made. ${problems.join(' ')}`,
    'Point TMPDIR at a short folder that you can write to.',
  );
}

async function baseFolders(env: NodeJS.ProcessEnv): Promise<string[]> {
  const runtime = env['XDG_RUNTIME_DIR'];
  const folders = [tmpdir(), '/tmp'];
  if (runtime !== undefined && (await isPrivateFolder(runtime))) folders.unshift(runtime);
  return folders.filter((folder, index) => folders.indexOf(folder) === index);
}

/** The XDG specification asks for an own folder with mode 0700; one that is not would be worse than the temp folder. */
async function isPrivateFolder(folder: string): Promise<boolean> {
  if (!path.isAbsolute(folder)) return false;
  try {
    const info = await stat(folder);
    return info.isDirectory() && info.uid === process.getuid?.() && (info.mode & 0o077) === 0;
  } catch (error) {
    if (errorCode(error) !== undefined) return false;
    throw error;
  }
}

/** Removes the socket and its folder, if they are there and are what `makeAddress` makes; nothing else, and nothing below. */
export async function removeAddress(address: string): Promise<void> {
  const folder = path.dirname(address);
  if (process.platform === 'win32' || !path.basename(folder).startsWith(folderPrefix)) return;
  await ignoreAbsence(async () => {
    if ((await lstat(address)).isSocket()) await unlink(address);
  });
  await ignoreAbsence(() => rmdir(folder));
}

/** The same for the end of the process, of an address that is our own. Never throws: nobody is left to be told. */
export function removeOwnAddressSync(address: string): void {
  if (process.platform === 'win32') return;
  try {
    rmSync(address, { force: true });
    rmdirSync(path.dirname(address));
  } catch {
    // The next host's sweep finds what stays.
  }
}

async function ignoreAbsence(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
