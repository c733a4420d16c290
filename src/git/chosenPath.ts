import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../base/errors.ts';
import { isInside, realPathOrNull } from '../base/paths.ts';
import { findRepositoryRoot } from './repository.ts';

/**
 * Where something that the user named lies in the repository: relative to its root with `/`, links resolved; of a folder
 * with a `/` at its end, the root is `./`.
 * @param folder what a relative name is relative to
 * @throws UsageError if it is not there, not a file or folder, or not in this very repository.
 */
export async function chosenPath(repository: string, folder: string, name: string): Promise<string> {
  const named = path.resolve(folder, name);
  const real = name.includes('\0') ? null : await realPathOrNull(named);
  if (real === null) throw new UsageError(`There is no file or folder ${named}.`);
  if (!isInside(repository, real))
    throw new UsageError(`${named} lies outside of the repository ${repository}.`);
  const status = await stat(real);
  if (!status.isFile() && !status.isDirectory())
    throw new UsageError(`${named} is neither a file nor a folder.`);
  const owner = findRepositoryRoot(status.isDirectory() ? real : path.dirname(real));
  if (owner !== null && owner !== repository)
    throw new UsageError(
      `${named} belongs to a repository of its own, ${owner}.`,
      'Review it from a folder of that repository.',
    );
  const relative = path.relative(repository, real).split(path.sep).join('/');
  if (relative.split('/')[0] === '.git') throw new UsageError(`${named} is git’s own.`);
  if (status.isFile()) return relative;
  return relative === '' ? './' : `${relative}/`;
}
