import path from 'node:path';
import { isInside, realPathOrNull, realPathSync } from '../base/paths.ts';
import type { Finding } from '../protocol/finding.ts';

/**
 * The file of a finding by the path that the window knows it by, or null if there is no place to go to: not anchored,
 * gone since, or (through a link that was put there since) no longer inside the repository.
 * @param folders of the workspace, absolute
 */
export async function findingFile(finding: Finding, folders: readonly string[]): Promise<string | null> {
  if (finding.place !== 'anchored') return null;
  const real = await realPathOrNull(path.join(finding.repository, finding.file));
  if (real === null || !isInside(finding.repository, real)) return null;
  return windowPath(real, folders);
}

/** A folder may have been opened through a link: its files have other paths in the window than on the disk. */
export function windowPath(real: string, folders: readonly string[]): string {
  const [deepest] = folders
    .map((folder) => ({ folder, real: realPathSync(folder) }))
    .filter((folder) => isInside(folder.real, real))
    .sort((a, b) => b.real.length - a.real.length);
  return deepest ? path.join(deepest.folder, path.relative(deepest.real, real)) : real;
}
