import path from 'node:path';
import { isInside, realPathSync } from '../base/paths.ts';

/** A file by its repository's root, and its path in there with `/`. */
export interface FileInRepository {
  readonly repository: string;
  readonly file: string;
}

/**
 * Which of these repositories a file belongs to, the innermost; null if to none.
 * @param file absolute, through whatever links
 * @param repositories absolute real paths
 */
export function fileInRepository(file: string, repositories: Iterable<string>): FileInRepository | null {
  const real = realPathSync(file);
  const [repository] = [...repositories]
    .filter((root) => isInside(root, real))
    .sort((a, b) => b.length - a.length);
  if (repository === undefined) return null;
  return { repository, file: path.relative(repository, real).split(path.sep).join('/') };
}
