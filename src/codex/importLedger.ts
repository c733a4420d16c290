import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { errorCode } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';

/** A session file that Codex has imported before. */
export interface ImportRecord {
  /** Absolute, with links resolved. */
  source: string;
  /** SHA-256 of the whole file at that time, in hex. */
  sha256: string;
  threadId: string;
}

const recordSchema = z.object({
  source_path: z.string(),
  content_sha256: z.string(),
  imported_thread_id: z.string(),
});
const ledgerSchema = z.object({ records: z.array(z.unknown()) });

/**
 * What Codex's own importer remembers, oldest first (facts: app-server.md, 9). 0.169 has one record a file, and changes
 * it when it updates the thread; 0.130 adds one for each state of a file.
 */
export async function readImportLedger(codexHome: string, logger: Logger): Promise<ImportRecord[]> {
  const file = path.join(codexHome, 'external_agent_session_imports.json');
  try {
    const parsed = z.safeParse(ledgerSchema, JSON.parse(await readFile(file, 'utf8')));
    if (!parsed.success) throw new SyntaxError(parsed.error.message);
    return parsed.data.records.flatMap((record) => {
      const known = z.safeParse(recordSchema, record).data;
      if (!known) return [];
      return [
        { source: known.source_path, sha256: known.content_sha256, threadId: known.imported_thread_id },
      ];
    });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    if (!(error instanceof SyntaxError)) throw error;
    logger.warn(`Codex's record of imports (${file}) could not be read: ${error.message}`);
    return [];
  }
}

/** An earlier state of a file that was imported. */
export interface ImportedState {
  threadId: string;
  /** How long the file was then. Bytes. */
  size: number;
}

/**
 * Finds the states of a file that were imported, the longest first. A transcript only grows, so an earlier state is a
 * beginning of it; its hash tells, whatever the file was called then.
 */
export async function importedStates(
  file: string,
  records: readonly ImportRecord[],
): Promise<ImportedState[]> {
  if (records.length === 0) return [];
  const states: ImportedState[] = [];
  for await (const { sha256, size } of beginnings(file)) {
    for (const { threadId, ...record } of records)
      if (record.sha256 === sha256) states.push({ threadId, size });
  }
  return states.reverse();
}

/** The hashes of the file's first line, its first two lines, and so on. */
async function* beginnings(file: string): AsyncGenerator<{ sha256: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  const take = (bytes: Buffer) => {
    hash.update(bytes);
    size += bytes.length;
  };
  const state = () => ({ sha256: hash.copy().digest('hex'), size });
  let isWhole = true;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      take(chunk.subarray(from, end + 1));
      yield state();
      from = end + 1;
    }
    take(chunk.subarray(from));
    isWhole = from === chunk.length;
  }
  if (!isWhole) yield state();
}
