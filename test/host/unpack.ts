import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inflateRawSync } from 'node:zlib';

/**
 * Unpacks the extension out of a VSIX, which is a ZIP archive, into `folder`.
 * Field offsets are those of PKWARE's APPNOTE 6.3.10: end of central directory (4.3.16), central header (4.3.12), local header (4.3.7).
 */
export function unpackExtension(vsix: string, folder: string): void {
  const archive = readFileSync(vsix);
  const end = archive.lastIndexOf('PK\x05\x06');
  if (end < 0) throw new Error(`${vsix} is not a ZIP archive.`);
  let header = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameEnd = header + 46 + archive.readUInt16LE(header + 28);
    const name = archive.toString('utf8', header + 46, nameEnd);
    if (name.startsWith('extension/') && !name.endsWith('/')) {
      const file = path.join(folder, name.slice('extension/'.length));
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, contentOf(archive, header));
    }
    header = nameEnd + archive.readUInt16LE(header + 30) + archive.readUInt16LE(header + 32);
  }
}

function contentOf(archive: Buffer, header: number): Buffer {
  const method = archive.readUInt16LE(header + 10);
  const size = archive.readUInt32LE(header + 20);
  const local = archive.readUInt32LE(header + 42);
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const bytes = archive.subarray(start, start + size);
  if (method === 0) return bytes;
  if (method === 8) return inflateRawSync(bytes);
  throw new Error(`A file in the archive is compressed in another way (${method}).`);
}
