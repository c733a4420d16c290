import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import envPaths from 'env-paths';
import { errorCode } from './errors.ts';

/**
 * The folder that holds all state of Tandem: `TANDEM_HOME`, else the platform's place for state
 * (`~/.local/state/tandem` on Linux, Application Support on macOS, LocalAppData on Windows).
 */
export function stateHome(env: NodeJS.ProcessEnv = process.env): string {
  const override = env['TANDEM_HOME'];
  if (override !== undefined && override !== '') return path.resolve(override);
  const paths = envPaths('tandem', { suffix: '' });
  // env-paths has no name for XDG_STATE_HOME: on Linux its `log` is that folder; elsewhere logs may be purged.
  return process.platform === 'linux' ? paths.log : paths.data;
}

/** True if `child` is `parent` or below it. Both absolute; compared as text, so resolve links first. */
export function isInside(parent: string, child: string): boolean {
  const relative = path.relative(parent, child);
  return (
    relative === '' ||
    (!relative.startsWith(`..${path.sep}`) && relative !== '..' && !path.isAbsolute(relative))
  );
}

/** The real path, or null if there is no such file. */
export async function realPathOrNull(file: string): Promise<string | null> {
  try {
    return await realpath(file);
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

/** The real path, or the path itself where it cannot be resolved. */
export function realPathSync(file: string): string {
  try {
    return realpathSync.native(file);
  } catch (error) {
    if (isAbsence(error)) return path.resolve(file);
    throw error;
  }
}

function isAbsence(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'ENAMETOOLONG', 'EINVAL'].includes(errorCode(error) ?? '');
}

/** Folder of what is known about a repository: its jobs and its findings. */
export function repositoryFolder(home: string, repository: string): string {
  return path.join(repositoriesFolder(home), repositorySlug(repository));
}

/** A file name for a repository: readable, and of no other one. */
export function repositorySlug(repository: string): string {
  const hash = createHash('sha256').update(repository).digest('hex').slice(0, 16);
  const slug = path
    .basename(repository)
    .replaceAll(/[^\w.-]/g, '_')
    .slice(0, 40);
  return `${slug}-${hash}`;
}

/** Holds a folder per repository. */
export function repositoriesFolder(home: string): string {
  return path.join(home, 'repositories');
}
