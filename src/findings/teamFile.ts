import { lstat, mkdir } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { UserError, errorCode } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { realPathOrNull } from '../base/paths.ts';
import { readRegularFile } from '../base/regularFile.ts';
import type { KnownFinding } from '../protocol/knownFinding.ts';
import { exportable } from './export/exportable.ts';
import {
  type TeamDismissal,
  dismissalOf,
  dismissalsOf,
  formatTeamFile,
  parseTeamFile,
  withDismissals,
} from './teamDismissals.ts';

/** Where a repository keeps what its team has dismissed; relative to its root. */
export const teamFileName = '.tandem/findings.json';

/** Larger files are not read. Bytes. */
const maxBytes = 1024 * 1024;

/**
 * What the team has dismissed. A file that cannot be read dismisses nothing, which is said in the log.
 * @param repository absolute real path of the root
 */
export async function readTeamDismissals(repository: string, logger: Logger): Promise<TeamDismissal[]> {
  try {
    const text = await readTeamFile(repository);
    if (text === null) return [];
    const { dismissals, skipped } = dismissalsOf(parseTeamFile(text));
    if (skipped > 0)
      logger.warn(`${skipped} entries of ${path.join(repository, teamFileName)} could not be read.`);
    return dismissals;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    logger.warn(`${error.message} No dismissal of the team counts.`);
    return [];
  }
}

export interface Shared {
  file: string;
  /** How many the file did not have yet. */
  added: number;
}

/**
 * Adds the dismissed ones of these findings to the team's file; what is in there stays as it is.
 * @param repository absolute real path of the root
 * @throws UserError if the file could not be kept: then nothing is written
 */
export async function shareDismissals(
  repository: string,
  findings: readonly KnownFinding[],
): Promise<Shared> {
  const file = path.join(repository, teamFileName);
  const text = await readTeamFile(repository);
  const before = text === null ? null : parseTeamFile(text);
  const known = new Set(before === null ? [] : dismissalsOf(before).dismissals.map(({ id }) => id));
  const added = findings
    .filter(({ state, by }) => state === 'dismissed' && by !== 'team')
    .map((finding) => dismissalOf(exportable(finding)))
    .filter(({ id }) => !known.has(id));
  if (added.length > 0) {
    const after = formatTeamFile(withDismissals(before, added));
    if (Buffer.byteLength(after) > maxBytes) throw tooLarge(file);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFileAtomic(file, after);
  }
  return { file, added: added.length };
}

/**
 * Null if there is none.
 * @throws UserError for what is no regular file of the repository, or too large
 */
async function readTeamFile(repository: string): Promise<string | null> {
  const file = path.join(repository, teamFileName);
  for (const part of [path.dirname(file), file]) {
    const real = await realPathOrNull(part);
    // Of a link to nothing there is no real path.
    const isLink = real === null ? await isSymbolicLink(part) : real !== part;
    if (isLink) throw new UserError(`${part} is a link, and is not used.`);
  }
  const bytes = await readFile(file);
  if (bytes !== null && bytes.length > maxBytes) throw tooLarge(file);
  return bytes?.toString('utf8') ?? null;
}

async function isSymbolicLink(part: string): Promise<boolean> {
  try {
    return (await lstat(part)).isSymbolicLink();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}

async function readFile(file: string): Promise<Buffer | null> {
  try {
    const bytes = await readRegularFile(file, maxBytes + 1);
    if (bytes === null) throw new UserError(`${file} is not a regular file, and is not used.`);
    return bytes;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    if (errorCode(error) === 'ELOOP' || errorCode(error) === 'ENOTDIR' || errorCode(error) === 'EACCES')
      throw new UserError(`${file} cannot be opened as a file of the repository, and is not used.`);
    throw error;
  }
}

function tooLarge(file: string): UserError {
  return new UserError(`${file} is larger than ${maxBytes / 1024 / 1024} MB, and is not used.`);
}
