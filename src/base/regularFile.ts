import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * At most that many bytes from the beginning of a regular file; null if it is another kind of file. A symbolic link is
 * not followed: the file may have been replaced since it was looked at.
 * @throws a system error if it cannot be opened or read.
 */
export async function readRegularFile(file: string, maxBytes: number): Promise<Buffer | null> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const status = await handle.stat();
    if (!status.isFile()) return null;
    const buffer = Buffer.alloc(Math.min(status.size, maxBytes));
    let size = 0;
    for (let read = -1; read !== 0; size += read)
      ({ bytesRead: read } = await handle.read(buffer, size, buffer.length - size, size));
    return buffer.subarray(0, size);
  } finally {
    await handle.close();
  }
}
