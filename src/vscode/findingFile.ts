import path from 'node:path';
import { isInside, realPathOrNull, realPathSync } from '../base/paths.ts';
import type { Finding } from '../protocol/finding.ts';
import { isRepositoryPath } from '../protocol/repositoryPath.ts';

/**
 * The file of a finding by the path that the window knows it by, or null if there is no place to go to: not anchored,
 * gone since, or (through a link that was put there since) no longer inside the repository.
 * @param folders of the workspace, absolute
 */
export async function findingFile(finding: Finding, folders: readonly string[]): Promise<string | null> {
  if (finding.place !== 'anchored') return null;
  return fileInside(finding.repository, finding.file, folders);
}

/**
 * The file that a text names, by the path that the window knows it by; null where it is none inside the repository: no such
 * file, a path that leads out, or a link that does.
 * @param named text of a model
 */
export async function namedFile(
  repository: string,
  named: string,
  folders: readonly string[],
): Promise<string | null> {
  return isRepositoryPath(named) ? fileInside(repository, named, folders) : null;
}

async function fileInside(
  repository: string,
  relative: string,
  folders: readonly string[],
): Promise<string | null> {
  const real = await realPathOrNull(path.join(repository, relative));
  if (real === null || !isInside(repository, real)) return null;
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
