import { UserError } from '../../base/errors.ts';
import { readRegularFile } from '../../base/regularFile.ts';
import { realPathOrNull } from '../../base/paths.ts';
import type { Finding } from '../../protocol/finding.ts';
import { anchorFindings } from '../anchor.ts';
import { fromSarif } from './sarif.ts';

/** Larger logs are refused. Bytes. */
const maxBytes = 64 * 1024 * 1024;

export interface ImportedSarif {
  findings: Finding[];
  /** What was left out, in sentences for the user. */
  skipped: string[];
}

/**
 * Reads a SARIF log as findings of the voice `sarif`, with their places in the repository's files as they are now.
 * @param repository absolute real path of the root
 * @throws UserError if there is no such file, or if it is no SARIF log
 */
export async function importSarif(file: string, repository: string): Promise<ImportedSarif> {
  const { findings: imported, skipped } = fromSarif(await readLog(file), { repository });
  const anchored = await anchorFindings(imported, { repository, job: '', reviewer: 'sarif' });
  const findings = anchored.map((finding, index) => ({ ...finding, tool: imported[index]?.tool ?? '' }));
  return { findings, skipped };
}

async function readLog(file: string): Promise<string> {
  const real = await realPathOrNull(file);
  const bytes = real === null ? null : await readRegularFile(real, maxBytes + 1);
  if (bytes === null) throw new UserError(`${file} is not there, or is not a file.`);
  if (bytes.length > maxBytes)
    throw new UserError(
      `${file} is larger than ${maxBytes / 1024 / 1024} MB, which is more than can be imported.`,
    );
  return bytes.toString('utf8');
}
