import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInside } from '../../base/paths.ts';
import type { ArtifactLocation, InputRun } from './sarifInput.ts';

/** A base may be relative to another one, and so on; a log may say so in a circle. */
const maxBases = 10;

/**
 * The path that a log means, for anchoring, which decides whether it lies inside of the repository: absolute, or relative to
 * the repository. Null for what is no file.
 *
 * What a base stands for is another place wherever the log was written on another machine: a base that does not lie inside
 * of the repository is taken for its root, as viewers do.
 */
export function pathOf(
  location: ArtifactLocation | undefined,
  run: Pick<InputRun, 'artifacts' | 'originalUriBaseIds'>,
  repository: string,
): string | null {
  const { uri, uriBaseId } = located(location, run);
  if (uri === undefined || uri === '') return null;
  if (isAbsolute(uri)) return absolutePath(uri, repository);
  const relative = decoded(uri);
  if (relative === null) return null;
  const base = baseFolder(uriBaseId, run.originalUriBaseIds ?? {}, repository);
  return base !== null && isInside(repository, base) ? path.join(base, relative) : relative;
}

/** A location may name an entry of the run's list of artifacts instead (3.4.5). */
function located(
  location: ArtifactLocation | undefined,
  { artifacts }: Pick<InputRun, 'artifacts'>,
): Partial<ArtifactLocation> {
  if (location === undefined || location.uri !== undefined) return location ?? {};
  return artifacts[location.index ?? -1]?.location ?? {};
}

/** A URI with a scheme, or a path that some tools write in its place: of Unix, of a Windows drive, device or share. */
function isAbsolute(uri: string): boolean {
  return /^(?:[a-z][a-z\d+.-]*:|[\\/])/i.test(uri);
}

/** Null for what is no file of this machine. Nothing is asked of the shares and devices that a log names. */
function absolutePath(uri: string, repository: string): string | null {
  const file = /^(?:[a-z]:[\\/]|[\\/])/i.test(uri) ? uri : fileOf(uri);
  if (file === null || !path.isAbsolute(file)) return null;
  const isElsewhere = /^[\\/]{2}/.test(file) && !isInside(repository, path.normalize(file));
  return isElsewhere ? null : file;
}

function fileOf(uri: string): string | null {
  if (!/^file:/i.test(uri)) return null;
  try {
    return fileURLToPath(uri);
  } catch (error) {
    // On another machine, or no URL of a file.
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** Null where it cannot be decoded. Tools on Windows write their separator as it is. */
function decoded(uri: string): string | null {
  try {
    return decodeURIComponent(uri.replaceAll('\\', '/'));
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

type Bases = NonNullable<InputRun['originalUriBaseIds']>;

/** The folder that a base stands for, if it leads to one on this machine. */
function baseFolder(id: string | undefined, bases: Bases, repository: string): string | null {
  let relative = '';
  let next = id;
  for (let count = 0; next !== undefined && count < maxBases; count += 1) {
    const base: ArtifactLocation | undefined = Object.hasOwn(bases, next) ? bases[next] : undefined;
    const uri = base?.uri;
    if (uri === undefined) return null;
    if (isAbsolute(uri)) {
      const folder = absolutePath(uri, repository);
      return folder === null ? null : path.join(folder, relative);
    }
    const part = decoded(uri);
    if (part === null) return null;
    relative = path.join(part, relative);
    next = base?.uriBaseId;
  }
  return null;
}
