import { createHash } from 'node:crypto';
import { readFile, readdir, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { errorCode, messageOf } from '../base/errors.ts';
import { orEmpty } from '../base/orEmpty.ts';
import { writePrivateFile } from '../base/files.ts';
import type { Logger } from '../base/logger.ts';
import { repositoryFolder } from '../base/paths.ts';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Longer texts are not kept. Bytes, as UTF-8. */
export const maxTextBytes = 2 * 1024 * 1024;

/** A copy may be younger than the record of the findings that it is kept for. Milliseconds. */
const minimumAge = 24 * 60 * 60 * 1000;

/** Copies of the files that had findings, as they were reviewed: `<sha256 of the text>.gz`, one for equal texts. */
export class ReviewedTexts {
  private readonly folder: string;

  /** @param repository absolute real path */
  constructor(
    stateHome: string,
    repository: string,
    private readonly logger: Logger,
  ) {
    this.folder = path.join(repositoryFolder(stateHome, repository), 'texts');
  }

  /**
   * Keeps a copy of the text.
   * @returns its key; null if the text is too long to be kept, or if the disk does not take it, which is logged: a review
   * is worth more than the copies
   */
  async keep(text: string): Promise<string | null> {
    const bytes = Buffer.from(text);
    if (bytes.length > maxTextBytes) return null;
    const key = keyOf(bytes);
    try {
      if (!(await this.renew(key))) await writePrivateFile(this.file(key), await compress(bytes));
      return key;
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      this.logger.warn(`A reviewed text could not be kept: ${messageOf(error)}`);
      return null;
    }
  }

  /** The text of a key; null if there is no such copy, or if it is damaged, which is logged. */
  async read(key: string): Promise<string | null> {
    if (!isKey(key)) return null;
    try {
      const bytes = await decompress(await readFile(this.file(key)), { maxOutputLength: maxTextBytes });
      if (keyOf(bytes) === key) return bytes.toString();
      this.logger.warn(`${this.file(key)} does not hold the text that it is named after.`);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      this.logger.warn(`${this.file(key)} could not be read: ${messageOf(error)}`);
    }
    return null;
  }

  /** Removes the copies that are not among these and have not been kept or found again within the last day. */
  async prune(used: ReadonlySet<string>): Promise<void> {
    for (const name of await orEmpty(readdir(this.folder), [])) {
      const key = path.basename(name, '.gz');
      if (!isKey(key) || used.has(key)) continue;
      if (Date.now() - (await this.keptAt(key)) > minimumAge) await rm(this.file(key), { force: true });
    }
  }

  /** When it was last kept or found again, in ms since the epoch; now if another host has just removed it. */
  private async keptAt(key: string): Promise<number> {
    try {
      return (await stat(this.file(key))).mtimeMs;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return Date.now();
      throw error;
    }
  }

  /** Says of a copy that it is needed again; false if there is none. */
  private async renew(key: string): Promise<boolean> {
    try {
      const now = new Date();
      await utimes(this.file(key), now, now);
      return true;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    }
  }

  private file(key: string): string {
    return path.join(this.folder, `${key}.gz`);
  }
}

function keyOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A key may come from a damaged or foreign ledger: it never is another path. */
function isKey(key: string): boolean {
  return /^[0-9a-f]{64}$/.test(key);
}
